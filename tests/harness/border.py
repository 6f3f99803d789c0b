"""Finds code that lets foreign text around its border, `harness.shown.foreign_text`, or writes to the terminal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

# Calls that make a text fit to be shown.
SHOWING = {
    "foreign",
    "ForeignText",
    "header_text",
    "one_line",
    "visible",
    "visible_data",
    "lines_of",
    "sentence",
    "type",
}
# What came from outside, as it came: members and calls whose values are for judging.
RAW = {"as_it_came", "raw", "judged_text", "body", "headers", "stderr", "stdout", "output", "explanation"}
TERMINAL = {"echo", "secho", "print", "Console", "getwriter"}
ENCODERS = {"b64encode", "urlsafe_b64encode", "hex", "hexdigest"}


def breaches(source: str, own: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The line (1-based) and what is wrong there; `own` are the names of exceptions whose texts are our own."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _bad_call(node)
        elif isinstance(node, ast.ExceptHandler) and node.name and not _caught(node) <= own:
            yield from _shown_exception(node)
        elif isinstance(node, ast.FormattedValue) and (name := _raw_in(node.value)):
            yield node.lineno, f"{name} stands in a text as it came: say foreign(...)"


def own_exceptions(sources: dict[Path, str]) -> frozenset[str]:
    """The classes of exceptions that the sources define: what they say goes through the border when they are made."""
    classes: dict[str, set[str]] = {}
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):
                classes[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    own = {"HarnessError", "InputFileError", "Deviation", "Inconclusive", "NotPossible"}
    while more := {name for name, bases in classes.items() if bases & own} - own:
        own |= more
    return frozenset(own)


def _bad_call(node: ast.Call) -> Iterator[tuple[int, str]]:
    name = _name(node.func)
    if name == "decode" and not any(_name(one) in ENCODERS for one in ast.walk(node) if isinstance(one, ast.Attribute)):
        yield node.lineno, "bytes become text outside of foreign_text: ForeignText(...), and .as_it_came for judging"
    if name in TERMINAL and not (
        isinstance(node.func, ast.Attribute) and _name(node.func.value) in ("console", "_console")
    ):
        yield node.lineno, f"{name} writes to the terminal: harness.shown.terminal does"
    if name == "write" and isinstance(node.func, ast.Attribute) and _name(node.func.value) in ("stdout", "stderr"):
        yield node.lineno, "a write to the terminal: harness.shown.terminal does that"
    if name == "quote" and isinstance(node.func, ast.Attribute) and _name(node.func.value) == "shlex":
        yield node.lineno, "shlex.quote lets control characters through: harness.shown.shell_words.word"


def _caught(handler: ast.ExceptHandler) -> set[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {_name(kind) for kind in kinds if kind is not None}


def _shown_exception(handler: ast.ExceptHandler) -> Iterator[tuple[int, str]]:
    for node in ast.walk(handler):
        shown = node.value if isinstance(node, ast.FormattedValue) else None
        if isinstance(node, ast.Call) and _name(node.func) in ("str", "repr") and node.args:
            shown = node.args[0]
        if shown is not None and handler.name in _bare_names(shown):
            yield (
                node.lineno,
                f"the text of {handler.name}, an exception of others, is shown: say foreign({handler.name})",
            )


def _bare_names(node: ast.AST) -> set[str]:
    """The names in an expression but for those in a call that makes them fit to be shown, or compares them."""
    if isinstance(node, ast.Call) and _name(node.func) in SHOWING:
        return set()
    if isinstance(node, ast.Attribute) and node.attr == "strerror":  # The system's words for an errno.
        return set()
    if isinstance(node, ast.Name):
        return {node.id}
    return {name for child in ast.iter_child_nodes(node) for name in _bare_names(child)}


def _raw_in(node: ast.AST) -> str:
    """The first value in an expression that is as it came."""
    if isinstance(node, ast.Call) and _name(node.func) in {*SHOWING, "len"}:
        return ""
    if isinstance(node, ast.Attribute) and node.attr in RAW:
        return node.attr
    return next(filter(None, map(_raw_in, ast.iter_child_nodes(node))), "")


def _name(node: ast.AST | None) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
