"""Clients whose keys are behind a `jwks_uri` (RFC 7591 section 2), registered or known by a document."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
import requests
from client_site import Site
from cryptography.hazmat.primitives.asymmetric import ec
from relying_party import CALLBACK, CHALLENGE, START, VERIFIER, MakeRp, Rp, refusal

from mock_idp.oauth import fetching
from mock_idp.oauth.client_assertion import ASSERTION_TYPE
from mock_idp.vendors.grant_types import JWT_BEARER

KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]


def public(number: int, **members: str) -> dict[str, Any]:
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEYS[number].public_key()))
    return {**jwk, "kid": f"k{number}", **members}


def publish(site: Site, *keys: dict[str, Any]) -> str:
    return site.answer("/keys", json.dumps({"keys": keys}).encode())


@pytest.fixture
def rp(make_rp: MakeRp) -> Rp:
    return make_rp("mcp")


def register(rp: Rp, jwks_uri: str, **more: Any) -> requests.Response:
    metadata = {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": jwks_uri, **more}
    machine = {"grant_types": ["client_credentials", JWT_BEARER], **metadata}
    answer = rp.session.post(rp.local(rp.document["registration_endpoint"]), json=machine, timeout=20)
    rp.client = {}
    return answer


def signed(rp: Rp, client_id: str, number: int = 0, **claims: Any) -> str:
    usual = {"iss": client_id, "sub": client_id, "aud": rp.document["issuer"], "exp": START + 60}
    return jwt.encode({**usual, **claims}, KEYS[number], "ES256", headers={"kid": f"k{number}"})


def ask(rp: Rp, client_id: str, number: int = 0) -> requests.Response:
    credentials = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed(rp, client_id, number)}
    return rp.token("client_credentials", scope="notes:list", **credentials)


def test_a_registered_client_signs(rp: Rp, site: Site) -> None:
    """Its keys are asked for when it does for the first time, not at the registration, and then are known."""
    registered = register(rp, publish(site, public(0))).json()
    assert (registered["jwks_uri"], "client_secret" in registered, site.asked) == (f"{site.url}/keys", False, [])
    answers = [ask(rp, registered["client_id"]) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200], answers[0].text
    assert site.asked == ["/keys"]


def test_a_key_that_is_new(rp: Rp, site: Site) -> None:
    """It counts at once, and the old one is gone with it."""
    client_id = register(rp, publish(site, public(0))).json()["client_id"]
    assert ask(rp, client_id).status_code == 200
    publish(site, public(1))
    assert [ask(rp, client_id, number).status_code for number in (1, 0)] == [200, 401]
    assert len(site.asked) == 3


def test_keys_are_kept_for_an_hour(rp: Rp, site: Site) -> None:
    """A key that was taken away is good for that long, as with other servers."""
    client_id = register(rp, publish(site, public(0))).json()["client_id"]
    assert ask(rp, client_id).status_code == 200
    publish(site, public(1))
    assert ask(rp, client_id).status_code == 200
    rp.pass_time(3601)
    assertion = signed(rp, client_id, exp=START + 7200)
    late = rp.token("client_credentials", client_assertion_type=ASSERTION_TYPE, client_assertion=assertion)
    assert refusal(late) == (401, "invalid_client")


def test_what_cannot_be_read_is_passed_over(rp: Rp, site: Site) -> None:
    """RFC 7517 section 5; what is for encryption signs nothing."""
    keys = ({"kty": "AKP", "kid": "k0"}, public(0), {"kty": "RSA"}, public(1, use="enc"))
    client_id = register(rp, publish(site, *keys)).json()["client_id"]
    assert [ask(rp, client_id, number).status_code for number in (0, 1)] == [200, 401]


def test_an_assertion_about_a_user(rp: Rp, site: Site) -> None:
    """jwt-bearer is signed with the same keys."""
    client_id = register(rp, publish(site, public(0))).json()["client_id"]
    answer = rp.token(JWT_BEARER, assertion=signed(rp, client_id, sub="ann"))
    assert rp.claims(answer.json()["access_token"])["sub"] == "ann"
    assert refusal(rp.token(JWT_BEARER, assertion=signed(rp, client_id, 1, sub="ann"))) == (400, "invalid_grant")


def test_a_client_of_a_document(rp: Rp, site: Site) -> None:
    """It has keys in the same two ways."""
    keys = publish(site, public(0))
    client_id = site.publish(token_endpoint_auth_method="private_key_jwt", jwks_uri=keys)
    rp.client = {"client_id": client_id}
    code = rp.code(scope="notes:list", code_challenge=CHALLENGE, code_challenge_method="S256")
    credentials = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed(rp, client_id)}
    assert rp.redeem(code, code_verifier=VERIFIER, **credentials).status_code == 200
    assert site.asked == ["/client.json", "/keys"]


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, b"{}", "its jwks_uri has the status 404"),
        (200, b"{", "its jwks_uri is not JSON"),
        (200, b"[]", "its jwks_uri is no JSON object"),
        (200, b"{}", "no JWK Set"),
        (200, json.dumps({"keys": [{}] * 21}).encode(), "at most 20 keys"),
        (200, b" " * (64 * 1024) + b"{}", "more than 65536 bytes"),
        (302, b"", "status 302"),
        (200, b'{"keys": [1, {"kty": "x"}]}', "its signature is not the client's"),
    ],
)
def test_keys_that_cannot_be_had(rp: Rp, site: Site, status: int, body: bytes, reason: str) -> None:
    """The description says why."""
    answer = ask(rp, register(rp, site.answer("/keys", body, status)).json()["client_id"])
    assert refusal(answer) == (401, "invalid_client")
    assert reason in answer.json()["error_description"]


def test_nothing_is_fetched_from_elsewhere(rp: Rp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who registers decides what is asked: this machine only, unless more was allowed."""
    monkeypatch.setattr(fetching, "getaddrinfo", lambda *args, **more: pytest.fail("a name was looked up"))
    answer = ask(rp, register(rp, "https://app.example/keys").json()["client_id"])
    assert "lies on another machine" in answer.json()["error_description"]


def test_no_private_address_where_public_ones_are_allowed(make_rp: MakeRp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name may be anybody's."""
    monkeypatch.setattr(fetching, "getaddrinfo", lambda *args, **more: [(0, 0, 0, "", ("10.0.0.1", 443))])
    monkeypatch.setattr(fetching, "create_connection", lambda *args, **more: pytest.fail("it was asked"))
    rp = make_rp("mcp", options={"client_documents": "public"})
    answer = ask(rp, register(rp, "https://app.example/keys").json()["client_id"])
    assert "not public" in answer.json()["error_description"]


def test_fetching_can_be_off(make_rp: MakeRp, site: Site) -> None:
    """Then nobody is asked for keys either."""
    rp = make_rp("mcp", options={"client_documents": "none"})
    answer = ask(rp, register(rp, publish(site, public(0))).json()["client_id"])
    assert refusal(answer) == (401, "invalid_client")
    assert site.asked == []


@pytest.mark.parametrize(
    "members",
    [
        {"jwks_uri": "http://app.example/keys"},
        {"jwks_uri": "https://user@app.example/keys"},
        {"jwks_uri": "https://app.example/keys#x"},
        {"jwks_uri": "/keys"},
        {"jwks_uri": 1},
        {"jwks_uri": "https://app.example/keys", "jwks": {"keys": [public(0)]}},
    ],
)
def test_what_is_refused(rp: Rp, members: dict[str, Any]) -> None:
    """Section 2: a URL of TLS, and never beside `jwks`."""
    answer = register(rp, redirect_uris=[CALLBACK], **members)
    assert refusal(answer) == (400, "invalid_client_metadata")
