"""Changes of constants: another claim or member than the right one, another number, the other truth value."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from harness.reference.derived.decisions import is_log
from harness.reference.derived.rewriting import Change, in_order, replaced, shown

# Of claims, header members, JWK members, metadata and encodings: one that is near enough to be taken for the other.
OTHERS: Final[Mapping[str, str]] = {
    "exp": "iat",
    "nbf": "iat",
    "iat": "nbf",
    "iss": "azp",
    "aud": "azp",
    "sub": "azp",
    "alg": "enc",
    "kid": "x5t",
    "typ": "cty",
    "crit": "b64",
    "use": "alg",
    "key_ops": "use",
    "kty": "alg",
    "crv": "kty",
    "keys": "jwks",
    "jwks_uri": "issuer",
    "issuer": "jwks_uri",
    "is_admin": "is_operator",
    "is_operator": "is_admin",
    "workspace_id": "username",
    "groups": "folders",
    "folders": "groups",
    "utf-8": "latin-1",
    "utf-8-sig": "utf-8",
    "ascii": "utf-8",
    "big": "little",
}


def constants(function: ast.FunctionDef) -> Iterator[Change]:
    """Texts for people (of errors and of the log) stay as they are."""
    spared = _for_people(function)
    for node in in_order(function, ast.Constant):
        if id(node) in spared:
            continue
        for kind, words, value in _others(node.value):
            tree = replaced(function, node, lambda copied, value=value: ast.Constant(value))  # type: ignore[misc]
            yield Change(kind, words, node, shown(node), repr(value), tree)


def _others(value: object) -> Iterator[tuple[str, str, object]]:
    if isinstance(value, bool):
        yield "constant", "flipped", not value
    elif isinstance(value, int | float):
        yield "constant", "plus-one", value + 1
        if value > 1:
            yield "constant", "minus-one", value - 1
    elif isinstance(value, str):
        if value in OTHERS:
            yield "member", "another", OTHERS[value]
        else:
            yield "constant", "misspelt", f"{value}x"


def _for_people(function: ast.FunctionDef) -> set[int]:
    """Texts in what is raised, logged or asserted, and the pieces of composed ones."""
    spared: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Raise | ast.JoinedStr) or is_log(node):
            spared |= {
                id(one) for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
        elif isinstance(node, ast.Assert):
            spared |= {id(one) for one in ast.walk(node)}
    return spared
