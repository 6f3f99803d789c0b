"""What discovery announces of the signature of ID tokens is what they have: clients refuse all else."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from relying_party import MakeRp, Rp

MEMBER = "id_token_signing_alg_values_supported"
SECRET = "a secret of sixty-four bytes, which is the least that HS512 wants."
HS512 = {"mutation": "hmac-with-secret", "with": {"secret": SECRET, "alg": "HS512"}}


def pem(key: ec.EllipticCurvePrivateKey | ed448.Ed448PrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def signed_with(rp: Rp) -> str:
    return str(jwt.get_unverified_header(rp.tokens("openid")["id_token"])["alg"])


def announced(rp: Rp) -> list[str]:
    return list(rp.get(rp.about["discovery_url"]).json()[MEMBER])


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta", "entra", "cognito", "google"])
def test_a_key_that_was_brought_along(make_rp: MakeRp, style: str) -> None:
    """Beside whatever the vendor announces; what a service is told of the issuer names it, too."""
    rp = make_rp(style, algorithm="RS256", private_keys=pem(ec.generate_private_key(ec.SECP384R1())))
    assert (signed_with(rp), rp.about["algorithm"]) == ("ES384", "ES384")
    assert "ES384" in announced(rp)
    if style in ("custom", "okta"):
        assert announced(rp) == ["ES384"]


def test_a_key_of_another_kind_takes_over(rp: Rp) -> None:
    """The next document says so, and a reset is the start again."""
    assert announced(rp) == ["ES256"]
    rp.own("POST", "/keys", {"private_key": pem(ed448.Ed448PrivateKey.generate()), "algorithm": "Ed448"})
    assert announced(rp) == ["ES256"]
    key = next(one for one in rp.own("GET", "/keys")["keys"] if one["algorithm"] == "Ed448")
    rp.own("PATCH", f"/keys/{key['kid']}", {"state": "current"})
    assert (announced(rp), signed_with(rp)) == (["Ed448"], "Ed448")
    rp.own("POST", "/reset")
    assert announced(rp) == ["ES256"]
    rp.own("DELETE", "/keys/current")
    assert announced(rp) == ["ES256"]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        (HS512, ["HS512"]),
        ({**HS512, "only": "access_token"}, ["ES256"]),
        ({"mutation": "alg-none"}, ["ES256"]),
        ({"header": {"cat": "a"}}, ["ES256"]),
    ],
)
def test_tokens_that_are_changed(make_rp: MakeRp, changes: dict[str, Any], wanted: list[str]) -> None:
    """A shared secret is announced, a broken signature is not."""
    rp = make_rp("custom", token=changes)
    assert (announced(rp), rp.about["algorithm"]) == (wanted, wanted[0])


@pytest.mark.parametrize("changes", [HS512, {"key": "other"}])
def test_the_hash_of_the_access_token_is_that_of_the_signature(make_rp: MakeRp, changes: dict[str, Any]) -> None:
    """OpenID Connect Core section 3.1.3.6: of the algorithm that the ID token is signed with."""
    keys = [{"name": "usual"}, {"name": "other", "algorithm": "ES512", "state": "previous"}]
    rp = make_rp("custom", keys=keys, clients=[{"id": "app", "secret": "secret", "token": changes}])
    tokens = rp.tokens("openid")
    digest = hashlib.sha512(tokens["access_token"].encode()).digest()[:32]
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
