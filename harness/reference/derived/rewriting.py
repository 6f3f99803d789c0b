"""Changed copies of a function's syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Change:
    """One change: `kind` and `words` name it in ids, `at` is the node that is changed, `before` and `after` say what
    stood in its place and what stands there now."""

    kind: str
    words: str
    at: ast.stmt | ast.expr | ast.ExceptHandler
    before: str
    after: str
    tree: ast.FunctionDef = field(repr=False)


def bare(function: ast.FunctionDef) -> ast.FunctionDef:
    """A copy without docstring and annotations: what is left is what the function does."""
    made: ast.FunctionDef = _copied(function, None, lambda node: node)
    if ast.get_docstring(made) is not None:
        made.body = made.body[1:] or [ast.Pass()]
    made.returns = None
    for argument in (*made.args.posonlyargs, *made.args.args, *made.args.kwonlyargs):
        argument.annotation = None
    for node in ast.walk(made):
        if isinstance(node, ast.FunctionDef) and node is not made:
            node.returns = None
    return made


def in_order(function: ast.FunctionDef, kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> list[Any]:
    """The nodes of a kind, as they follow each other in the source."""
    found = [node for node in ast.walk(function) if isinstance(node, kind) and hasattr(node, "lineno")]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset, -(node.end_col_offset or 0)))


def replaced(function: ast.FunctionDef, node: ast.AST, make: Callable[[Any], ast.AST | None]) -> ast.FunctionDef:
    """A copy in which `make` says what stands in the place of `node`; None leaves the statement out."""
    made: ast.FunctionDef = _copied(function, node, make)
    return made


def bodies(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    """Each list of statements, the function's own and those within statements."""
    for node in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list) and statements and isinstance(statements[0], ast.stmt):
                yield statements


def expression(text: str, **parts: ast.expr) -> ast.expr:
    """The expression in `text`, in which the names of `parts` stand for these."""
    return _Filler(parts).visit(ast.parse(text, mode="eval").body)  # type: ignore[no-any-return]


def shown(node: ast.AST | None) -> str:
    """A node in a line."""
    return "nothing" if node is None else " ".join(ast.unparse(node).split())


def _copied(value: Any, node: ast.AST | None, make: Callable[[Any], ast.AST | None]) -> Any:
    """A deep copy; that of the standard library takes ten times as long, which counts for a thousand of them."""
    if isinstance(value, list):
        found = [_copied(one, node, make) for one in value]
        return [one for one in found if one is not None] or ([ast.Pass()] if _are_statements(value) else [])
    if not isinstance(value, ast.AST):
        return value
    made = type(value)(**{name: _copied(one, node, make) for name, one in ast.iter_fields(value)})
    ast.copy_location(made, value)
    return make(made) if value is node else made


def _are_statements(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], ast.stmt)


class _Filler(ast.NodeTransformer):
    def __init__(self, parts: dict[str, ast.expr]) -> None:
        self._parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._parts.get(node.id, node)
