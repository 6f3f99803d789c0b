"""Resource indicators (RFC 8707) at the authorization server of MCP clients: one and several, bound to the audience."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from relying_party import CALLBACK, CHALLENGE, VERIFIER, MakeRp, Rp, refusal

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
ONE, TWO, THREE = "https://mcp.example/a", "https://mcp.example/b", "https://mcp.example/c"


@pytest.fixture
def rp(make_rp: MakeRp) -> Rp:
    return make_rp("mcp")


def audience(rp: Rp, answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return rp.claims(answer.json()["access_token"])["aud"]


def code(rp: Rp, *resources: str) -> str:
    """A code of an authorization request for these resources."""
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "mock_user": "ann", **PKCE}
    query = urlencode([*asked.items(), *(("resource", one) for one in resources)])
    return rp.returned(rp.get(f"{rp.document['authorization_endpoint']}?{query}"))["code"]


def redeem(rp: Rp, code: str, *resources: str) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    pairs = [*form.items(), *rp.client.items(), *(("resource", one) for one in resources)]
    return rp.post("token", urlencode(pairs))


def test_one(rp: Rp) -> None:
    """The audience is a text."""
    assert audience(rp, redeem(rp, code(rp, ONE), ONE)) == ONE


def test_several(rp: Rp) -> None:
    """Section 2: the parameter may be repeated; a token request may take a part of them."""
    assert audience(rp, redeem(rp, code(rp, ONE, TWO))) == [ONE, TWO]
    assert audience(rp, redeem(rp, code(rp, ONE, TWO), TWO)) == TWO


def test_none(rp: Rp) -> None:
    """The audience of the issuer."""
    assert audience(rp, redeem(rp, code(rp))) == "tasker-api"


def test_only_at_the_token_endpoint(rp: Rp) -> None:
    """A grant for nothing in particular can be used for a server."""
    assert audience(rp, redeem(rp, code(rp), ONE)) == ONE


def test_another_one_than_was_granted(rp: Rp) -> None:
    """Section 2.2: invalid_target."""
    assert refusal(redeem(rp, code(rp, ONE), TWO)) == (400, "invalid_target")
    assert refusal(redeem(rp, code(rp, ONE, TWO), ONE, THREE)) == (400, "invalid_target")


def test_at_refresh(rp: Rp) -> None:
    """One of those of the grant; without one all of them, also when the token before was for a part."""
    tokens = redeem(rp, code(rp, ONE, TWO), ONE).json()
    refused = rp.token("refresh_token", refresh_token=tokens["refresh_token"], resource=THREE)
    assert refusal(refused) == (400, "invalid_target")
    fresh = rp.token("refresh_token", refresh_token=tokens["refresh_token"], resource=TWO)
    assert audience(rp, fresh) == TWO
    assert audience(rp, rp.token("refresh_token", refresh_token=fresh.json()["refresh_token"])) == [ONE, TWO]


def test_of_a_machine(rp: Rp) -> None:
    """client_credentials as well."""
    form = {"grant_type": "client_credentials", **rp.client}
    pairs = [*form.items(), ("resource", ONE), ("resource", TWO)]
    assert audience(rp, rp.post("token", urlencode(pairs))) == [ONE, TWO]


def test_pushed(rp: Rp) -> None:
    """RFC 9126: the pushed request has them."""
    asked = {"response_type": "code", "redirect_uri": CALLBACK, **PKCE, **rp.client}
    pairs = [*asked.items(), ("resource", ONE), ("resource", TWO)]
    uri = rp.post("pushed_authorization_request", urlencode(pairs)).json()["request_uri"]
    query = urlencode({"client_id": "app", "request_uri": uri, "mock_user": "ann"})
    # What stands beside the request_uri doesn't count, the user of a test neither.
    shown = rp.get(f"{rp.document['authorization_endpoint']}?{query}")
    back = rp.returned(rp.fill(shown, username="ann", password="any"))
    assert audience(rp, redeem(rp, back["code"])) == [ONE, TWO]


@pytest.mark.parametrize(
    "resource", ["/mcp", "mcp", f"{ONE}#x", "https://mcp.example/a b", "https://m.example/\t", "#"]
)
def test_what_is_no_resource(rp: Rp, resource: str) -> None:
    """Section 2: an absolute URI without a fragment, whatever is declared."""
    returned = rp.returned(rp.authorize(mock_user="ann", resource=resource, **PKCE))
    assert returned["error"] == "invalid_target"
    assert refusal(redeem(rp, code(rp), resource)) == (400, "invalid_target")
    tokens = redeem(rp, code(rp)).json()
    refused = rp.token("refresh_token", refresh_token=tokens["refresh_token"], resource=resource)
    assert refusal(refused) == (400, "invalid_target")


def test_unknown_once_some_are_declared(make_rp: MakeRp) -> None:
    """At every endpoint; those that are declared are good."""
    rp = make_rp("mcp", audiences=[ONE, TWO])
    assert rp.returned(rp.authorize(mock_user="ann", resource=THREE, **PKCE))["error"] == "invalid_target"
    assert refusal(redeem(rp, code(rp), THREE)) == (400, "invalid_target")
    assert audience(rp, redeem(rp, code(rp, TWO), TWO)) == TWO


def test_other_parameters_are_not_repeated(rp: Rp) -> None:
    """RFC 6749 section 3.2."""
    form = [("grant_type", "client_credentials"), *rp.client.items(), ("scope", "a"), ("scope", "b")]
    assert refusal(rp.post("token", urlencode(form))) == (400, "invalid_request")


def test_elsewhere_it_is_given_once(make_rp: MakeRp) -> None:
    """The other styles refuse a second one, and take any text for the first."""
    rp = make_rp("custom")
    form = [("grant_type", "client_credentials"), *rp.client.items(), ("resource", "reports")]
    assert audience(rp, rp.post("token", urlencode(form))) == "reports"
    assert refusal(rp.post("token", urlencode([*form, ("resource", ONE)]))) == (400, "invalid_request")
