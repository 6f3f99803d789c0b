"""`client_info`, by which Microsoft's libraries know an account. Facts: what MSAL for Python sends and reads."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from relying_party import MakeRp, Rp

TENANT = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def tenant(make_rp: MakeRp) -> Rp:
    return make_rp("entra", options={"tenant": TENANT})


def account(answer: dict[str, Any]) -> Any:
    """The decoded `client_info`."""
    text = answer["client_info"]
    assert not set(text) & set("+/=")
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def test_an_answer_for_a_user_names_the_account(tenant: Rp) -> None:
    """uid is the oid of the tokens, utid the tid."""
    answer = tenant.redeem(tenant.code(scope="openid profile offline_access"), client_info="1").json()
    for name in ("id_token", "access_token"):
        said = jwt.decode(answer[name], options={"verify_signature": False})
        assert account(answer) == {"uid": said["oid"], "utid": said["tid"]}
    assert account(answer)["utid"] == TENANT


def test_a_refresh_names_the_same_account(tenant: Rp) -> None:
    """And so does a password."""
    scope = {"scope": "openid offline_access", "client_info": "1"}
    first = tenant.token("password", username="ann", password="x", **scope).json()
    fresh = tenant.token("refresh_token", refresh_token=first["refresh_token"], client_info="1").json()
    assert account(first) == account(fresh)


@pytest.mark.parametrize("more", [{}, {"client_info": "0"}])
def test_nobody_is_told_who_did_not_ask(tenant: Rp, more: dict[str, str]) -> None:
    """Only client_info=1 asks."""
    assert "client_info" not in tenant.token("password", username="ann", password="x", scope="openid", **more).json()


def test_a_machine_has_no_account(tenant: Rp) -> None:
    """Its answer has the usual four members."""
    answer = tenant.token("client_credentials", scope="api://a/.default", client_info="1")
    assert set(answer.json()) == {"token_type", "expires_in", "ext_expires_in", "access_token"}


@pytest.mark.parametrize("shared", ["common", "organizations"])
def test_the_document_for_all_tenants(make_rp: MakeRp, shared: str) -> None:
    """The account is of a tenant, not of the word in the path."""
    rp = make_rp("entra", options={"tenant": shared})
    answer = rp.token("password", username="ann", password="x", scope="openid", client_info="1").json()
    assert account(answer)["utid"] == jwt.decode(answer["id_token"], options={"verify_signature": False})["tid"]
