"""Entra ID's scopes: the application ID URI of an API and a permission's name, and what else they can be."""

from __future__ import annotations

import pytest
from relying_party import MakeRp, Rp

URI = "api://orders/orders.read"
TENANT = "11111111-2222-4333-8444-555555555555"


def asked(rp: Rp, scope: str) -> tuple[int, list[int]]:
    answer = rp.token("client_credentials", scope=scope)
    return answer.status_code, answer.json().get("error_codes", [])


def redeemed(rp: Rp, **form: str) -> tuple[int, list[int]]:
    answer = rp.redeem(rp.code(scope="openid offline_access"), **form)
    return answer.status_code, answer.json().get("error_codes", [])


@pytest.mark.parametrize("declared", [URI, "orders.read"], ids=["with-its-api", "bare"])
@pytest.mark.parametrize(
    ("scope", "codes"),
    [("api://orders/.default", []), ("api://orders/orders.write", [70011]), ("orders.write", [70011])],
)
def test_declared_scopes(make_rp: MakeRp, declared: str, scope: str, codes: list[int]) -> None:
    """All that was granted at an API can be asked for wherever it has a scope; another scope is unknown."""
    rp = make_rp("entra", scopes=[declared])
    status, said = asked(rp, scope)
    # Of a client on its own it also says that single scopes are not for it.
    assert (status, said) in ((200, []), (400, [70011]), (400, [1002012]))
    assert bool(said) == bool(codes)


def test_default_of_an_api_without_scopes(make_rp: MakeRp) -> None:
    """It is none of the declared."""
    assert asked(make_rp("entra", scopes=[URI]), "api://other/.default")[0] == 400


@pytest.mark.parametrize("declared", [URI, "orders.read"], ids=["with-its-api", "bare"])
def test_a_user_asks_with_the_uri(make_rp: MakeRp, declared: str) -> None:
    """The request that libraries make, whichever way the scope was declared; the token has the name alone."""
    rp = make_rp("entra", scopes=[declared])
    assert rp.claims(rp.tokens(f"openid {URI}")["access_token"])["scp"] == "orders.read"


def test_a_bare_name_is_none_of_an_api(make_rp: MakeRp) -> None:
    """It is a permission of Microsoft Graph."""
    refused = make_rp("entra", scopes=[URI]).authorize(scope="openid orders.read", mock_user="ann")
    assert "error=invalid_scope" in refused.headers["Location"]


def test_offline_access_alone(make_rp: MakeRp) -> None:
    """A token request for it is one for no token."""
    rp = make_rp("entra")
    assert redeemed(rp, scope="offline_access") == (400, [70011])
    assert redeemed(rp, scope="openid offline_access") == (200, [])


@pytest.mark.parametrize("shared", ["common", "organizations"])
def test_users_of_several_tenants(make_rp: MakeRp, shared: str) -> None:
    """Each has the issuer and the `tid` of their own; an object has an id for each tenant."""
    users = [{"username": "ann", "claims": {"tid": TENANT}}, {"username": "bob"}]
    rp = make_rp("entra", options={"tenant": shared}, users=users)
    ann, bob = (rp.tokens("openid profile offline_access", mock_user=name) for name in ("ann", "bob"))
    again = rp.token("refresh_token", refresh_token=ann["refresh_token"]).json()
    for token in (ann["id_token"], ann["access_token"], again["id_token"]):
        said = rp.claims(token)
        assert (said["tid"], said["iss"].endswith(f"/{TENANT}/v2.0")) == (TENANT, True)
    assert rp.claims(ann["id_token"])["oid"] == rp.claims(ann["access_token"])["oid"]
    assert rp.claims(bob["id_token"])["tid"] != TENANT


def test_a_tenant_of_its_own_has_no_users_of_others(make_rp: MakeRp) -> None:
    """A guest's token is one of the tenant that they are a guest of."""
    rp = make_rp("entra", users=[{"username": "ann", "claims": {"tid": TENANT}}])
    said = rp.claims(rp.tokens("openid profile")["id_token"])
    assert said["tid"] != TENANT
    assert said["iss"].endswith(f"/{said['tid']}/v2.0")
