"""The header is the attacker's until the signature is verified."""

from __future__ import annotations

from typing import Any

import pytest

from .issuer import as_json, claims_now
from .world import World


@pytest.mark.parametrize(
    "crit",
    [["x-policy"], ["https://example.org/ext"], ["exp"], [], "exp", [1], ["alg"], ["missing"], None, ["b64"]],
)
def test_every_crit_is_refused(world: World, crit: Any) -> None:
    """No extension is understood, and a malformed list is no better."""
    header = {"crit": crit, "x-policy": "mfa", "https://example.org/ext": "x", "exp": 1, "b64": True}
    assert world.start().status(world.k1.token(header)) == 401


@pytest.mark.parametrize(
    "members",
    [{"x-policy": "mfa"}, {"nonce": "x", "url": "y"}, {"ver": 1}, {"exp": 1}, {"foo": {"a": [1]}}, {"n": None}],
)
def test_unknown_members_are_ignored(world: World, members: dict[str, Any]) -> None:
    """Whatever their type (RFC 7515 §4)."""
    assert world.start().status(world.k1.token(members)) == 200


@pytest.mark.parametrize("typ", [..., "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"])
def test_the_types_of_an_access_token_are_accepted(world: World, typ: Any) -> None:
    """RFC 7519 §5.1 makes `typ` optional, RFC 9068 §2.1 adds at+jwt."""
    assert world.start().status(world.k1.token({"typ": typ})) == 200


@pytest.mark.parametrize("typ", ["logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE", "", None, 1, ["JWT"]])
def test_the_type_of_another_token_is_refused(world: World, typ: Any) -> None:
    """One kind of token is not another (RFC 8725 §3.11)."""
    assert world.start().status(world.k1.token({"typ": typ})) == 401


@pytest.mark.parametrize("kid", ["att", "k1", ...])
def test_an_embedded_key_is_no_trust_anchor(world: World, kid: Any) -> None:
    """The attacker's own key verifies the attacker's token, and nothing follows from that."""
    header = {"jwk": world.attacker.jwk(), "kid": kid}
    assert world.start().status(world.attacker.token(header)) == 401


def test_no_header_makes_the_service_fetch(world: World) -> None:
    """jku and x5u are ignored on a good token."""
    header = {"jku": world.issuer.url + "?jku", "x5u": world.issuer.url + "?x5u"}
    assert world.start().status(world.k1.token(header)) == 200
    assert world.issuer.paths == ["/jwks.json"]


def test_an_unencoded_payload_is_refused(world: World) -> None:
    """RFC 7797 §7: b64=false is not for JWTs."""
    header = {"alg": "RS256", "kid": "k1", "b64": False, "crit": ["b64"]}
    assert world.start().status(world.k1.raw_token(header, as_json(claims_now()))) == 401
