"""The metadata of an issuer names endpoints that are there (RFC 8414)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from relying_party import MakeRp, Rp

from mock_idp.vendors.routes import FLOW_ENDPOINTS


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta"])
def test_both_forms_of_the_path(make_rp: MakeRp, style: str) -> None:
    """Behind the issuer, as vendors have it, and between its host and its path (section 3.1)."""
    rp = make_rp(style)
    issuer = rp.document["issuer"].rstrip("/")
    parts = urlsplit(issuer)
    well_known = "/.well-known/oauth-authorization-server"
    for url in (issuer + well_known, f"{parts.scheme}://{parts.netloc}{well_known}{parts.path}"):
        assert rp.get(url).json()["token_endpoint"] == rp.document["token_endpoint"]


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta", "entra", "cognito", "google"])
def test_what_is_named_is_served(make_rp: MakeRp, style: str) -> None:
    """No flow endpoint of the document answers 404."""
    rp = make_rp(style)
    named = [rp.document[member] for member in FLOW_ENDPOINTS if member in rp.document]
    missing = [url for url in named if rp.session.post(rp.local(url), timeout=20).status_code == 404]
    assert missing == []


def test_the_method_counts(rp: Rp) -> None:
    """Tokens are revoked with POST."""
    answer = rp.get(rp.document["revocation_endpoint"])
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_the_log_knows_the_endpoint(rp: Rp) -> None:
    """Each has a name of its own."""
    rp.authorize(mock_user="ann")
    rp.redeem(rp.code())
    seen = [one["endpoint"] for one in rp.own("GET", "/requests")["requests"]]
    assert seen[-3:] == ["authorize", "authorize", "token"]
