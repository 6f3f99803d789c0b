"""Holds the value of a claim against the words with which a fixture describes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .matching import GUID, same

Check = Callable[[re.Match[str], Any, Mapping[str, Any]], bool]

_PHRASES: tuple[tuple[str, Check], ...] = (
    (r"epoch seconds", lambda found, said, claims: type(said) is int and 10**9 < said < 4 * 10**9),
    (
        r"iat\+(\d+)( default| typical)?",
        lambda found, said, claims: bool(said == claims["iat"] + int(found[1])),
    ),
    (r"(equal to|same as) (\w+)", lambda found, said, claims: found[2] in claims and bool(said == claims[found[2]])),
    (
        r"uuid|uuid of service account user|guid|guid of service principal",
        lambda found, said, claims: _is(GUID, said),
    ),
    (r"opaque|session id|login or uuid", lambda found, said, claims: bool(said)),
    (r"(pairwise opaque )?(\d+)(-char id| chars)", lambda found, said, claims: len(said) == int(found[2])),
    (r"(\d+)-digit service account id", lambda found, said, claims: _is(rf"\d{{{found[1]}}}", said)),
    # The mock's are as long as they may be.
    (r"up to (\d+) digits", lambda found, said, claims: _is(rf"\d{{{found[1]}}}", said)),
    (r"(\d+) lowercase alnum in samples", lambda found, said, claims: _is(rf"[a-z0-9]{{{found[1]}}}", said)),
    (r"user login \(email\)", lambda found, said, claims: _is(r"[^@]+@[^@]+", said)),
    (r"any URL given as target_audience", lambda found, said, claims: _is(r"https://.+", said)),
    (r"(\w+)\|[0-9a-f]{24}  \(\{connection\}\|\{id\}\)", lambda f, said, claims: _is(rf"{f[1]}\|[0-9a-f]{{24}}", said)),
    (r"(\d) (secret|certificate|public)", lambda found, said, claims: bool(said == found[1])),
    (r"(<[^<>]+>) \(v[12]\)", lambda found, said, claims: same(found[1], said)),
)


def fits(example: Any, said: Any, claims: Mapping[str, Any]) -> bool:
    """Whether a value is what the words say: a pattern, a phrase, one of several, or else the very value.

    `claims` are those of the same token, which some phrases name.
    """
    if not isinstance(example, str):
        return same(example, said)
    if example.startswith("^"):
        return re.search(example, str(said)) is not None
    return any(_one(words, said, claims) for words in example.split(" | "))


def _one(words: str, said: Any, claims: Mapping[str, Any]) -> bool:
    for pattern, check in _PHRASES:
        found = re.fullmatch(pattern, words)
        if found is not None:
            return check(found, said, claims)
    return same(words, said)


def _is(pattern: str, said: Any) -> bool:
    return isinstance(said, str) and re.fullmatch(pattern, said) is not None
