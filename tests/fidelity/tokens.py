"""Compares the token endpoint's success, and header and claims of machine and user tokens."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import fixture
from .documents import compare_headers, filled
from .matching import Difference, order, same
from .served import Served
from .vendor import Vendor

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "object": dict,
    "array": list,
    "array<string>": list,
    "any": object,
}


def token_endpoint(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The path, and the members and headers of a success."""
    path = filled(vendor, served.url, facts["token_path"])
    if served.root.token_path != path:
        yield Difference("token_path", path, served.root.token_path)
    answer = served.issuer({}, clients=True).post(path, data=vendor.request)
    if answer.status_code != 200:
        yield Difference("client_credentials", 200, f"{answer.status_code} {answer.text}")
        return
    expected, said = facts["client_credentials"]["response_fields"], answer.json()
    if set(said) != set(expected):
        yield Difference("client_credentials.response_fields", list(expected), list(said))
    for name in {"expires_in", "token_type", "refresh_expires_in", "not-before-policy"} & expected.keys():
        if not same(expected[name], said.get(name)):
            yield Difference(f"client_credentials.response_fields.{name}", expected[name], said.get(name))
    yield from order("client_credentials.response_fields", list(expected), list(said), "response" in vendor.ordered)
    headers = facts["client_credentials"].get("response_headers")
    if headers is not None:
        yield from compare_headers(vendor, {"response_headers": _with_type(headers)}, "response_headers", answer)
    if facts["access_token"].get("opaque"):
        # The facts are about the ID token, which is what the control API makes.
        yield from _header(facts, served.root.control("POST", "/tokens", {})["header"], served)
        return
    yield from _header(facts, _decoded(said["access_token"], 0), served)


def user_response(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The members of a success for a user, where the fixture has them beside those for a client."""
    where = "client_credentials.response_fields_user"
    expected = facts["client_credentials"].get("response_fields_user")
    if expected is None:
        return
    form = {**vendor.request, "grant_type": "password", "username": "jane", "password": "right", "scope": "openid"}
    said = served.issuer({}, clients=True).post(filled(vendor, served.url, facts["token_path"]), data=form).json()
    if set(said) != set(expected):
        yield Difference(where, list(expected), list(said))
    yield from order(where, list(expected), list(said), "response" in vendor.ordered)
    if "session_state" in said and said["session_state"] != _decoded(said["access_token"], 1)["sid"]:
        yield Difference(f"{where}.session_state", expected["session_state"], said["session_state"])
    for name in {"expires_in", "refresh_expires_in", "token_type", "not-before-policy"} & expected.keys():
        if not same(expected[name], said.get(name)):
            yield Difference(f"{where}.{name}", expected[name], said.get(name))
    if "scope" in said and sorted(said["scope"].split()) != sorted(str(expected["scope"]).split()):
        yield Difference(f"{where}.scope", expected["scope"], said["scope"])


def _with_type(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    # A body of JSON says so, whether the fixture repeats that or not.
    return {"Content-Type": {"note": "JSON", "confirmed": False}, **headers}


def _header(facts: Mapping[str, Any], said: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    expected = facts["access_token"]["header"]
    if set(said) != set(expected):
        yield Difference("access_token.header", list(expected), list(said))
    if "typ" in expected and said.get("typ") != expected["typ"]:
        yield Difference("access_token.header.typ", expected["typ"], said.get("typ"))
    minted = served.root.control("POST", "/tokens", {})["header"]
    if minted["alg"] != expected["alg"]:
        yield Difference("access_token.header.alg", expected["alg"], minted["alg"])


def claims(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The claims of a machine's and of a user's token, and what neither has."""
    for part, kind in (("claims_m2m", "machine"), ("claims_user", "user")):
        said = served.root.control("POST", "/tokens", {"kind": kind, "permissions": ["read:things"]})["claims"]
        yield from _claims(vendor, facts["access_token"], f"access_token.{part}", said, served)
        lifetime = facts["access_token"].get("lifetime_s")
        if isinstance(lifetime, int) and said["exp"] - said["iat"] != lifetime:
            yield Difference("access_token.lifetime_s", lifetime, said["exp"] - said["iat"])


def _claims(
    vendor: Vendor, facts: Mapping[str, Any], where: str, said: Mapping[str, Any], served: Served
) -> Iterator[Difference]:
    expected = facts[where.partition(".")[2]]
    for name, about in expected.items():
        sure = fixture.confirmed(about)
        if name not in said:
            if about["required"] or not sure:
                yield Difference(f"{where}.{name}", about["pattern_or_example"], "(absent)", sure)
            continue
        example = filled(vendor, served.url, about["pattern_or_example"])
        if not _fits(about["type"], said[name]):
            yield Difference(f"{where}.{name}", about["type"], said[name], sure)
        elif isinstance(example, str) and example.startswith("^"):
            if not re.search(example, str(said[name])):
                yield Difference(f"{where}.{name}", example, said[name], sure)
        elif name in vendor.exact_claims and said[name] != example:
            yield Difference(f"{where}.{name}", example, said[name], sure)
    absent = [name for key in facts if key.startswith("claims_absent") for name in facts[key]]
    # The mock puts permissions where a resource server looks for them; where the vendor has no claim of that name
    # it stands for a mapper or an action that a tenant adds.
    ours = {"permissions"}
    for name in said.keys() - expected.keys() - ours:
        yield Difference(f"{where}.{name}", "(absent)", said[name])
    for name in absent:
        if name in said and name not in expected:
            yield Difference(f"{where}.{name}", "(never)", said[name])
    yield from order(where, list(expected), list(said), "claims" in vendor.ordered)


def _fits(types: str, said: Any) -> bool:
    wanted = tuple(_TYPES[name] for name in types.split("|"))
    if isinstance(said, bool):
        return bool in wanted or object in wanted
    return any(isinstance(said, one) for one in wanted)


def _decoded(token: str, part: int) -> dict[str, Any]:
    text = token.split(".")[part]
    document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return document
