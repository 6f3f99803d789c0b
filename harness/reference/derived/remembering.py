"""Answers that are kept: what belongs to each request is done once, or once for each first argument."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from typing import Any, Final

# Arguments that are compared by what they hold.
_BY_VALUE: Final = (
    "str",
    "str | None",
    "bytes",
    "int",
    "object",
    "Mapping[str, Any]",
    "list[Any]",
    "CompactToken",
    "Credentials",
    "Collection[str]",
    "VerificationKey",
    "ApiKey",
    "Route",
    "SplitResult",
)
_KEPT: Final = "_derived_answers"
Method = Callable[..., Any]


def ways(tree: ast.FunctionDef) -> Iterator[tuple[str, str, Callable[[Method], Method]]]:
    """The ways to keep the answers of a method: words for the id, what happens now, and what makes it so.

    What depends on the settings alone is the same for ever, and what depends on its one argument for each of these.
    """
    arguments = tree.args.args[1:]
    if not _asks_others(tree) and not arguments:
        return
    yield "kept-for-ever", "the first answer for ever", once
    by_value = arguments and ast.unparse(arguments[0].annotation or ast.Constant("")) in _BY_VALUE
    if by_value and (_asks_others(tree) or len(arguments) > 1):
        yield "kept-by-first-argument", f"the first answer for each `{arguments[0].arg}`", once_for_each


def once(original: Method) -> Method:
    """What it answers first it answers always; what it refuses it is asked again."""
    return _keeping(original, lambda arguments: ())


def once_for_each(original: Method) -> Method:
    """What it answers first to a first argument it answers always."""
    return _keeping(original, lambda arguments: repr(_value(arguments[0])))


def _keeping(original: Method, key_of: Callable[[tuple[Any, ...]], object]) -> Method:
    @functools.wraps(original)
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        kept = self.__dict__.setdefault(_KEPT, {})
        key = key_of(arguments)
        if key not in kept:
            kept[key] = original(self, *arguments, **named)
        return kept[key]

    return method


def _value(argument: Any) -> object:
    """All that an argument holds: the `repr` of secrets leaves them out."""
    return sorted(vars(argument).items()) if hasattr(argument, "__dict__") else argument


def _asks_others(tree: ast.FunctionDef) -> bool:
    """Whether it asks anything but its arguments and the settings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("self.", "super()")):
            return True
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self" and node.attr != "settings":
            return True
    return False
