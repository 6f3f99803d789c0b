"""Whatever a secret is called and wherever it stands, neither the log nor the HAR shows it."""

from __future__ import annotations

import json
import string

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from idp_api import IssuerApi

from mock_idp.issuer.redaction import (
    SHOWN_HEADERS,
    SHOWN_PARAMETERS,
    looks_secret,
    redacted_headers,
    redacted_parameters,
    redacted_query,
)

SECRET = "hush-hush-41"
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."
RANDOM = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3f"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----"
NAMES = [
    *("otp", "new_password", "passcode", "pin", "secret_key", "assertion", "code", "code_verifier", "client_assertion"),
    *(
        "id_token_hint",
        "subject_token",
        "SAMLResponse",
        "samlresponse",
        "cookie",
        "mfa_token",
        "Client_Secret",
        "PASSWORD",
    ),
    *("device_code", "user_code", "oob_code", "binding_code", "private_key", "x", "credential", "ticket", "request"),
]
HEADERS = ["DPoP", "X-Auth-Token", "X-Mock-Control-Token", "X-Api-Key", "Cookie", "X-Vault-Token", "Signature", "X-Otp"]


def seen(issuer: IssuerApi) -> str:
    """All that the control API shows of what came."""
    return issuer.api.call("GET", f"/issuers/{issuer.id}/requests").text + (
        issuer.api.call("GET", f"/issuers/{issuer.id}/requests.har").text
    )


@pytest.mark.parametrize("name", NAMES)
def test_parameters(issuer: IssuerApi, name: str) -> None:
    """In a query, a form, a JSON body and the address a page says it comes from."""
    url = issuer.local(issuer.about["token_endpoint"])
    with requests.Session() as session:
        session.trust_env = False
        session.post(url, params={name: SECRET}, data={"grant_type": "x", name: SECRET}, timeout=20)
        session.post(url, json={"grant_type": "x", name: SECRET}, timeout=20)
    issuer.get(headers={"Referer": f"https://app.test/cb?{name}={SECRET}#{name}={SECRET}"})
    assert SECRET not in seen(issuer)
    assert {entry["form"]["grant_type"] for entry in issuer.log("?endpoint=token")} == {"x"}


@pytest.mark.parametrize("name", HEADERS)
def test_headers(issuer: IssuerApi, name: str) -> None:
    """Their names are shown, and that they are credentials."""
    issuer.get(headers={name: SECRET})
    (entry,) = issuer.log()
    assert entry["headers"][name.lower()] == "(redacted)"
    assert entry["credentials"] == [name.lower()]
    assert SECRET not in seen(issuer)


def test_a_header_that_is_no_credential(issuer: IssuerApi) -> None:
    """An unknown one isn't shown either, but is no credential; known ones are shown."""
    issuer.get(headers={"X-Team": "blue", "Accept": "a/b", "X-Request-Id": "6f1c0d8a3b"})
    (entry,) = issuer.log()
    assert (entry["headers"]["x-team"], entry["headers"]["accept"]) == ("(redacted)", "a/b")
    assert (entry["credentials"], entry["correlation_id"]) == ([], "6f1c0d8a3b")


@pytest.mark.parametrize("secret", [JWT, RANDOM, PEM, "0123456789abcdef" * 3], ids=["jwt", "random", "pem", "hex"])
def test_values_that_look_like_secrets(issuer: IssuerApi, secret: str) -> None:
    """Under a name that is shown, in a path, in a redirect URI."""
    url = issuer.local(issuer.about["token_endpoint"])
    with requests.Session() as session:
        session.trust_env = False
        session.post(url, data={"scope": secret, "redirect_uri": f"https://app.test/?x={secret}"}, timeout=20)
    flat = secret.replace("\n", "")
    issuer.get(params={"state": flat}, headers={"User-Agent": flat, "Referer": f"https://app.test/{flat}"})
    issuer.about["nowhere"] = f"{issuer.about['issuer']}/nowhere/{flat}"
    issuer.get("nowhere")
    shown = seen(issuer)
    assert secret not in shown
    assert json.dumps(secret)[1:-1] not in shown
    assert flat not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", "A" + RANDOM),
        ("scope", "openid profile https://www.googleapis.com/auth/cloud-platform"),
        ("redirect_uri", "https://application-one.microsoftonline.test/callback/oidc"),
        ("code_challenge", RANDOM + "xYz"),
        ("audience", "8b7d1f5e-4c0a-4e7b-9b52-0c3d5a6f7e81"),
    ],
)
def test_what_is_asked_for_is_shown(name: str, value: str) -> None:
    """A log that shows nothing helps nobody."""
    assert redacted_parameters({name: value}) == {name: value}


@given(
    name=st.text(string.ascii_letters + "_-", min_size=1, max_size=20),
    value=st.from_regex(r"[a-z]{6,12}", fullmatch=True),
)
def test_any_other_name(name: str, value: str) -> None:
    """Nothing is shown under a name that nobody has looked at."""
    if name.lower() not in SHOWN_PARAMETERS:
        assert value not in redacted_parameters({name: value})[name]
        assert value not in redacted_query(f"{name}={value}").partition("=")[2]
    if name.lower() not in SHOWN_HEADERS:
        assert redacted_headers({name.lower(): value})[name.lower()] == "(redacted)"


def test_no_list_shows_what_proves_something() -> None:
    """The two lists and what is known of secrets don't meet."""
    assert not {name.lower() for name in NAMES} & SHOWN_PARAMETERS
    assert not {name.lower() for name in HEADERS} & SHOWN_HEADERS
    assert not looks_secret("python-requests/2.34.2")
