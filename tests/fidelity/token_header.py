"""Compares the header of access tokens, also of those that APIs and clients are set up for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import fixture
from .documents import published
from .matching import Difference, order, same
from .served import Served
from .vendor import Vendor


def token_header(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The header of an access token, and of the tokens of APIs and clients that are set up otherwise.

    Where access tokens are opaque the facts are about ID tokens.
    """
    expected = facts["access_token"]["header"]
    said = served.root.control("POST", "/tokens", {})["header"]
    if set(said) != set(expected):
        yield Difference("access_token.header", list(expected), list(said))
    for name in expected.keys() & said.keys():
        yield from _member(f"access_token.header.{name}", name, expected[name], said, published(served.root))
    yield from order("access_token.header", list(expected), list(said), "header" in vendor.ordered)
    for variant in facts["access_token"].get("header_variants", ()):
        where = f"access_token.header_variants.{variant['when']}"
        how = vendor.header_variants.get(variant["when"])
        if how is None:
            why = vendor.not_provoked.get(variant["when"], "(no case)")
            yield Difference(where, variant, why, fixture.confirmed(variant))
            continue
        issuers = [served.issuer(one.options, **one.spec) for one in how]
        headers = [one.control("POST", "/tokens", {})["header"] for one in issuers]
        for name in variant.keys() - {"when", "note", "confirmed"}:
            values = [header.get(name) for header in headers]
            if not _variant_fits(variant[name], values, headers):
                yield Difference(f"{where}.{name}", variant[name], values, fixture.confirmed(variant))


def _member(where: str, name: str, words: Any, said: Mapping[str, Any], kids: list[str]) -> Iterator[Difference]:
    if words in ("<jwks kid>", "<sig kid>"):
        if said[name] not in kids:
            yield Difference(where, kids, said[name])
    elif not same(words, said[name]):
        yield Difference(where, words, said[name])


def _variant_fits(words: str, values: list[Any], headers: list[Mapping[str, Any]]) -> bool:
    if words == "equal to kid":
        return values == [header["kid"] for header in headers]
    if words.startswith("present; "):
        return all(values)
    return values == [word for word in words.split("|") if word != "..."]
