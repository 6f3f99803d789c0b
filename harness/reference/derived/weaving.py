"""From a changed function to a class that can be mixed in, like a named fault."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from harness.reference.derived.comparisons import HELPERS
from harness.reference.derived.places import Place

Members = dict[str, Callable[..., Any]]


def members(place: Place, tree: ast.FunctionDef) -> Members:
    """What a class has to define so that its part behaves as if `tree` stood at the place."""
    if not place.is_function:
        return {place.name: _compiled(tree, {**vars(place.module), **HELPERS}, place)}
    namespace = _namespace(place.module)
    namespace |= HELPERS
    namespace[place.name] = _compiled(tree, namespace, place)
    return _callers(place.part, place.module, namespace)


def _compiled(tree: ast.FunctionDef, namespace: dict[str, Any], place: Place) -> Callable[..., Any]:
    module = ast.Module([_explicit_super(tree, place.part)], [])
    exec(compile(module, str(place.module.__file__), "exec"), namespace)
    made: Callable[..., Any] = namespace[tree.name]
    return made


def _explicit_super(tree: ast.FunctionDef, part: type) -> ast.FunctionDef:
    """`super()` of the part's method is that of the part, also in a subclass."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
            node.args = [ast.Name(part.__name__, ast.Load()), ast.Name("self", ast.Load())]
    return ast.fix_missing_locations(tree)


def _namespace(module: ModuleType) -> dict[str, Any]:
    """The module's names once more, with functions that find each other there."""
    names = dict(vars(module))
    own = [one for one in names.values() if isinstance(one, FunctionType) and one.__module__ == module.__name__]
    names |= {one.__name__: _rebound(one, names) for one in own}
    return names


def _callers(part: type, module: ModuleType, namespace: dict[str, Any]) -> Members:
    """The part's methods that call functions of the module, with those of the namespace in their place."""
    names = dict(vars(sys.modules[part.__module__]))
    changed = {
        name
        for name, one in names.items()
        if isinstance(one, FunctionType) and one.__module__ == module.__name__ and name in namespace
    }
    names |= {name: namespace[name] for name in changed}
    methods = {name: one for name, one in vars(part).items() if isinstance(one, FunctionType)}
    return {name: _rebound(one, names) for name, one in methods.items() if changed & set(_names(one.__code__))}


def _rebound(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    made = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _names(one)
