"""What MSAL asks Entra ID beside OAuth: which cloud a host belongs to, and where a user's password is checked.

Facts: `msal.authority` and `msal.application` of MSAL for Python; answers of login.microsoftonline.com.
"""

from __future__ import annotations

from typing import Any

import pytest
import requests
from idp_api import IssuerApi, MakeIssuer

TENANT = "11111111-2222-4333-8444-555555555555"
CLOUD = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]


@pytest.fixture
def entra(make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer("entra", algorithm="ES256", keys=[{}], options={"tenant": TENANT})


def base(issuer: IssuerApi) -> str:
    return str(issuer.about["issuer"].removesuffix(f"/{TENANT}/v2.0"))


def fetch(issuer: IssuerApi, path: str) -> requests.Response:
    return issuer.api.session.get(issuer.local(base(issuer) + path), timeout=20)


def instance(issuer: IssuerApi) -> dict[str, Any]:
    return dict(fetch(issuer, "/common/discovery/instance?api-version=1.1").json())


def test_the_document_of_the_tenant_is_named(entra: IssuerApi) -> None:
    """In the version that MSAL asks for."""
    document = instance(entra)
    assert document["tenant_discovery_endpoint"] == entra.about["discovery_url"]
    assert document["api-version"] == "1.1"


def test_the_hosts_of_the_public_cloud_are_one(entra: IssuerApi) -> None:
    """Each stands for the others, and the mock's own for itself."""
    cloud, own = instance(entra)["metadata"]
    assert (cloud["preferred_network"], cloud["preferred_cache"]) == (CLOUD[0], CLOUD[1])
    assert cloud["aliases"] == CLOUD
    host = base(entra).split("/")[2]
    assert own == {"preferred_network": host, "preferred_cache": host, "aliases": [host]}


@pytest.mark.parametrize("host", CLOUD)
def test_a_host_of_the_cloud_has_no_entry_of_its_own(make_issuer: MakeIssuer, host: str) -> None:
    """It is there already."""
    issuer = make_issuer("entra", public_url=f"https://{host}", algorithm="ES256", keys=[{}])
    url = f"{issuer.api.url}/i/{issuer.id}/common/discovery/instance"
    assert [one["aliases"] for one in issuer.api.session.get(url, timeout=20).json()["metadata"]] == [CLOUD]


def test_web_pages_may_ask(entra: IssuerApi) -> None:
    """MSAL for browsers does."""
    assert fetch(entra, "/common/discovery/instance").headers["Access-Control-Allow-Origin"] == "*"


def test_the_password_of_a_user_is_checked_here(entra: IssuerApi) -> None:
    """Managed, with the domain of the name."""
    assert fetch(entra, "/common/userrealm/ann@example.com?api-version=1.0").json() == {
        "ver": "1.0",
        "account_type": "Managed",
        "domain_name": "example.com",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    }


def test_a_name_without_a_domain_is_unknown(entra: IssuerApi) -> None:
    """There is no realm to name."""
    said = fetch(entra, "/common/userrealm/ann?api-version=1.0").json()
    assert (said["account_type"], "domain_name" in said) == ("Unknown", False)


@pytest.mark.parametrize("query", ["", "?api-version=2.0"])
def test_other_versions_are_not_served(entra: IssuerApi, query: str) -> None:
    """The answer of version 2.0 has other names."""
    assert fetch(entra, f"/common/userrealm/ann@example.com{query}").status_code == 404
