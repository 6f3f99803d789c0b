"""Each way of client authentication that a vendor announces works, and those it doesn't announce do not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from relying_party import CHALLENGE, START, VERIFIER, MakeRp, Rp

from mock_idp.http11.schema import with_defaults
from mock_idp.settings import CLIENT_AUTH_METHODS
from mock_idp.vendors import VENDORS
from mock_idp.vendors.context import IssuerContext

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
JWK = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
SECRET, OTHER_SECRET = "a-secret-that-is-long-enough-for-HS256", "another-one-that-is-long-enough-for-it"
PAGES = Path(__file__).resolve().parents[2] / "docs" / "vendors"


def announced(style: str) -> list[str]:
    vendor = VENDORS[style]
    options = with_defaults({}, vendor.option_schemas, "options")
    context = IssuerContext("http://h", "a", vendor.default_permissions_claim, "RS256", 60, options)
    return list(vendor.discovery(context)["token_endpoint_auth_methods_supported"])


WORKING = [(style, method) for style in VENDORS for method in announced(style) if method in CLIENT_AUTH_METHODS]
NOT_ANNOUNCED = [
    (style, method)
    for style in VENDORS
    # Public clients need no announcement.
    for method in set(CLIENT_AUTH_METHODS) - {*announced(style), "none"}
]


def credentials(rp: Rp, method: str, good: bool = True) -> dict[str, Any]:
    """What a request to the token endpoint has more, so that the client is known."""
    secret, key = (SECRET, KEY) if good else (OTHER_SECRET, OTHER_KEY)
    if method == "client_secret_basic":
        return {"auth": ("app", secret)}
    if method == "client_secret_post":
        return {"client_id": "app", "client_secret": secret}
    if method == "none":
        return {"client_id": "app" if good else "nobody"}
    claims = {"iss": "app", "sub": "app", "aud": rp.document["token_endpoint"], "exp": START + 60, "jti": f"{good}"}
    signer: Any = (secret, "HS256") if method == "client_secret_jwt" else (key, "RS256")
    return {
        "client_id": "app",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": jwt.encode(claims, signer[0], algorithm=signer[1]),
    }


def client(method: str) -> dict[str, Any]:
    """A declared client that may authenticate with this and nothing else."""
    what = {"private_key_jwt": {"keys": [JWK]}, "none": {}}.get(method, {"secret": SECRET})
    return {"id": "app", "auth_method": method, **what}


def redeem(rp: Rp, method: str, good: bool = True) -> requests.Response:
    """A code for tokens, with these credentials."""
    rp.client = {"client_id": "app"}
    code = rp.code(scope="openid", code_challenge=CHALLENGE, code_challenge_method="S256")
    rp.client = {}
    return rp.redeem(code, code_verifier=VERIFIER, **credentials(rp, method, good))


@pytest.mark.parametrize(("style", "method"), WORKING)
def test_a_method_that_is_announced_works(make_rp: MakeRp, style: str, method: str) -> None:
    """With the right credentials there are tokens, with wrong ones there are none."""
    rp = make_rp(style, clients=[client(method)])
    refused = redeem(rp, method, good=False)
    assert (refused.status_code >= 400, "access_token" in refused.json()) == (True, False)
    answer = redeem(rp, method)
    assert answer.status_code == 200, answer.text
    assert answer.json()["access_token"]


@pytest.mark.parametrize(("style", "method"), NOT_ANNOUNCED)
def test_a_method_that_is_not_announced_does_not(make_rp: MakeRp, style: str, method: str) -> None:
    """Not even with the right signature."""
    rp = make_rp(style, clients=[{"id": "app", "secret": SECRET, "keys": [JWK]}])
    assert redeem(rp, method).status_code >= 400


@pytest.mark.parametrize("style", VENDORS)
def test_what_does_not_work_is_left_out(style: str) -> None:
    """A method of the list that the mock doesn't have stands in the vendor's page."""
    text = (PAGES / f"{style}.md").read_text(encoding="utf-8")
    section = text.partition("## What the mock leaves out")[2].partition("\n## ")[0]
    assert {*announced(style)} - {*CLIENT_AUTH_METHODS} <= {*re.findall(r"`([^`]+)`", section)}


def test_an_algorithm_that_is_not_announced(make_rp: MakeRp) -> None:
    """Auth0 lists those it takes from clients, and RS512 is not among them."""
    rp = make_rp("auth0", clients=[client("private_key_jwt")])
    claims = {"iss": "app", "sub": "app", "aud": rp.document["token_endpoint"], "exp": START + 60}
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": jwt.encode(claims, KEY, algorithm="RS512")}
    rp.client = {}
    assert rp.token("client_credentials", **form).json()["error"] == "invalid_client"
