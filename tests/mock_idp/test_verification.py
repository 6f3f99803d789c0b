"""What a verifier of another make sees: PyJWT finds the key over HTTP and accepts the token."""

from __future__ import annotations

import jwt
import pytest
from idp_api import IssuerApi, MakeIssuer

STYLES = ("auth0", "keycloak", "okta", "custom")
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


def verified(issuer: IssuerApi, token: str, algorithm: str) -> dict[str, object]:
    """The claims of a token, verified against the issuer's JWKS as it is served."""
    key = jwt.PyJWKClient(issuer.local(issuer.about["jwks_uri"])).get_signing_key_from_jwt(token)
    return dict(
        jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience="tasker-api",
            issuer=issuer.about["issuer"],
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    )


@pytest.mark.parametrize("style", STYLES)
def test_every_style(make_issuer: MakeIssuer, style: str) -> None:
    """The plain token of every vendor verifies."""
    issuer = make_issuer(style)
    assert verified(issuer, issuer.mint(permissions=["a:b"]), "RS256")[issuer.about["permissions_claim"]] == ["a:b"]


@pytest.mark.parametrize("style", STYLES)
def test_every_style_after_a_rotation(make_issuer: MakeIssuer, style: str) -> None:
    """Tokens from before and after a rotation both verify."""
    issuer = make_issuer(style)
    old = issuer.mint()
    issuer.ok("POST", "/rotate")
    assert verified(issuer, old, "RS256")
    assert verified(issuer, issuer.mint(), "RS256")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm(make_issuer: MakeIssuer, algorithm: str) -> None:
    """An issuer can sign with every algorithm."""
    issuer = make_issuer("custom", algorithm=algorithm)
    assert verified(issuer, issuer.mint(), algorithm)


def test_a_token_from_the_token_endpoint(make_issuer: MakeIssuer) -> None:
    """A client_credentials token verifies as well."""
    issuer = make_issuer("okta")
    answer = issuer.api.session.post(
        issuer.local(issuer.about["token_endpoint"]),
        data={"grant_type": "client_credentials", "scope": "tasks:list"},
        auth=("client", "secret"),
    )
    assert verified(issuer, answer.json()["access_token"], "RS256")["scp"] == ["tasks:list"]


def test_a_hidden_key_does_not_verify(make_issuer: MakeIssuer) -> None:
    """A key that was never published signs, but nobody finds it."""
    issuer = make_issuer("custom", algorithm="ES256")
    issuer.ok("POST", "/keys", {"name": "attacker"})
    with pytest.raises(jwt.PyJWKClientError):
        verified(issuer, issuer.mint(key="attacker"), "ES256")
