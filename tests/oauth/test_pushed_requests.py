"""Pushed authorization requests (RFC 9126)."""

from __future__ import annotations

import pytest
import requests
from relying_party import CALLBACK, CHALLENGE, VERIFIER, MakeRp, Rp, refusal

REQUEST = {"response_type": "code", "redirect_uri": CALLBACK, "scope": "openid", "state": "s"}


def push(rp: Rp, **form: str) -> requests.Response:
    return rp.post("pushed_authorization_request", {**rp.client, **REQUEST, **form})


def use(rp: Rp, uri: str, **parameters: str) -> requests.Response:
    return rp.authorize(response_type="", redirect_uri="", request_uri=uri, **parameters)


@pytest.mark.parametrize("style", ["custom", "keycloak"])
def test_a_pushed_request(make_rp: MakeRp, style: str) -> None:
    """Its parameters count where it is named."""
    rp = make_rp(style)
    answer = push(rp, code_challenge=CHALLENGE, code_challenge_method="S256", mock_user="ann")
    assert (answer.status_code, answer.json()["expires_in"]) == (201, 60)
    returned = rp.returned(use(rp, answer.json()["request_uri"]))
    assert returned["state"] == "s"
    assert rp.redeem(returned["code"], code_verifier=VERIFIER).status_code == 200


def test_parameters_beside_it_do_not_count(rp: Rp) -> None:
    """RFC 9126 section 4."""
    uri = push(rp, mock_user="ann").json()["request_uri"]
    assert rp.returned(use(rp, uri, state="other"))["state"] == "s"


def test_the_login_page_between(rp: Rp) -> None:
    """The request is there until the user is done."""
    shown = use(rp, push(rp).json()["request_uri"])
    assert "code" in rp.returned(rp.fill(shown, username="ann", action="login"))


def test_it_is_good_once(rp: Rp) -> None:
    """And for its client, and for a minute."""
    uri = push(rp, mock_user="ann").json()["request_uri"]
    assert use(rp, uri, client_id="other").status_code == 400
    assert "code" in rp.returned(use(rp, uri))
    assert use(rp, uri).status_code == 400


def test_it_ends_after_a_minute(rp: Rp) -> None:
    """By the issuer's clock."""
    uri = push(rp, mock_user="ann").json()["request_uri"]
    rp.pass_time(60)
    assert use(rp, uri).status_code == 400


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"redirect_uri": "relative"}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
    ],
)
def test_a_bad_request(rp: Rp, form: dict[str, str], code: str) -> None:
    """The client is told at once (section 2.3)."""
    assert refusal(push(rp, **form)) == (400, code)


def test_a_stranger(make_rp: MakeRp) -> None:
    """Only clients push."""
    rp = make_rp(clients=[{"id": "other", "secret": "x"}])
    assert refusal(push(rp)) == (401, "invalid_client")
