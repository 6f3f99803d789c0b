"""Whatever the control API is sent, it answers with a 2xx or a described 4xx, and a 4xx has changed nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from idp_api import Api, IssuerApi, MakeIssuer

from mock_idp.control.registry import document
from mock_idp.control.schemas import SCHEMAS

ODD_TEXT = st.sampled_from(
    ["", "\x00", "é", "a" * 5000, "../..", "current", "{}", "null", "\r\nX: y", "∞", "𝔘"]
) | st.text(max_size=8)
ODD_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3),
    max_leaves=5,
)
# Sizes and times that would only keep the machine busy are left to other tests.
MEMBERS = sorted(
    {name for schema in SCHEMAS.values() for name in schema.get("properties", {})} - {"bits", "seconds", "max_seconds"}
)
WORDS = st.sampled_from(
    [
        *("auth0", "custom", "jwks", "status", "body", "redirect", "ES256", "HS256", "current", "next", "hidden"),
        *("alg-none", "hmac-with-public-key", "pkcs1-padding", "ecdsa-edge", "replace-token", "user", "kid", "alg"),
    ]
)
BODIES = st.dictionaries(st.sampled_from(MEMBERS) | ODD_TEXT, WORDS | ODD_VALUES, max_size=5) | ODD_VALUES
WRITING = sorted(
    (method.upper(), path.removeprefix("/_mock"))
    for path, item in document()["paths"].items()
    for method in item
    if method in ("post", "put", "patch") and "reset" not in path
)


@pytest.fixture(scope="module")
def victim(session_api: Api) -> Any:
    """One issuer for all examples: making one for each would test nothing more."""
    made = session_api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"})
    yield IssuerApi(session_api, made)
    session_api.call("DELETE", f"/issuers/{made['id']}")


def picture(issuer: IssuerApi) -> list[Any]:
    """Everything of an issuer and its server that a call could change."""
    api = issuer.api
    clock = issuer.ok("GET", "/clock")
    return [
        [each["id"] for each in api.ok("GET", "/issuers")["issuers"]],
        issuer.ok("GET", "/keys"),
        issuer.ok("GET", "/faults"),
        (clock["at"], clock["offset_seconds"]),
        issuer.jwks(),
    ]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(target=st.sampled_from(WRITING), body=BODIES)
def test_odd_bodies(victim: IssuerApi, target: tuple[str, str], body: Any) -> None:
    """JSON of any shape, on every operation that takes some."""
    method, path = target
    before = picture(victim)
    asked = path.replace("{issuer_id}", victim.id).replace("{key}", "current")
    answer = victim.api.call(method, asked, body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        refusal = answer.json()
        assert set(refusal) == {"error", "error_description", "field"}
        assert refusal["error_description"]
        assert picture(victim) == before
    elif path == "/issuers":
        victim.api.ok("DELETE", f"/issuers/{answer.json()['id']}")
    else:
        victim.ok("POST", "/reset")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(target=st.sampled_from(WRITING), body=st.binary(max_size=30) | st.text(max_size=20).map(lambda s: s.encode()))
def test_odd_bytes(victim: IssuerApi, target: tuple[str, str], body: bytes) -> None:
    """Bytes that are hardly ever JSON."""
    method, path = target
    asked = path.replace("{issuer_id}", victim.id).replace("{key}", "current")
    answer = victim.api.session.request(
        method, f"{victim.api.url}/_mock{asked}", data=body, headers={"Content-Type": "application/json"}, timeout=20
    )
    assert answer.status_code < 500, answer.text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
    path=st.text("abc/.%_{}?=&;:@\\é\x00\n ", max_size=12),
)
def test_odd_paths(victim: IssuerApi, method: str, path: str) -> None:
    """Paths that lead nowhere, below the control API and below an issuer."""
    for prefix in (f"/_mock/issuers/{victim.id}/keys/", "/_mock/", "/i/", f"/i/{victim.id}/"):
        answer = victim.api.session.request(method, victim.api.url + prefix + path, timeout=20)
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"style":"custom","style":"okta"}',
        b'{"style":NaN}',
        b'{"style":"\\ud800"}',
        b"[" * 50_000,
        b'{"a":' * 5000,
        b"1e999",
    ],
)
def test_json_that_readers_disagree_on(api: Api, body: bytes) -> None:
    """Duplicates, NaN, lone surrogates and bottomless nesting are no input."""
    answer = api.session.post(f"{api.url}/_mock/issuers", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(("depth", "status"), [(90, 201), (100, 400), (400, 400), (900, 400)])
def test_nesting_has_a_bottom(make_issuer: MakeIssuer, depth: int, status: int) -> None:
    """What some reader further on might not follow is refused at the door."""
    issuer = make_issuer("custom", algorithm="ES256")
    spec = {"claims": {"x": json.loads("[" * depth + "]" * depth)}}
    assert issuer.api.call("POST", f"/issuers/{issuer.id}/tokens", spec).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "member"),
    [("PUT", "/jwks", "before"), ("POST", "/faults", "body"), ("POST", "/tokens", "claims")],
)
def test_the_deepest_nesting_works_everywhere(make_issuer: MakeIssuer, method: str, path: str, member: str) -> None:
    """What is let in can also be served, listed and signed."""
    issuer = make_issuer("custom", algorithm="ES256")
    deep = json.loads("[" * 97 + "]" * 97)
    spec = {
        "before": {"before": deep},
        "body": {"on": "jwks", "kind": "body", "body": deep},
        "claims": {"claims": {"x": deep}},
    }
    issuer.ok(method, path, spec[member])
    assert issuer.get().status_code == 200
    assert issuer.ok("GET", "/faults")
