"""Changes of what is decided: checks left out or done later, conditions negated, `and` for `or`, one answer for all."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from harness.reference.derived.rewriting import Change, bodies, in_order, replaced, shown


def checks(function: ast.FunctionDef) -> Iterator[Change]:
    """Each `if ...: raise` left out; each call whose result nobody wants, too; and each moved behind the next one."""
    for body in bodies(function):
        for number, one in enumerate(body):
            if not is_check(one):
                continue
            kind = "check" if isinstance(one, ast.If) else "call"
            yield Change(kind, "left-out", one, shown(one), "nothing", replaced(function, one, lambda node: None))
            if number + 1 < len(body) and is_check(body[number + 1]):
                yield _moved(function, kind, one, body[number + 1])


def is_check(statement: ast.stmt) -> bool:
    """Whether a statement can only let pass or stop, as far as its form tells."""
    if isinstance(statement, ast.If):
        return not statement.orelse and isinstance(statement.body[-1], ast.Raise)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and not is_log(statement.value)


def is_log(node: ast.AST) -> bool:
    """Whether something is written to the log."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log.")


def _moved(function: ast.FunctionDef, kind: str, one: ast.stmt, following: ast.stmt) -> Change:
    without = replaced(function, one, lambda node: ast.Pass())
    place = next(body for body in bodies(without) if any(_same(node, following) for node in body))
    place.insert(next(n for n, node in enumerate(place) if _same(node, following)) + 1, one)
    return Change(kind, "after-the-next", one, f"{shown(one)}; {shown(following)}", "the other way round", without)


def _same(one: ast.AST, other: ast.stmt) -> bool:
    return getattr(one, "lineno", 0) == other.lineno and ast.dump(one) == ast.dump(other)


def conditions(function: ast.FunctionDef) -> Iterator[Change]:
    """Each condition negated: of statements, expressions and comprehensions."""
    for node in in_order(function, (ast.If, ast.IfExp, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp)):
        tests = [node.test] if hasattr(node, "test") else [one for part in node.generators for one in part.ifs]
        for test in tests:
            after = ast.UnaryOp(ast.Not(), test)
            tree = replaced(function, test, lambda copied: ast.UnaryOp(ast.Not(), copied))
            yield Change("condition", "negated", test, shown(test), shown(after), tree)


def connectives(function: ast.FunctionDef) -> Iterator[Change]:
    """`and` for `or`, `any` for `all`, the other way round, and each operand left out."""
    for node in in_order(function, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        swapped = ast.BoolOp(other, node.values)
        word = "or-for-and" if isinstance(node.op, ast.And) else "and-for-or"
        tree = replaced(function, node, lambda copied, other=other: ast.BoolOp(other, copied.values))  # type: ignore[misc]
        yield Change("connective", word, node, shown(node), shown(swapped), tree)
        for number, operand in enumerate(node.values):
            tree = replaced(function, node, lambda copied, number=number: _without(copied, number))  # type: ignore[misc]
            yield Change("operand", "left-out", operand, shown(node), shown(_without(node, number)), tree)
    for node in in_order(function, ast.Call):
        other_name = {"all": "any", "any": "all"}.get(shown(node.func))
        if other_name:
            tree = replaced(function, node.func, lambda copied, name=other_name: ast.Name(name, ast.Load()))  # type: ignore[misc]
            words = f"{other_name}-for-{shown(node.func)}"
            yield Change("quantifier", words, node, shown(node), f"{other_name}(...)", tree)


def _without(node: ast.BoolOp, number: int) -> ast.expr:
    rest = node.values[:number] + node.values[number + 1 :]
    return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def answers(function: ast.FunctionDef, returns: str) -> Iterator[Change]:
    """One answer for all: of a function that says yes or no, and of one that only lets pass."""
    wholes: Mapping[str, Sequence[tuple[str, str]]] = {
        "bool": (("always-yes", "return True"), ("always-no", "return False")),
        "None": (("all-left-out", "pass"),),
    }
    for words, body in wholes.get(returns, ()):
        made = replaced(function, function, lambda copied: copied)
        made.body = ast.parse(body).body
        yield Change("", words, function, f"the body of {function.name}", body, made)


def exceptions(function: ast.FunctionDef) -> Iterator[Change]:
    """Each exception that is caught no longer caught: it becomes an error of the service."""
    for node in in_order(function, ast.ExceptHandler):
        names = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for number, name in enumerate(names):
            rest = names[:number] + names[number + 1 :]
            after = rest[0] if len(rest) == 1 else ast.Tuple(rest, ast.Load())
            tree = replaced(function, node.type, lambda copied, after=after: after)  # type: ignore[misc]
            yield Change("exception", "not-caught", name, f"except {shown(name)}", "an error", tree)
