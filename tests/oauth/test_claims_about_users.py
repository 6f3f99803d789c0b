"""The name a user logs in with, among the claims of ID token and userinfo (OpenID Connect Core section 5.1)."""

from __future__ import annotations

from typing import Any

import pytest
from relying_party import MakeRp, Rp

STYLES = {"custom": "ann", "okta": "ann", "keycloak": "ann", "auth0": None, "cognito": None, "google": None}


def make(make_rp: MakeRp, style: str, **claims: Any) -> Rp:
    return make_rp(style, users=[{"username": "ann", "claims": claims}])


def names(rp: Rp, scope: str) -> tuple[Any, Any]:
    """`preferred_username` of the ID token and of userinfo."""
    tokens = rp.tokens(scope)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = rp.get(rp.document["userinfo_endpoint"], headers=headers).json()
    return rp.claims(tokens["id_token"]).get("preferred_username"), userinfo.get("preferred_username")


@pytest.mark.parametrize("style", STYLES)
def test_the_name_is_filled_in(make_rp: MakeRp, style: str) -> None:
    """With the scope profile, where the vendor has that claim."""
    assert names(make(make_rp, style), "openid profile") == (STYLES[style], STYLES[style])


def test_without_the_scope_profile_it_is_not_there(make_rp: MakeRp) -> None:
    """As all claims of that scope."""
    assert names(make(make_rp, "custom"), "openid email") == (None, None)


def test_a_declared_one_comes_first(make_rp: MakeRp) -> None:
    """People may like to be called otherwise."""
    assert names(make(make_rp, "custom", preferred_username="anna"), "openid profile") == ("anna", "anna")


def test_entra_has_it_in_id_tokens_only(make_rp: MakeRp) -> None:
    """Its userinfo is Microsoft Graph's, and doesn't know the claim."""
    assert names(make(make_rp, "entra"), "openid profile") == ("ann", None)
