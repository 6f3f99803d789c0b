"""Tokens over the control API. What a spec can say is the forge's business and tested there."""

from __future__ import annotations

import jwt
from idp_api import IssuerApi, MakeIssuer

from mock_idp.jose.encoding import b64url_decode


def test_the_answer_shows_what_is_in_the_token(issuer: IssuerApi) -> None:
    """Token, header, claims and kid belong together."""
    answer = issuer.ok("POST", "/tokens", {"permissions": ["a:b"], "claims": {"x": 1}})
    assert jwt.get_unverified_header(answer["token"]) == answer["header"]
    assert jwt.decode(answer["token"], options={"verify_signature": False}) == answer["claims"]
    assert answer["header"]["kid"] == answer["kid"]


def test_permissions_are_placed_by_the_vendor(make_issuer: MakeIssuer) -> None:
    """Where permissions stand is not the caller's business."""
    for style, claim in (("auth0", "permissions"), ("keycloak", "permissions"), ("okta", "scp")):
        answer = make_issuer(style, algorithm="ES256").ok("POST", "/tokens", {"permissions": ["a:b"]})
        assert answer["claims"][claim] == ["a:b"]


def test_no_permissions_are_an_empty_list(issuer: IssuerApi) -> None:
    """A plain token grants nothing."""
    assert issuer.ok("POST", "/tokens")["claims"]["permissions"] == []


def test_subject_client_and_audience(issuer: IssuerApi) -> None:
    """Who the token is about can be said without knowing the vendor's claim names."""
    spec = {"subject": "s", "client_id": "c", "audience": ["a", "b"]}
    claims = issuer.ok("POST", "/tokens", spec)["claims"]
    assert (claims["sub"], claims["client_id"], claims["aud"]) == ("s", "c", ["a", "b"])


def test_the_clock_of_the_issuer_counts(issuer: IssuerApi) -> None:
    """iat and exp come from the issuer's time."""
    issuer.ok("PUT", "/clock", {"at": 1000})
    claims = issuer.ok("POST", "/tokens", {"times": {"nbf": -5}})["claims"]
    assert (claims["iat"], claims["exp"], claims["nbf"]) == (1000, 4600, 995)


def test_a_mutation(issuer: IssuerApi) -> None:
    """Broken tokens are one word away."""
    answer = issuer.ok("POST", "/tokens", {"mutation": "alg-none"})
    assert answer["header"]["alg"].lower() == "none"


def test_a_batch_keeps_the_order(issuer: IssuerApi) -> None:
    """Many tokens in one call."""
    specs = [{"subject": str(number)} for number in range(20)]
    tokens = issuer.ok("POST", "/tokens/batch", {"specs": specs})["tokens"]
    assert [token["claims"]["sub"] for token in tokens] == [str(number) for number in range(20)]


def test_a_batch_is_made_whole_or_not_at_all(issuer: IssuerApi) -> None:
    """The error leads to the spec that is wrong."""
    refusal = issuer.refused("POST", "/tokens/batch", {"specs": [{}, {"alg": "RS999"}]})
    assert refusal == (400, "invalid_field", "specs.1.alg")


def test_a_token_on_its_own(issuer: IssuerApi) -> None:
    """A shell that wants nothing but the token asks for text."""
    answer = issuer.api.call("POST", f"/issuers/{issuer.id}/tokens", {}, headers={"Accept": "text/plain"})
    assert answer.text.count(".") == 2
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_values_json_cannot_hold(issuer: IssuerApi) -> None:
    """Raw claims reach the token, and the answer stays JSON."""
    answer = issuer.ok("POST", "/tokens", {"raw": {"exp": "1e400", "x": "NaN"}})
    assert answer["claims"]["exp"] == "1e400"


def test_a_payload_of_300_kilobytes(issuer: IssuerApi) -> None:
    """Is taken as it is."""
    text = "x" * 300_000
    assert b64url_decode(issuer.mint(payload=text).split(".")[1]).decode() == text
