"""The schema checks agree with the jsonschema package, and say what is wrong."""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_idp.control.schemas import SCHEMAS
from mock_idp.errors import MockIdpError
from mock_idp.http11.schema import check

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 10_000)
    | st.floats(0.1, 0.9)
    | st.sampled_from([1.0, 2048.0, 1e300, 10**400])
    | st.text(max_size=5)
    | st.sampled_from(
        ["auth0", "jwks", "hang", "status", "RS256", "current", "sig", "RS999", "always", "RSA", "P-256", "AQAB"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
REQUESTS = (
    *("IssuerSpec", "KeySpec", "TokenSpec", "JwksOverlay", "FaultSpec", "ClockSpec", "Habit", "ClientSpec", "UserSpec"),
    *("ScriptSpec", "PublicJwk"),
)


def members_of(schema: dict[str, Any]) -> set[str]:
    """The member names of a schema, and of all its alternatives."""
    alternatives = [SCHEMAS[each["$ref"].rpartition("/")[2]] for each in schema.get("oneOf", ())]
    return {name for alternative in (schema, *alternatives) for name in alternative.get("properties", ())}


@st.composite
def near_requests(draw: st.DrawFn) -> tuple[str, Any]:
    """A schema's name, and a value that often has its members."""
    name = draw(st.sampled_from(REQUESTS))
    names = st.sampled_from(sorted(members_of(SCHEMAS[name]))) | st.text(max_size=3)
    return name, draw(st.dictionaries(names, JSON_VALUES, max_size=4) | JSON_VALUES)


@settings(max_examples=400, deadline=None)
@given(near_requests())
def test_agrees_with_jsonschema(request_: tuple[str, Any]) -> None:
    """What the published schema allows is accepted, and nothing else."""
    name, value = request_
    document = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    allowed = jsonschema.Draft202012Validator(document).is_valid(value)
    try:
        check(deepcopy(value), SCHEMAS[name], components=SCHEMAS)
    except MockIdpError:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({}, "style"),
        ({"style": "auth9"}, "style"),
        ({"style": "auth0", "keys": [{}, {"bits": 3}]}, "keys.1.bits"),
        ({"style": "auth0", "stile": 1}, "stile"),
        ({"style": "auth0", "id": "a\n"}, "id"),
    ],
)
def test_names_the_member(value: Any, field: str) -> None:
    """The path leads to the first member that is wrong."""
    with pytest.raises(MockIdpError) as caught:
        check(value, SCHEMAS["IssuerSpec"], components=SCHEMAS)
    assert caught.value.field == field


def test_suggests_the_nearest_name() -> None:
    """A typing error is recognised as one."""
    with pytest.raises(MockIdpError, match="audience"):
        check({"style": "auth0", "audiense": "x"}, SCHEMAS["IssuerSpec"], components=SCHEMAS)


def test_a_whole_number_may_have_a_fraction_of_zero() -> None:
    """JSON Schema takes 1.0 for an integer, so it is one; where any number goes it stays as it is."""
    spec = {"kind": "status", "on": "jwks", "status": 404.0, "times": 2.0}
    check(spec, SCHEMAS["FaultSpec"], components=SCHEMAS)
    assert [type(spec[name]) for name in ("status", "times")] == [int, int]
    clock = {"at": 1.0}
    check(clock, SCHEMAS["ClockSpec"], components=SCHEMAS)
    assert type(clock["at"]) is float


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("TokenSpec", {"payload": "", "claims": {"a": 1}}, "claims"),
        ("TokenSpec", {"payload": "", "payload_b64": ""}, "payload_b64"),
        ("TokenSpec", {"header_text": "{}", "header_without": ["kid"]}, "header_without"),
        ("TokenSpec", {"with": {"count": 1}}, ""),
        ("TokenSpec", {"mutation": "hmac-with-secret"}, "with"),
        ("TokenSpec", {"mutation": "hmac-with-secret", "with": {"secret": "", "secret_b64": ""}}, "with"),
        ("TokenSpec", {"mutation": "jwe", "with": {"bomb_bytes": 1}}, "with"),
        ("TokenSpec", {"mutation": "jwe", "with": {"p2c": 1}}, "with.alg"),
        ("TokenSpec", {"mutation": "alg-none", "with": {"thrid": "empty"}}, "with.thrid"),
        ("ClockSpec", {"at": 1, "offset_seconds": 1}, "at"),
        ("IssuerSpec", {"style": "okta", "options": {"realm": "x"}}, "options.realm"),
        ("IssuerSpec", {"style": "okta", "public_url": "http://[:::]"}, "public_url"),
        ("KeySpec", {"use": "enc", "state": "next"}, "state"),
        ("KeySpec", {"algorithm": "PS256", "exponent": 1}, "exponent"),
        ("KeySpec", {"kid": "current"}, "kid"),
        ("JwksOverlay", {"members": {"k": ["kyt"]}}, "members.k.0"),
        ("FaultSpec", {"kind": "status", "on": "jwks", "headers": {"Content-length": "1"}}, "headers.Content-length"),
        ("FaultSpec", {"kind": "encoding", "on": "jwks", "bom": False}, ""),
        ("ScriptSpec", {"claims": {}, "on": "jwks"}, "on"),
        ("ScriptSpec", {"problem": "bad_code", "on": "userinfo"}, "on"),
        ("ScriptSpec", {"claims": {}, "response": {}}, "claims"),
        ("ScriptSpec", {"delay_seconds": 0}, ""),
        ("ClientSpec", {"id": "a", "keys": [{"kty": "RSA", "n": "AQAB"}]}, "keys.0.e"),
        ("ClientSpec", {"id": "a", "keys": [], "auth_method": "private_key_jwt"}, "auth_method"),
        ("ClientSpec", {"id": "a", "auth_method": "client_secret_post"}, "auth_method"),
        ("ClientSpec", {"id": "a", "jwks_uri": "https://app.example/keys#x"}, "jwks_uri"),
        (
            "ClientSpec",
            {"id": "a", "jwks_uri": "https://a.example", "keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]},
            "keys",
        ),
    ],
)
def test_the_document_says_what_does_not_go_together(name: str, value: Any, field: str) -> None:
    """The published schema refuses it, as the `jsonschema` package reads it; our check names the member to blame."""
    document = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
    assert not jsonschema.Draft202012Validator(document).is_valid(value)
    with pytest.raises(MockIdpError) as caught:
        check(value, SCHEMAS[name], components=SCHEMAS)
    assert caught.value.field == (field or None)


@pytest.mark.parametrize("url", ["http://[::1]:9400", "http://[1:2::3]/a", "https://idp:65535", "http://a_b.c/d%20"])
def test_public_urls_that_are_some(url: str) -> None:
    """Names, addresses of both kinds, ports."""
    check({"style": "okta", "public_url": url}, SCHEMAS["IssuerSpec"], components=SCHEMAS)
    assert urlsplit(url).hostname
