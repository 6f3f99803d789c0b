"""Compares the token endpoint: its path, its grants, and what it answers to a good request."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .documents import filled
from .headers import compare_headers
from .matching import Difference, order, same
from .served import Served
from .vendor import Vendor

_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def token_endpoint(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The path, the grants, and the members and headers of a success."""
    path = filled(vendor, served.url, facts["token_path"])
    if served.root.token_path != path:
        yield Difference("token_path", path, served.root.token_path)
    about = facts["client_credentials"]
    if about["request"]["grant_type"] != vendor.request["grant_type"]:
        yield Difference("client_credentials.request.grant_type", about["request"], vendor.request["grant_type"])
    answer = served.issuer({}, clients=True).post(served.root.token_path, data=vendor.request)
    if answer.status_code != 200:
        yield Difference("client_credentials", 200, f"{answer.status_code} {answer.text}")
        return
    said = answer.json()
    yield from _response(vendor, "response_fields", about["response_fields"], said, vendor.request.get("scope", ""))
    headers = about.get("response_headers")
    if headers is not None:
        yield from compare_headers(vendor, {"response_headers": _with_type(headers)}, "response_headers", answer)
    opaque = _JWT.fullmatch(said["access_token"]) is None
    if opaque != facts["access_token"].get("opaque", False):
        yield Difference("access_token.opaque", facts["access_token"].get("opaque", False), opaque)
    yield from _grants(vendor, about, served)
    yield from _content_types(vendor, about, served)


def user_response(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The members of a success for a user, where the fixture has them beside those for a client."""
    expected = facts["client_credentials"].get("response_fields_user")
    if expected is None:
        return
    form = {**vendor.request, "grant_type": "password", "username": "jane", "password": "right", "scope": "openid"}
    said = served.issuer({}, clients=True).post(served.root.token_path, data=form).json()
    yield from _response(vendor, "response_fields_user", expected, said, "openid")


def _response(
    vendor: Vendor, part: str, expected: Mapping[str, Any], said: Mapping[str, Any], asked: str
) -> Iterator[Difference]:
    where = f"client_credentials.{part}"
    if set(said) != set(expected):
        yield Difference(where, list(expected), list(said))
    for name in expected.keys() & said.keys():
        if not _means(expected[name], said[name], asked, said):
            yield Difference(f"{where}.{name}", expected[name], _shown(said[name]), True)
    yield from order(where, list(expected), list(said), "response" in vendor.ordered)


def _means(words: Any, value: Any, asked: str, response: Mapping[str, Any]) -> bool:
    """Whether a member of a token response is what the fixture says of it; `asked` is the scope of the request."""
    if words in ("JWT", "when openid"):
        return isinstance(value, str) and _JWT.fullmatch(value) is not None
    if words == "JWT HS512":
        return _JWT.fullmatch(value) is not None and decoded(value, 0)["alg"] == "HS512"
    if words in ("granted scopes", "present when scopes granted"):
        return bool(value == asked)
    if words == "session id, equal to sid claim":
        return bool(value == decoded(response["access_token"], 1)["sid"])
    if isinstance(words, str) and " " in words and isinstance(value, str):
        return sorted(words.split()) == sorted(value.split())
    return same(words, value)


def _shown(value: Any) -> Any:
    # A report is no place for a token.
    return "(a token)" if isinstance(value, str) and len(value) > 100 else value


def _grants(vendor: Vendor, about: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """Each grant is known at the token endpoint; a request that says no more than its name is refused otherwise."""
    expected = {"client_credentials": about.get("supported", True)}
    expected |= {words: words not in vendor.grants_left_out for words in about.get("other_grants", ())}
    for words, there in expected.items():
        name = words.partition(" (")[0]
        form = {**vendor.request, "grant_type": name}
        answer = served.issuer({}, clients=True).post(served.root.token_path, data=form)
        known = answer.json().get("error") != "unsupported_grant_type"
        if known != there:
            yield Difference(f"client_credentials.other_grants.{words}", there, known)


def _content_types(vendor: Vendor, about: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """Which kinds of body a request may have: always a form, sometimes JSON."""
    bodies: dict[str, dict[str, Any]] = {
        "application/x-www-form-urlencoded": {"data": vendor.request},
        "application/json": {"json": vendor.request},
    }
    said = [
        name
        for name, body in bodies.items()
        if served.issuer({}, clients=True).post(served.root.token_path, **body).status_code == 200
    ]
    expected = about.get("content_types", said)
    if expected != said:
        yield Difference("client_credentials.content_types", expected, said)


def _with_type(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    # A body of JSON says so, whether the fixture repeats that or not.
    return {"Content-Type": {"note": "JSON", "confirmed": False}, **headers}


def decoded(token: str, part: int) -> dict[str, Any]:
    """Header (0) or payload (1) of a JWT."""
    text = token.split(".")[part]
    document: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return document
