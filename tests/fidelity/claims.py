"""Compares the claims of machine and user tokens, and how long they are good for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import fixture
from .documents import filled
from .examples import fits
from .matching import Difference, order
from .served import Served
from .vendor import Vendor

_TYPES: dict[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "object": dict,
    "array": list,
    "array<string>": list,
    "any": object,
}
_KINDS = {"claims_m2m": "machine", "claims_user": "user"}
# The mock puts permissions where a resource server looks for them; where the vendor has no claim of that name it
# stands for a mapper or an action that a tenant adds.
_OURS = frozenset({"permissions"})


def claims(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The claims of a machine's and of a user's token, and what neither has."""
    for part, kind in _KINDS.items():
        spec = filled(vendor, served.url, {"kind": kind, **vendor.minted.get(kind, {})})
        made = served.root.control("POST", "/tokens", spec)
        said = made["claims"]
        yield from compare_claims(vendor, facts["access_token"], part, said, served.url)
        yield from _never(facts["access_token"], part, made)
        lifetime = facts["access_token"].get("lifetime_s")
        if isinstance(lifetime, int) and said["exp"] - said["iat"] != lifetime:
            yield Difference("access_token.lifetime_s", lifetime, said["exp"] - said["iat"])


def compare_claims(
    vendor: Vendor, facts: Mapping[str, Any], part: str, said: Mapping[str, Any], base: str
) -> Iterator[Difference]:
    """The claims of one token, against a part of the facts about access tokens. In: the base URL of the mock."""
    where, expected = f"access_token.{part}", facts[part]
    yield from compare_members(vendor, where, expected, said, base, part)
    yield from order(where, list(expected), list(said), "claims" in vendor.ordered)


def compare_members(
    vendor: Vendor, where: str, expected: Mapping[str, Any], said: Mapping[str, Any], base: str, part: str
) -> Iterator[Difference]:
    """Members, whatever their order. In: `part`, under which the vendor says which ones are mere examples."""
    for name, about in expected.items():
        sure = fixture.confirmed(about)
        if name not in said:
            if about["required"] or not sure:
                yield Difference(f"{where}.{name}", about, "(absent)", sure)
            continue
        if not _is_a(about["type"], said[name]):
            yield Difference(f"{where}.{name}", about["type"], said[name], sure)
        example = filled(vendor, base, about["pattern_or_example"])
        if f"{part}.{name}" not in vendor.mere_examples and not fits(example, said[name], said):
            yield Difference(f"{where}.{name}", example, said[name], sure)
    for name in said.keys() - expected.keys() - _OURS:
        yield Difference(f"{where}.{name}", "(absent)", said[name])


def _never(facts: Mapping[str, Any], part: str, made: Mapping[str, Any]) -> Iterator[Difference]:
    """What no token has: a claim, a member of the header, or a claim that only the other kind has."""
    for key in (key for key in facts if key.startswith("claims_absent")):
        for words in facts[key]:
            name, _, only = words.partition(" (")
            if only and not part.startswith(f"claims_{only.split()[0].rstrip(')')}"):
                continue
            in_header = "header" in name.split()
            name = name.replace("header", "").strip()
            if name in made["header" if in_header else "claims"]:
                yield Difference(f"access_token.{key}.{words}", "(never)", part)


def _is_a(types: str, said: Any) -> bool:
    if not {*types.split("|")} <= _TYPES.keys():
        return False
    wanted = tuple(_TYPES[name] for name in types.split("|"))
    if isinstance(said, bool):
        return bool in wanted or object in wanted
    return any(isinstance(said, one) for one in wanted)
