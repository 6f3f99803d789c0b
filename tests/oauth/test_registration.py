"""Dynamic client registration (RFC 7591)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from relying_party import CALLBACK, CHALLENGE, START, VERIFIER, MakeRp, Rp, refusal

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
PUBLIC = {"redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none"}
KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


@pytest.fixture
def rp(make_rp: MakeRp) -> Rp:
    return make_rp("mcp")


def ask(rp: Rp, metadata: Any, **more: Any) -> requests.Response:
    return rp.session.post(rp.local(rp.document["registration_endpoint"]), json=metadata, timeout=20, **more)


def register(rp: Rp, **metadata: Any) -> dict[str, Any]:
    answer = ask(rp, {"redirect_uris": [CALLBACK], **metadata})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store"), answer.text
    return dict(answer.json())


def logged_in(rp: Rp, client: dict[str, Any], scope: str = "notes:list", **more: str) -> requests.Response:
    """The answer of the token endpoint at the end of a code flow."""
    rp.client = {name: client[name] for name in ("client_id", "client_secret") if name in client}
    return rp.redeem(rp.code(scope=scope, **PKCE), code_verifier=VERIFIER, **more)


def test_what_is_left_out_has_its_default(rp: Rp) -> None:
    """Section 2: Basic credentials, the code flow; section 3.2.1: a secret that doesn't expire."""
    client = register(rp)
    assert client.pop("client_id")
    assert client.pop("client_secret")
    assert client == {
        "client_id_issued_at": START,
        "client_secret_expires_at": 0,
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
    }


def test_a_public_client_logs_in(rp: Rp) -> None:
    """It has no secret, and a refresh token where it has asked for that grant."""
    client = register(rp, **PUBLIC, grant_types=["authorization_code", "refresh_token"])
    assert "client_secret" not in client
    tokens = logged_in(rp, client).json()
    fresh = rp.token("refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert rp.claims(fresh["access_token"])["scope"] == "notes:list"
    # Rotation: the old one is spent.
    assert refusal(rp.token("refresh_token", refresh_token=tokens["refresh_token"])) == (400, "invalid_grant")


def test_no_refresh_token_without_its_grant(rp: Rp) -> None:
    """Section 2: a client that doesn't say it uses authorization_code alone."""
    assert "refresh_token" not in logged_in(rp, register(rp, **PUBLIC)).json()


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic"])
def test_a_client_authenticates_as_it_said(rp: Rp, method: str) -> None:
    """With the secret it got, and in no other way."""
    client = register(rp, token_endpoint_auth_method=method)
    assert logged_in(rp, client).status_code == (200 if method == "client_secret_post" else 401)
    assert logged_in(rp, {**client, "client_secret": "wrong"}).status_code == 401
    assert logged_in(rp, {"client_id": client["client_id"]}).status_code == 401


def test_only_registered_uris_are_redirected_to(rp: Rp) -> None:
    """Whatever else is open to anybody."""
    rp.client = {"client_id": register(rp, **PUBLIC)["client_id"]}
    assert rp.authorize(mock_user="ann", redirect_uri="https://evil.example/cb", **PKCE).status_code == 400


def test_others_are_known_as_before(rp: Rp) -> None:
    """Whoever registers closes nothing: while no client is declared every id is good."""
    register(rp, **PUBLIC)
    assert logged_in(rp, {"client_id": "somebody"}).status_code == 200


def test_declared_and_registered_clients_stand_beside_each_other(make_rp: MakeRp) -> None:
    """And nobody else is known."""
    rp = make_rp("mcp", clients=[{"id": "app"}])
    client = register(rp, **PUBLIC)
    assert [logged_in(rp, one).status_code for one in ({"client_id": "app"}, client)] == [200, 200]
    rp.client = {"client_id": "nobody"}
    assert rp.authorize(mock_user="ann", **PKCE).status_code == 400


def test_a_reset_forgets(make_rp: MakeRp) -> None:
    """As all that the flows remember."""
    rp = make_rp("mcp", clients=[{"id": "app"}])
    rp.client = {"client_id": register(rp, **PUBLIC)["client_id"]}
    rp.own("POST", "/reset")
    assert rp.authorize(mock_user="ann", **PKCE).status_code == 400


def test_a_client_with_keys(rp: Rp) -> None:
    """They are said back; there is no secret."""
    client = register(rp, token_endpoint_auth_method="private_key_jwt", jwks={"keys": [KEY]})
    assert (client["jwks"], "client_secret" in client) == ({"keys": [KEY]}, False)


def test_what_is_not_known_is_left_out(rp: Rp) -> None:
    """Section 2: members of the future, grants of others; null is nothing said."""
    more = {"grant_types": ["authorization_code", "implicit"], "future": {"a": 1}, "client_uri": None}
    client = register(rp, **PUBLIC, client_name="Mine", application_type="native", contacts=["a@b"], **more)
    assert client["grant_types"] == ["authorization_code"]
    assert (client["client_name"], client["application_type"], client["contacts"]) == ("Mine", "native", ["a@b"])
    assert not {"future", "client_uri"} & client.keys()


def test_a_scope_is_said_back_and_narrows_nothing(make_rp: MakeRp) -> None:
    """What isn't there is taken out; a second round may ask for what wasn't registered."""
    rp = make_rp("mcp", scopes=["notes:list", "notes:write"])
    client = register(rp, **PUBLIC, scope="openid notes:list nothing")
    assert client["scope"] == "openid notes:list"
    assert logged_in(rp, client, "notes:write").json()["scope"] == "notes:write"


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ({}, "invalid_redirect_uri"),
        ({"redirect_uris": CALLBACK}, "invalid_redirect_uri"),
        ({"redirect_uris": [1]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [f"{CALLBACK}#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://app.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": [f"{CALLBACK}/{n}" for n in range(101)]}, "invalid_redirect_uri"),
        ({**PUBLIC, "token_endpoint_auth_method": "tls_client_auth"}, "invalid_client_metadata"),
        ({**PUBLIC, "token_endpoint_auth_method": 1}, "invalid_client_metadata"),
        ({**PUBLIC, "grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({**PUBLIC, "grant_types": "authorization_code"}, "invalid_client_metadata"),
        ({**PUBLIC, "response_types": ["token"]}, "invalid_client_metadata"),
        ({**PUBLIC, "grant_types": ["client_credentials"], "response_types": ["code"]}, "invalid_client_metadata"),
        ({**PUBLIC, "token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({**PUBLIC, "jwks": {"keys": [{"kty": "x"}]}}, "invalid_client_metadata"),
        ({**PUBLIC, "jwks": {"keys": [1]}}, "invalid_client_metadata"),
        ({**PUBLIC, "jwks": []}, "invalid_client_metadata"),
        ({**PUBLIC, "application_type": "toaster"}, "invalid_client_metadata"),
        ({**PUBLIC, "client_name": 1}, "invalid_client_metadata"),
        ({**PUBLIC, "scope": ["a"]}, "invalid_client_metadata"),
        ([], "invalid_client_metadata"),
        ("x", "invalid_client_metadata"),
    ],
)
def test_what_is_refused(rp: Rp, metadata: Any, code: str) -> None:
    """Section 3.2.2, with a sentence."""
    answer = ask(rp, metadata)
    assert refusal(answer) == (400, code)
    assert answer.json()["error_description"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", json.dumps(PUBLIC)),
        ("application/json", "{"),
        ("application/json", '{"client_name": "\\ud800"}'),
        ("application/json", ""),
    ],
)
def test_a_body_that_cannot_be_read(rp: Rp, content_type: str, body: str) -> None:
    """It is no metadata."""
    url = rp.local(rp.document["registration_endpoint"])
    answer = rp.session.post(url, data=body, headers={"Content-Type": content_type}, timeout=20)
    assert refusal(answer) == (400, "invalid_client_metadata")


@pytest.mark.parametrize(
    "uri", ["http://localhost:33418/", "http://[::1]:1/cb", "com.example.app:/cb", "cursor://x/cb"]
)
def test_programs_come_back_to_this_machine(rp: Rp, uri: str) -> None:
    """RFC 8252 section 7: loopback addresses and schemes of one's own."""
    assert register(rp, redirect_uris=[uri])["redirect_uris"] == [uri]


def test_machines_register_without_uris(rp: Rp) -> None:
    """client_credentials redirects nobody."""
    answer = ask(rp, {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post"})
    client = answer.json()
    assert client["response_types"] == []
    rp.client = {name: client[name] for name in ("client_id", "client_secret")}
    assert rp.token("client_credentials", scope="notes:list").status_code == 200


def test_a_registration_can_be_refused_by_a_script(rp: Rp) -> None:
    """Once; the next is taken."""
    rp.own("POST", "/script", {"on": "registration", "error": {"error": "invalid_client_metadata"}})
    assert refusal(ask(rp, PUBLIC)) == (400, "invalid_client_metadata")
    assert ask(rp, PUBLIC).status_code == 201
