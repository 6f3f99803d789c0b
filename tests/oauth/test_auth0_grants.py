"""How Auth0's tokens name the grant they came from, and how its documents count requests.

Facts: Auth0's "Access Token Profiles" and recorded answers of tenants.
"""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from relying_party import MakeRp, Rp


@pytest.fixture
def tenant(make_rp: MakeRp) -> Rp:
    return make_rp("auth0")


def said(answer: dict[str, Any]) -> Any:
    """The `gty` of the access token."""
    return jwt.decode(answer["access_token"], options={"verify_signature": False}).get("gty")


def by_password(tenant: Rp) -> dict[str, Any]:
    form = {"username": "ann", "password": "x", "scope": "openid offline_access"}
    return dict(tenant.token("password", **form).json())


def refreshed(tenant: Rp, answer: dict[str, Any]) -> dict[str, Any]:
    return dict(tenant.token("refresh_token", refresh_token=answer["refresh_token"]).json())


def test_a_login_in_a_browser_is_not_named(tenant: Rp) -> None:
    """There is no gty after a code."""
    assert said(tenant.tokens("openid offline_access")) is None


def test_a_password_is_named(tenant: Rp) -> None:
    """gty is password."""
    assert said(by_password(tenant)) == "password"


def test_a_refresh_token_is_named(tenant: Rp) -> None:
    """gty is refresh_token, and a list with the password that was before it."""
    assert said(refreshed(tenant, tenant.tokens("openid offline_access"))) == "refresh_token"
    assert said(refreshed(tenant, by_password(tenant))) == ["refresh_token", "password"]


def test_the_profile_of_rfc_9068_has_no_gty(make_rp: MakeRp) -> None:
    """It is dropped for users as for machines."""
    tenant = make_rp("auth0", options={"token_dialect": "rfc9068_profile"})
    assert said(by_password(tenant)) is None


def remaining(tenant: Rp, count: int) -> list[str]:
    """What the next so many requests for the keys are told."""
    return [tenant.get(tenant.about["jwks_uri"]).headers["X-RateLimit-Remaining"] for _ in range(count)]


def test_requests_are_counted_down(tenant: Rp) -> None:
    """Each of a second leaves one less, and 0 stays 0: nothing is refused."""
    assert remaining(tenant, 22) == [*(str(number) for number in range(19, -1, -1)), "0", "0"]


def test_the_count_starts_again_when_it_is_reset(tenant: Rp) -> None:
    """At the time of X-RateLimit-Reset, by the issuer's clock."""
    first = tenant.get(tenant.about["jwks_uri"])
    assert remaining(tenant, 2) == ["18", "17"]
    now = tenant.own("GET", "/clock")["now"]
    tenant.pass_time(int(first.headers["X-RateLimit-Reset"]) - now)
    assert remaining(tenant, 2) == ["19", "18"]


def test_the_documents_have_counts_of_their_own(tenant: Rp) -> None:
    """300 of the discovery document, of which the first was asked for already."""
    remaining(tenant, 3)
    assert tenant.get(tenant.about["discovery_url"]).headers["X-RateLimit-Remaining"] == "298"


def test_a_delayed_answer_counts_as_well(tenant: Rp) -> None:
    """Whatever way an answer takes, it is one of the second's."""
    tenant.own("POST", "/faults", {"kind": "delay", "on": "jwks", "seconds": 0.01})
    assert remaining(tenant, 2) == ["19", "18"]
