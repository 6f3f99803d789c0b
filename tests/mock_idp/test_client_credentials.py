"""The token endpoint in the vendors' manners (RFC 6749 sections 4.4 and 5.2)."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests
from idp_api import IssuerApi, MakeIssuer

GRANT = {"grant_type": "client_credentials"}


def post(issuer: IssuerApi, **more: Any) -> requests.Response:
    return issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), timeout=20, **more)


def claims_of(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return dict(jwt.decode(answer.json()["access_token"], options={"verify_signature": False}))


def test_basic_credentials(issuer: IssuerApi) -> None:
    """The client of the Authorization header, form-decoded (section 2.3.1)."""
    assert claims_of(post(issuer, data=GRANT, auth=("a%3Ab", "s")))["client_id"] == "a:b"


def test_credentials_in_the_body(issuer: IssuerApi) -> None:
    """client_id and client_secret as parameters."""
    body = GRANT | {"client_id": "me", "client_secret": "s"}
    assert claims_of(post(issuer, data=body))["client_id"] == "me"


def test_json_for_auth0(make_issuer: MakeIssuer) -> None:
    """Auth0 takes JSON, with the audience in it."""
    issuer = make_issuer("auth0", algorithm="ES256")
    claims = claims_of(post(issuer, json=GRANT | {"client_id": "me", "audience": "other-api"}))
    assert (claims["azp"], claims["aud"]) == ("me", "other-api")


def test_json_is_not_for_everybody(issuer: IssuerApi) -> None:
    """Other servers take a form."""
    answer = post(issuer, json=GRANT | {"client_id": "me"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_scope_becomes_permissions(issuer: IssuerApi) -> None:
    """Each word of the scope is granted."""
    answer = post(issuer, data=GRANT | {"scope": "tasks:list tasks:read"}, auth=("a", "b"))
    assert claims_of(answer)["permissions"] == ["tasks:list", "tasks:read"]
    assert answer.json()["scope"] == "tasks:list tasks:read"


@pytest.mark.parametrize(
    ("style", "members"),
    [
        ("auth0", ["access_token", "scope", "expires_in", "token_type"]),
        (
            "keycloak",
            ["access_token", "expires_in", "refresh_expires_in", "token_type", "not-before-policy", "scope"],
        ),
        ("okta", ["token_type", "expires_in", "access_token", "scope"]),
    ],
)
def test_response_members(make_issuer: MakeIssuer, style: str, members: list[str]) -> None:
    """The answer has the vendor's members in the vendor's order, and is not cached."""
    issuer = make_issuer(style, algorithm="ES256")
    answer = post(issuer, data=GRANT | {"scope": "a:b"}, auth=("c", "s"))
    assert list(answer.json()) == members
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.json()["expires_in"] == issuer.about["token_lifetime_seconds"]


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"data": {}}, 400, "invalid_request"),
        ({"data": {"client_id": "a"}}, 400, "invalid_request"),
        ({"data": {"grant_type": "telepathy", "client_id": "a"}}, 400, "unsupported_grant_type"),
        ({"data": GRANT}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": "Basic !!!"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": "Bearer abc"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": "Basic YWJj"}}, 401, "invalid_client"),
        ({"data": b"grant_type=a&grant_type=b", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400,
         "invalid_request"),
        ({"data": b"\xff=\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400,
         "invalid_request"),
        ({"data": b"x"}, 400, "invalid_request"),
        ({"data": b"a=1&" * 200, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400,
         "invalid_request"),
    ],
)  # fmt: skip
def test_refusals(issuer: IssuerApi, request_: dict[str, Any], status: int, code: str) -> None:
    """The errors of section 5.2, as JSON, with a challenge beside a 401."""
    answer = post(issuer, **request_)
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"grant_type":1}', b"[" * 100_000, b"\xff"])
def test_odd_json(make_issuer: MakeIssuer, body: bytes) -> None:
    """Whatever Auth0's endpoint is sent, the answer is a 400."""
    issuer = make_issuer("auth0", algorithm="ES256")
    answer = post(issuer, data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_get_is_not_allowed(issuer: IssuerApi) -> None:
    """Tokens are asked for with POST (section 3.2)."""
    answer = issuer.get("token_endpoint")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_body_has_its_bounds(issuer: IssuerApi) -> None:
    """More than the server reads is 413."""
    answer = post(issuer, data=b"a" * 4_200_000, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


def test_a_fault_of_the_token_endpoint(issuer: IssuerApi) -> None:
    """The token endpoint can fail as well."""
    issuer.fault("status", on="token", status=503, times=1)
    assert post(issuer, data=GRANT, auth=("a", "b")).status_code == 503
    assert post(issuer, data=GRANT, auth=("a", "b")).status_code == 200
