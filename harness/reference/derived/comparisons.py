"""Changes of how values are compared: by their beginning, without case, and with or without the limit itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from harness.reference.derived.rewriting import Change, expression, in_order, replaced, shown

_LIMITS: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_EQUALITIES: Final = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
# What a number, a tuple or a list is known by; nobody compares these by their beginning.
_NO_TEXTS: Final = (ast.Tuple, ast.List, ast.ListComp, ast.BinOp)
_COUNTS: Final = ("len", "count", "bit_length")


def comparisons(function: ast.FunctionDef, mappings: Collection[str]) -> Iterator[Change]:
    """`mappings` are arguments in which members are looked up, by exact names."""
    for node in in_order(function, (ast.Compare, ast.Call)):
        if isinstance(node, ast.Call):
            if shown(node.func) == "hmac.compare_digest":
                yield from _loose(function, node, node.args[0], node.args[1], ast.Eq())
            continue
        yield from _limits(function, node)
        right = node.comparators[0]
        if isinstance(node.ops[0], _EQUALITIES) and _are_texts(node.left, right) and shown(right) not in mappings:
            yield from _loose(function, node, node.left, right, node.ops[0])


def _limits(function: ast.FunctionDef, node: ast.Compare) -> Iterator[Change]:
    for number, operator in enumerate(node.ops):
        other = _LIMITS.get(type(operator))
        if other is not None:
            tree = replaced(function, node, lambda copied, n=number, other=other: _with(copied, n, other()))  # type: ignore[misc]
            after = shown(_with(node, number, other()))
            yield Change("limit", "moved", node, shown(node), after, tree)


def _with(node: ast.Compare, number: int, operator: ast.cmpop) -> ast.Compare:
    return ast.Compare(node.left, [*node.ops[:number], operator, *node.ops[number + 1 :]], node.comparators)


def _are_texts(left: ast.expr, right: ast.expr) -> bool:
    """Whether the two may be texts, or one of them a text and the other one a collection of texts."""
    for one in (left, right):
        if isinstance(one, _NO_TEXTS) or (isinstance(one, ast.Constant) and not isinstance(one.value, str)):
            return False
        if isinstance(one, ast.Call) and shown(one.func).rpartition(".")[2] in _COUNTS:
            return False
        if shown(one).endswith(".status"):
            return False
    return True


def _loose(
    function: ast.FunctionDef, node: ast.expr, left: ast.expr, right: ast.expr, operator: ast.cmpop
) -> Iterator[Change]:
    contained = isinstance(operator, ast.In | ast.NotIn)
    negated = "not " if isinstance(operator, ast.NotEq | ast.NotIn) else ""
    for words, helper in (
        ("begins-with", begins_with),
        ("is-beginning-of", is_beginning_of),
        ("ignores-case", is_same_without_case),
    ):
        call = (
            f"{negated}{_ANY}({helper.__name__}, left, right)"
            if contained
            else f"{negated}{helper.__name__}(left, right)"
        )
        after = expression(call, left=left, right=right)
        tree = replaced(function, node, lambda _, after=after: after)  # type: ignore[misc]
        yield Change("comparison", words, node, shown(node), shown(after), tree)


def begins_with(left: Any, right: Any) -> bool:
    """Whether the first text begins with the second; other values must be equal."""
    return left.startswith(right) if _alike(left, right) else bool(left == right)


def is_beginning_of(left: Any, right: Any) -> bool:
    """Whether the second text begins with the first; other values must be equal."""
    return right.startswith(left) if _alike(left, right) else bool(left == right)


def is_same_without_case(left: Any, right: Any) -> bool:
    """Whether two texts are the same in lower case; other values must be equal."""
    return left.lower() == right.lower() if _alike(left, right) else bool(left == right)


def any_of(holds: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """Whether it holds for one member of a collection; of a text, whether it is part of that."""
    return left in right if isinstance(right, str) else any(holds(left, one) for one in right)


def _alike(left: Any, right: Any) -> bool:
    return isinstance(left, str | bytes) and type(left) is type(right)


_ANY: Final = any_of.__name__
HELPERS: Final[Mapping[str, Any]] = {
    one.__name__: one for one in (begins_with, is_beginning_of, is_same_without_case, any_of)
}
