"""Compares the JWKS: its path, how many keys there are and of which kind, their members, and the shape of their kid."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mock_idp.jose.key_spec import KeySettings

from .documents import filled
from .matching import Difference, order
from .served import Served
from .vendor import Vendor

Jwk = Mapping[str, Any]


def jwks(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The path, number and kind of the keys, the members of each entry and their order, and the shape of their kid."""
    root = served.root
    path = filled(vendor, served.url, facts["jwks_path"])
    if root.path(root.about["jwks_uri"]) != path:
        yield Difference("jwks_path", path, root.path(root.about["jwks_uri"]))
    for part in ("jwks_host", "token_host"):
        if part in facts and facts[part] not in vendor.base:
            yield Difference(part, facts[part], "no host that the mock stands for")
    keys = root.jwks().json()["keys"]
    kinds = [(key.get("alg"), key["use"]) for key in keys]
    if sorted(map(str, kinds)) != sorted(map(str, vendor.keys)):
        yield Difference("jwks_notes.key_count", vendor.keys, kinds)
    for use, expected in facts["jwks_members"].items():
        said = [list(key) for key in keys if key["use"] == use] or [[]]
        for members in said:
            if set(members) != set(expected):
                yield Difference(f"jwks_members.{use}", expected, members)
            yield from order(f"jwks_members.{use}", expected, members, "jwks" in vendor.ordered)
    for kid in [*(key["kid"] for key in keys), *facts["kid_examples"]]:
        if not re.search(facts["kid_pattern"], kid):
            yield Difference("kid_pattern", facts["kid_pattern"], kid)
    for name, said in facts["jwks_notes"].items():
        if name in _NOTES and not _NOTES[name](said, keys):
            yield Difference(f"jwks_notes.{name}", said, keys)
    yield from _other_kinds(facts["jwks_notes"], served)
    for written in facts.get("jwks_path_variants", ()):
        options = vendor.jwks_variants.get(written)
        path = filled(vendor, served.url, written.partition(" (")[0])
        if options is None or not served.issuer(options).get(path).ok:
            yield Difference("jwks_path_variants", written, "(not served)")


def _count(said: Any, keys: list[Jwk]) -> bool:
    """A number, a number with words, or from one to another; words alone say nothing that can be counted."""
    found = re.match(r"(\d+)(?:-(\d+))?", str(said))
    if found is None:
        return str(said).startswith("several always") and len(keys) > 1
    return int(found[1]) <= len(keys) <= int(found[2] or found[1])


def _alg(said: Any, keys: list[Jwk]) -> bool:
    return {key.get("alg", "absent") for key in keys} == {said}


_NOTES: Mapping[str, Callable[[Any, list[Jwk]], bool]] = {
    "key_count": _count,
    "alg": _alg,
    "algs": lambda said, keys: {key.get("alg") for key in keys} == {*said},
    "kty": lambda said, keys: {key["kty"] for key in keys} == {*said},
    "x5c": lambda said, keys: isinstance(said, str) or any("x5c" in key for key in keys) == said,
    "member_order": lambda said, keys: said == "alphabetical" and all(list(key) == sorted(key) for key in keys),
    "x5c_certs": lambda said, keys: {len(key["x5c"]) for key in keys} == {said},
    "kid_equals_x5t": lambda said, keys: all(key["kid"] == key["x5t"] for key in keys) == said,
}


def _other_kinds(notes: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The members that tell what sort of key it is, for elliptic curves and for EdDSA."""
    for note, algorithm in (("ec_members", "ES256"), ("okp_members", "EdDSA")):
        if note in notes:
            issuer = served.issuer({}, algorithm=algorithm, keys=(KeySettings(),))
            (key,) = issuer.jwks().json()["keys"]
            said = [name for name in key if name in ("crv", "x", "y")]
            if said != notes[note]:
                yield Difference(f"jwks_notes.{note}", notes[note], said)
