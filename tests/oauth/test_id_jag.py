"""Identity assertion grants: one issuer of the mock makes them, another one takes them."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests
from relying_party import CHALLENGE, START, VERIFIER, MakeRp, Rp, refusal

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TYPE = "urn:ietf:params:oauth:token-type:"
RESOURCE = "https://mcp.example/mcp"
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
def provider(make_rp: MakeRp) -> Rp:
    return make_rp("mcp")


@pytest.fixture
def notes(make_rp: MakeRp) -> Rp:
    return make_rp("mcp")


def exchange(provider: Rp, notes: Rp, **form: str) -> requests.Response:
    """An ID token of the client for a grant; an empty value leaves a parameter out."""
    tokens = provider.redeem(provider.code(scope="openid email", **PKCE), code_verifier=VERIFIER).json()
    usual = {
        "requested_token_type": f"{TYPE}id-jag",
        "subject_token": tokens["id_token"],
        "subject_token_type": f"{TYPE}id_token",
        "audience": notes.about["issuer"],
        "resource": RESOURCE,
        "scope": "notes:list notes:write",
    }
    return provider.token(EXCHANGE, **{name: value for name, value in {**usual, **form}.items() if value})


def made(provider: Rp, notes: Rp, **form: str) -> str:
    answer = exchange(provider, notes, **form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def redeem(notes: Rp, assertion: str, **form: str) -> requests.Response:
    return notes.token(BEARER, assertion=assertion, **form)


def test_the_grant(provider: Rp, notes: Rp) -> None:
    """Its response says that it is no access token; its header and claims are those of the draft."""
    answer = exchange(provider, notes).json()
    assert (answer["issued_token_type"], answer["token_type"], answer["expires_in"]) == (f"{TYPE}id-jag", "N_A", 300)
    assert answer["scope"] == "notes:list notes:write"
    assert jwt.get_unverified_header(answer["access_token"])["typ"] == "oauth-id-jag+jwt"
    claims = provider.claims(answer["access_token"])
    assert claims.pop("jti")
    assert claims == {
        "iss": provider.about["issuer"],
        "sub": "ann",
        "aud": notes.about["issuer"],
        "client_id": "app",
        "exp": START + 300,
        "iat": START,
        "resource": RESOURCE,
        "scope": "notes:list notes:write",
        "auth_time": START,
        "email": "ann@example.com",
    }


def test_the_token(provider: Rp, notes: Rp) -> None:
    """Of the server's issuer, for the resource, about the user; without a refresh token."""
    answer = redeem(notes, made(provider, notes)).json()
    claims = notes.claims(answer["access_token"])
    assert (claims["iss"], claims["aud"], claims["sub"]) == (notes.about["issuer"], RESOURCE, "ann")
    assert (claims["scope"], "refresh_token" in answer) == ("notes:list notes:write", False)


def test_a_part_of_the_scope(provider: Rp, notes: Rp) -> None:
    """And nothing more than the grant has."""
    assert redeem(notes, made(provider, notes), scope="notes:list").json()["scope"] == "notes:list"
    assert refusal(redeem(notes, made(provider, notes), scope="notes:admin")) == (400, "invalid_scope")


def test_once(provider: Rp, notes: Rp) -> None:
    """A jti that comes back is refused."""
    grant = made(provider, notes)
    assert redeem(notes, grant).status_code == 200
    assert refusal(redeem(notes, grant)) == (400, "invalid_grant")


def test_not_for_long(provider: Rp, notes: Rp) -> None:
    """300 seconds, and a minute for clocks that differ."""
    grant = made(provider, notes)
    notes.pass_time(361)
    assert refusal(redeem(notes, grant)) == (400, "invalid_grant")


def test_for_another_server(provider: Rp, notes: Rp) -> None:
    """The audience is compared character by character."""
    grant = made(provider, notes, audience=notes.about["issuer"] + "/")
    assert refusal(redeem(notes, grant)) == (400, "invalid_grant")


def test_of_another_client(provider: Rp, notes: Rp) -> None:
    """The client_id is that of the client that comes with it."""
    grant = made(provider, notes)
    notes.client = {"client_id": "other", "client_secret": "secret"}
    assert refusal(redeem(notes, grant)) == (400, "invalid_grant")


def test_signed_by_somebody_else(provider: Rp, notes: Rp, make_rp: MakeRp) -> None:
    """Another issuer that names this one; the server itself; nobody here."""
    claims = {
        "sub": "ann",
        "client_id": "app",
        "jti": "j",
        "resource": RESOURCE,
        "iat": START,
        "exp": START + 60,
        "aud": notes.about["issuer"],
    }
    spec = {"header": {"typ": "oauth-id-jag+jwt"}}
    stranger = make_rp("mcp")
    for signer, iss in (
        (stranger, provider.about["issuer"]),
        (notes, notes.about["issuer"]),
        (provider, "https://x.example"),
    ):
        token = signer.own("POST", "/tokens", {**spec, "claims": {**claims, "iss": iss}})["token"]
        assert refusal(redeem(notes, token)) == (400, "invalid_grant")
    good = provider.own("POST", "/tokens", {**spec, "claims": {**claims, "iss": provider.about["issuer"]}})["token"]
    assert redeem(notes, good).status_code == 200


def test_without_a_client(provider: Rp, notes: Rp) -> None:
    """The issuer of the grant is no client."""
    grant = made(provider, notes)
    assert refusal(notes.post("token", {"grant_type": BEARER, "assertion": grant})) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"audience": ""}, "invalid_request"),
        ({"resource": ""}, "invalid_request"),
        ({"resource": "/mcp"}, "invalid_target"),
        ({"subject_token": "x"}, "invalid_request"),
    ],
)
def test_what_is_not_exchanged(provider: Rp, notes: Rp, form: dict[str, str], error: str) -> None:
    """What MCP's page requires, and a token of this issuer."""
    assert refusal(exchange(provider, notes, **form)) == (400, error)


def test_an_id_token_of_another_client(provider: Rp, notes: Rp) -> None:
    """Its audience must be the client that asks."""
    tokens = provider.redeem(provider.code(scope="openid", **PKCE), code_verifier=VERIFIER).json()
    provider.client = {"client_id": "other", "client_secret": "secret"}
    assert refusal(exchange(provider, notes, subject_token=tokens["id_token"])) == (400, "invalid_request")


def test_a_claim_is_scripted(provider: Rp, notes: Rp) -> None:
    """A grant of another resource, for example."""
    provider.own("POST", "/script", {"claims": {"resource": "https://else.example"}, "when": {"grant_type": EXCHANGE}})
    assert notes.claims(redeem(notes, made(provider, notes)).json()["access_token"])["aud"] == "https://else.example"


def test_the_metadata(provider: Rp) -> None:
    """Both ends are announced."""
    assert provider.document["authorization_grant_profiles_supported"] == ["urn:ietf:params:oauth:grant-profile:id-jag"]
    assert provider.document["identity_chaining_requested_token_types_supported"] == [f"{TYPE}id-jag"]


def test_others_have_none(make_rp: MakeRp) -> None:
    """The type isn't supported in other styles."""
    rp = make_rp("custom")
    tokens: Any = rp.tokens("openid")
    form = {"subject_token": tokens["id_token"], "subject_token_type": f"{TYPE}id_token"}
    answer = rp.token(EXCHANGE, requested_token_type=f"{TYPE}id-jag", audience="x", **form)
    assert refusal(answer) == (400, "invalid_request")
