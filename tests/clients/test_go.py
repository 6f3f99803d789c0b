"""go-oidc with golang.org/x/oauth2, in one program: `programs/go`."""

from __future__ import annotations

import pytest
from client_programs import seen_by
from served_vendor import MakeVendor
from test_node import BAD


# The next key of Keycloak is not published until it signs.
@pytest.mark.parametrize(("style", "fetches"), [("auth0", [1, 2]), ("keycloak", [1, 3]), ("okta", [1, 2])])
def test_go_oidc(make_vendor: MakeVendor, style: str, fetches: list[int]) -> None:
    """From discovery alone: machines, login with PKCE and nonce, refresh, userinfo; a new kid is fetched at once."""
    seen = seen_by("clients", make_vendor(style), bad=BAD)
    bad = seen.pop("bad")
    assert bad.pop("expired") == "expired"
    assert "ok" not in bad.values(), bad
    assert seen == {
        "machine": "ok",
        "login": ["s1", "n1", True],
        "userinfo": True,
        "refreshed": True,
        "after": "ok",
        "oldOne": "ok",
        "published": "ok",
        "fetches": fetches,
    }
