"""Entra ID's endpoints of version 1.0. Facts: Microsoft's pages about them, and reports of users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import requests
from idp_api import IssuerApi, MakeIssuer

from mock_idp.settings import IssuerSettings

TENANT = "11111111-2222-4333-8444-555555555555"
RESOURCE = "api://orders"
CALLBACK = "https://app.example/callback"
CLIENT = {"client_id": "app", "client_secret": "secret"}
MACHINE = {**CLIENT, "grant_type": "client_credentials"}
PASSWORD = {**CLIENT, "grant_type": "password", "username": "ann", "password": "any"}


@pytest.fixture
def entra(make_issuer: MakeIssuer) -> IssuerApi:
    """An issuer with an elliptic key, which costs nothing to make."""
    return make_issuer("entra", algorithm="ES256", keys=[{"state": "current"}], options={"tenant": TENANT})


def fetch(issuer: IssuerApi, path: str, **more: Any) -> requests.Response:
    url = issuer.local(issuer.about["jwks_uri"].split(f"/{TENANT}/")[0] + f"/{TENANT}{path}")
    return issuer.api.session.get(url, timeout=20, allow_redirects=False, **more)


def document(issuer: IssuerApi) -> dict[str, Any]:
    return dict(fetch(issuer, "/.well-known/openid-configuration").json())


def ask(issuer: IssuerApi, form: dict[str, str], endpoint: str = "token_endpoint") -> requests.Response:
    """A form to an endpoint of the older discovery document."""
    return issuer.api.session.post(issuer.local(document(issuer)[endpoint]), data=form, timeout=20)


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def code(issuer: IssuerApi, version: str = "", **more: str) -> str:
    """A code for the user `ann` from the authorization endpoint of a version."""
    query = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "mock_user": "ann", **more}
    return returned(fetch(issuer, f"/oauth2{version}/authorize", params=query))["code"]


def returned(answer: requests.Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def tokens(issuer: IssuerApi, **more: str) -> dict[str, Any]:
    """What a code flow with the endpoints of version 1.0 yields."""
    form = {"grant_type": "authorization_code", "code": code(issuer, scope="openid"), "redirect_uri": CALLBACK}
    return dict(ask(issuer, {**CLIENT, **form, **more}).json())


def test_the_older_document_is_about_the_older_endpoints(entra: IssuerApi) -> None:
    """No endpoint has a version in its path, and the issuer ends with the tenant and a slash."""
    older = document(entra)
    assert older["issuer"].endswith(f"/{TENANT}/")
    assert [name for name, value in older.items() if "/v2.0" in str(value)] == []


def test_an_id_token_is_of_the_issuer_of_its_document(entra: IssuerApi) -> None:
    """Each document announces the issuer of the ID tokens that its token endpoint hands out."""
    older = claims(tokens(entra, resource=RESOURCE)["id_token"])
    assert (older["iss"], older["ver"]) == (document(entra)["issuer"], "1.0")
    newer = entra.get("discovery_url").json()
    form = {"grant_type": "authorization_code", "code": code(entra, "/v2.0", scope="openid"), "redirect_uri": CALLBACK}
    answer = entra.api.session.post(entra.local(newer["token_endpoint"]), data={**CLIENT, **form}, timeout=20)
    id_token = claims(answer.json()["id_token"])
    assert (id_token["iss"], id_token["ver"]) == (newer["issuer"], "2.0")


def test_the_answer_has_numbers_as_text(entra: IssuerApi) -> None:
    """expires_in and its neighbours are strings, and the times are those of the token."""
    answer = ask(entra, {**MACHINE, "resource": RESOURCE}).json()
    token = claims(answer.pop("access_token"))
    assert answer == {
        "token_type": "Bearer",
        "expires_in": "3599",
        "ext_expires_in": "3599",
        "expires_on": str(token["exp"]),
        "not_before": str(token["nbf"]),
        "resource": RESOURCE,
    }


def test_the_resource_is_the_audience(entra: IssuerApi) -> None:
    """It stands for the scope of the newer endpoint."""
    answer = ask(entra, {**MACHINE, "resource": RESOURCE}).json()
    assert claims(answer["access_token"])["aud"] == RESOURCE


def test_without_a_resource_a_token_is_for_the_directory(entra: IssuerApi) -> None:
    """A client on its own that names none gets a token of no use to anybody else."""
    answer = ask(entra, MACHINE).json()
    assert claims(answer["access_token"])["aud"] == "00000002-0000-0000-c000-000000000000"


def test_a_password_needs_a_resource(entra: IssuerApi) -> None:
    """AADSTS900144 names the parameter."""
    answer = ask(entra, PASSWORD)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [900144])
    assert "'resource'" in answer.json()["error_description"]


def test_a_scope_is_not_needed(make_issuer: MakeIssuer) -> None:
    """A declared client that asks for none is refused by the newer endpoint only."""
    clients = [{"id": "app", "secret": "secret"}]
    issuer = make_issuer("entra", algorithm="ES256", options={"tenant": TENANT}, clients=clients)
    newer = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=MACHINE, timeout=20)
    assert (ask(issuer, {**MACHINE, "resource": RESOURCE}).status_code, newer.status_code) == (200, 400)


def test_an_unknown_resource(make_issuer: MakeIssuer) -> None:
    """AADSTS500011, as for a scope of the newer endpoint."""
    options = {"tenant": TENANT, "resources": "api://elsewhere"}
    issuer = make_issuer("entra", algorithm="ES256", options=options)
    answer = ask(issuer, {**MACHINE, "resource": RESOURCE})
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [500011])


def test_the_manifest_chooses_the_version_of_access_tokens(make_issuer: MakeIssuer) -> None:
    """Not the endpoint."""
    for version, ver in (("1.0", "1.0"), ("2.0", "2.0")):
        issuer = make_issuer("entra", algorithm="ES256", options={"tenant": TENANT, "version": version})
        token = ask(issuer, {**MACHINE, "resource": RESOURCE}).json()["access_token"]
        assert claims(token)["ver"] == ver


def test_the_token_request_may_name_the_resource(entra: IssuerApi) -> None:
    """The code was for none; older libraries say it only when they redeem it."""
    assert tokens(entra, resource=RESOURCE)["resource"] == RESOURCE


def test_a_refresh_token_is_for_all_resources(entra: IssuerApi) -> None:
    """microsoft_multi_refresh_token; and it comes without the scope offline_access."""
    refresh_token = tokens(entra, resource=RESOURCE)["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "resource": "api://other"}
    assert ask(entra, {**CLIENT, **form}).json()["resource"] == "api://other"


def test_the_newer_authorization_endpoint_has_no_resource(entra: IssuerApi) -> None:
    """AADSTS901002, told to the client."""
    query = {"response_type": "code", "client_id": "app", "redirect_uri": CALLBACK, "resource": RESOURCE}
    refused = returned(fetch(entra, "/oauth2/v2.0/authorize", params=query))
    assert refused["error"] == "invalid_request"
    assert refused["error_description"].startswith("AADSTS901002: ")


def test_a_user_has_one_oid(entra: IssuerApi) -> None:
    """Access token and ID token name the same object of the directory."""
    answer = tokens(entra, resource=RESOURCE)
    assert claims(answer["access_token"])["oid"] == claims(answer["id_token"])["oid"]


def test_a_device_is_told_in_the_older_words(entra: IssuerApi) -> None:
    """verification_url, text for numbers, and a sentence to show."""
    told = ask(entra, {"client_id": "app", "resource": RESOURCE}, "device_authorization_endpoint").json()
    assert set(told) == {"device_code", "user_code", "verification_url", "expires_in", "interval", "message"}
    assert {type(value) for value in told.values()} == {str}


def test_the_issuer_of_v1_has_a_host_of_its_own(make_idp: Callable[..., Any]) -> None:
    """Where the public URL is the vendor's, the older document and its ID tokens are of sts.windows.net."""
    settings = IssuerSettings(id="default", style="entra", algorithm="ES256", mount="root", options={"tenant": TENANT})
    server, _ = make_idp(issuers=(settings,), public_url="https://login.microsoftonline.com")
    older = requests.get(f"{server.url}/{TENANT}/.well-known/openid-configuration", timeout=20).json()
    assert older["issuer"] == f"https://sts.windows.net/{TENANT}/"
    assert older["token_endpoint"] == f"https://login.microsoftonline.com/{TENANT}/oauth2/token"
    form = {**PASSWORD, "resource": RESOURCE, "scope": "openid"}
    answer = requests.post(f"{server.url}/{TENANT}/oauth2/token", data=form, timeout=20).json()
    assert claims(answer["id_token"])["iss"] == older["issuer"]
