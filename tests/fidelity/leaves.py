"""The leaves of a fixture, by their path in the document, and copies in which one of them says something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]

# What the comparison makes of them is a matter of its own tests: a fact that holds looks the same either way.
_ANNOTATIONS = frozenset({"required", "source"})
# What is there, by the list of what isn't; everywhere else it is a claim of every token.
_THERE = {"discovery_fields_absent": "issuer", "userinfo_absent": "sub"}


def leaves(document: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Path and value of everything that has no members of its own, empty lists and objects among them."""
    if isinstance(document, Mapping) and document:
        for name, value in document.items():
            if name not in (_ANNOTATIONS | {"confirmed"} if _says_something(document) else _ANNOTATIONS):
                yield from leaves(value, (*path, name))
    elif isinstance(document, list) and document:
        for number, value in enumerate(document):
            yield from leaves(value, (*path, number))
    else:
        yield path, document


def _says_something(entry: Mapping[str, Any]) -> bool:
    return bool(entry.keys() - {"confirmed", "note"})


def dotted(path: Path) -> str:
    """A path as text: names and numbers with dots between them."""
    return ".".join(map(str, path))


def alterations(facts: Mapping[str, Any], path: Path, value: Any) -> Iterator[Any]:
    """The document with another value in one place: each of them is wrong if the one that is there is right.

    An entry that says no more than that nobody has confirmed it gets a value.
    """
    if path[-1] == "confirmed":
        yield _with(facts, path[:-1], {**_at(facts, path[:-1]), "value": "altered"})
        return
    for other in _others(path, value):
        yield _with(facts, path, other)


def _others(path: Path, value: Any) -> Iterator[Any]:
    if len(path) > 1 and "absent" in str(path[-2]):
        # Nothing is missed in a list of what is not there; so it says that something isn't which is.
        yield "alg header" if "header" in value else _THERE.get(str(path[-2]), "iss")
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str):
        yield f"altered{value}"
        number = re.search(r"\d+", value)
        if number is not None and not value.startswith("^"):
            yield f"{value[: number.start()]}{int(number[0]) + 1}{value[number.end() :]}"
    else:
        yield ["altered"]


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _with(document: Any, path: Path, value: Any) -> Any:
    """A copy with that value at the path; what is not on the way is shared."""
    if not path:
        return value
    copy: Any = list(document) if isinstance(document, list) else dict(document)
    copy[path[0]] = _with(document[path[0]], path[1:], value)
    return copy
