"""The life of keys over the control API."""

from __future__ import annotations

from urllib.parse import quote

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from idp_api import IssuerApi, MakeIssuer


def states(issuer: IssuerApi) -> dict[str, str]:
    return {key["name"] or key["kid"]: key["state"] for key in issuer.ok("GET", "/keys")["keys"]}


def test_a_new_key_is_hidden(issuer: IssuerApi) -> None:
    """A key that was only made changes nothing anybody sees."""
    before = issuer.kids()
    key = issuer.ok("POST", "/keys", {"name": "attacker"})
    assert key["state"] == "hidden"
    assert issuer.kids() == before


def test_a_life(issuer: IssuerApi) -> None:
    """next is published, current signs, previous stays published, retired is gone."""
    kid = issuer.ok("POST", "/keys", {"name": "k2", "state": "next"})["kid"]
    assert kid in issuer.kids()
    assert jwt.get_unverified_header(issuer.mint())["kid"] != kid
    issuer.ok("PATCH", "/keys/k2", {"state": "current"})
    assert jwt.get_unverified_header(issuer.mint())["kid"] == kid
    assert sorted(states(issuer).values()) == ["current", "previous"]
    issuer.ok("PATCH", "/keys/k2", {"state": "previous"})
    assert kid in issuer.kids()
    issuer.ok("PATCH", "/keys/k2", {"state": "retired"})
    assert kid not in issuer.kids()


def test_a_revoked_key_stays_revoked(issuer: IssuerApi) -> None:
    """Nothing brings a revoked key back."""
    issuer.ok("POST", "/keys", {"name": "k2", "state": "revoked"})
    assert issuer.refused("PATCH", "/keys/k2", {"state": "current"}) == (409, "key_revoked", "state")


def test_a_kid_is_not_used_twice(issuer: IssuerApi) -> None:
    """Not even after its key is gone, unless that is asked for."""
    issuer.ok("POST", "/keys", {"kid": "same", "state": "next"})
    issuer.ok("DELETE", "/keys/same")
    assert issuer.refused("POST", "/keys", {"kid": "same"}) == (409, "kid_reused", "kid")
    issuer.ok("POST", "/keys", {"kid": "same", "state": "next", "allow_reuse": True})
    assert "same" in issuer.kids()


def test_a_name_is_not_used_twice(issuer: IssuerApi) -> None:
    """Two keys cannot answer to one name."""
    issuer.ok("POST", "/keys", {"name": "k2"})
    assert issuer.refused("POST", "/keys", {"name": "k2"}) == (409, "name_taken", "name")


@pytest.mark.parametrize(
    "kid", ["a/b", "/dev/null", "x+y=", "../..", "k%2F1", "with space", "k\n1", "é", "' OR 1=1--", "public.pem", "?a#b"]
)
def test_odd_kids(issuer: IssuerApi, kid: str) -> None:
    """A kid of any shape can be served and named in a path."""
    issuer.ok("POST", "/keys", {"kid": kid, "state": "next"})
    assert kid in issuer.kids()
    assert issuer.ok("GET", f"/keys/{quote(kid, safe='')}")["kid"] == kid


@pytest.mark.parametrize("kid", ["a/public.pem", "a/b/private.pem"])
def test_a_kid_that_ends_like_a_path_needs_a_name(issuer: IssuerApi, kid: str) -> None:
    """It is served as it is, but in a path its end is that of another key's PEM."""
    issuer.ok("POST", "/keys", {"kid": kid, "name": "named", "state": "next"})
    assert kid in issuer.kids()
    assert issuer.ok("GET", "/keys/named")["kid"] == kid
    assert issuer.refused("DELETE", f"/keys/{quote(kid, safe='')}")[:2] == (405, "method_not_allowed")
    issuer.ok("DELETE", "/keys/named")


def test_without_a_current_key(issuer: IssuerApi) -> None:
    """An issuer whose signing key was retired signs nothing, and says so."""
    issuer.ok("PATCH", "/keys/current", {"state": "retired"})
    assert issuer.refused("POST", "/tokens", {}) == (409, "no_current_key", "key")
    answer = issuer.api.session.post(
        issuer.local(issuer.about["token_endpoint"]), data={"grant_type": "client_credentials"}, auth=("a", "b")
    )
    assert (answer.status_code, answer.json()["error"]) == (503, "no_current_key")


def test_rsa_parameters(issuer: IssuerApi) -> None:
    """Size and exponent can be weak on purpose."""
    spec = {"algorithm": "RS256", "bits": 1024, "exponent": 3, "name": "weak"}
    assert issuer.ok("POST", "/keys", spec)["jwk"]["e"] == "Aw"


def test_an_encryption_key_cannot_sign(issuer: IssuerApi) -> None:
    """use enc and current do not go together."""
    assert issuer.refused("POST", "/keys", {"use": "enc", "state": "current"}) == (400, "invalid_field", "state")


def test_members_of_one_key(issuer: IssuerApi) -> None:
    """A key can be published with other members than the vendor's."""
    issuer.ok("POST", "/keys", {"kid": "bare", "state": "next", "members": ["kid", "kty", "crv", "x", "y"]})
    entry = next(key for key in issuer.jwks()["keys"] if key["kid"] == "bare")
    assert list(entry) == ["kid", "kty", "crv", "x", "y"]


def test_an_unknown_member_makes_no_key(issuer: IssuerApi) -> None:
    """A key that could not be shown is not made."""
    before = states(issuer)
    assert issuer.refused("POST", "/keys", {"members": ["d"]})[0] == 400
    assert states(issuer) == before


def test_public_pem(issuer: IssuerApi) -> None:
    """The public key as a file."""
    answer = issuer.api.call("GET", f"/issuers/{issuer.id}/keys/current/public.pem")
    assert load_pem_public_key(answer.content)
    assert issuer.ok("GET", "/keys/current/public.pem?format=json") == {"pem": answer.text}


def test_the_private_key_leaves_by_one_way_only(issuer: IssuerApi) -> None:
    """An explicit export gives the PEM; no other answer holds the private part."""
    pem = issuer.api.call("GET", f"/issuers/{issuer.id}/keys/current/private.pem").content
    private = load_pem_private_key(pem, None)
    secret = private.private_numbers().private_value  # type: ignore[union-attr]
    shown = issuer.api.call("GET", f"/issuers/{issuer.id}").text + issuer.get().text
    assert '"d"' not in shown
    assert str(secret) not in shown


def test_rotation_by_another_habit(make_issuer: MakeIssuer) -> None:
    """A vendor can be made to rotate like another one."""
    issuer = make_issuer("auth0", algorithm="ES256")
    before = issuer.kids()
    assert issuer.ok("POST", "/rotate", {"habit": "immediate"})["signing"] not in before


def test_an_unknown_key(issuer: IssuerApi) -> None:
    """A key that is not there is 404 in a path, 400 in a body."""
    assert issuer.refused("GET", "/keys/nobody") == (404, "unknown_key", None)
    assert issuer.refused("PATCH", "/keys/nobody", {"state": "next"}) == (404, "unknown_key", None)
    assert issuer.refused("DELETE", "/keys/nobody") == (404, "unknown_key", None)
    assert issuer.refused("POST", "/tokens", {"key": "nobody"})[:2] == (409, "unknown_key")
