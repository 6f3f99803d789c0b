"""Device authorization (RFC 8628), with the page people use."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from relying_party import START, MakeRp, Rp, refusal

from mock_idp.embed import EmbeddedIdp
from mock_idp.issuer.clock import IssuerClock
from mock_idp.vendors.grant_types import DEVICE_CODE


def start(rp: Rp, scope: str = "openid", **form: str) -> dict[str, Any]:
    answer = rp.post("device_authorization", {**rp.client, "scope": scope, **form})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def poll(rp: Rp, device: dict[str, Any], **form: str) -> requests.Response:
    return rp.token(DEVICE_CODE, **{"device_code": device["device_code"], **form})


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta", "entra", "google"])
def test_every_vendor_that_has_it(make_rp: MakeRp, style: str) -> None:
    """The user fills in the page, the device gets tokens."""
    rp = make_rp(style)
    device = start(rp)
    shown = rp.get(f"{device.get('verification_uri') or device['verification_url']}")
    done = rp.fill(shown, user_code=device["user_code"], username="ann", password="x", action="allow")
    assert (done.status_code, "Done" in done.text) == (200, True)
    assert rp.claims(poll(rp, device).json()["id_token"])["aud"] == "app"


def test_it_is_pending_first(rp: Rp) -> None:
    """The device asks again."""
    assert refusal(poll(rp, start(rp))) == (400, "authorization_pending")


def test_too_fast(rp: Rp) -> None:
    """Each impatient question makes the pause longer, by the issuer's clock."""
    device = start(rp)
    found = [refusal(poll(rp, device))[1]]
    for seconds in (4, 13, 24):
        rp.pass_time(seconds)
        found.append(refusal(poll(rp, device))[1])
    assert found == ["authorization_pending", "slow_down", "slow_down", "slow_down"]
    rp.pass_time(24 + 20)
    assert refusal(poll(rp, device))[1] == "authorization_pending"


def test_a_patient_device(rp: Rp) -> None:
    """The interval is kept to."""
    device = start(rp)
    poll(rp, device)
    rp.pass_time(device["interval"])
    assert refusal(poll(rp, device)) == (400, "authorization_pending")


def test_a_test_need_not_wait(make_rp: MakeRp) -> None:
    """An interval of 0 lets a device ask at any time."""
    rp = make_rp(device_interval_seconds=0)
    device = start(rp)
    assert {refusal(poll(rp, device))[1] for _ in range(3)} == {"authorization_pending"}


def test_refused(rp: Rp) -> None:
    """The device is told."""
    device = start(rp)
    rp.fill(rp.get(device["verification_uri_complete"]), action="deny")
    assert refusal(poll(rp, device)) == (400, "access_denied")


def test_expired(rp: Rp) -> None:
    """After ten minutes."""
    device = start(rp)
    rp.pass_time(device["expires_in"])
    assert refusal(poll(rp, device)) == (400, "expired_token")


def test_a_code_is_good_once(rp: Rp) -> None:
    """One device, one answer."""
    device = start(rp, mock_user="ann")
    assert poll(rp, device).status_code == 200
    assert refusal(poll(rp, device)) == (400, "invalid_grant")


@pytest.mark.parametrize("form", [{"client_id": "other"}, {"device_code": "made-up"}])
def test_a_code_of_somebody_else(rp: Rp, form: dict[str, str]) -> None:
    """It is bound to its client."""
    assert refusal(poll(rp, start(rp), **form)) == (400, "invalid_grant")


def test_without_a_page(rp: Rp) -> None:
    """A test allows it with one GET."""
    device = start(rp)
    rp.get(device["verification_uri_complete"] + "&mock_user=bob")
    assert rp.claims(poll(rp, device).json()["id_token"])["sub"] == "bob"


def test_a_code_as_people_type_it(rp: Rp) -> None:
    """Case and dash do not count (RFC 8628 section 6.1)."""
    device = start(rp)
    typed = device["user_code"].lower().replace("-", " ")
    done = rp.fill(rp.get(device["verification_uri"]), user_code=typed, username="ann", action="allow")
    assert done.status_code == 200


def test_a_code_nobody_shows(rp: Rp) -> None:
    """The page says so."""
    shown = rp.fill(rp.get(start(rp)["verification_uri"]), user_code="XXXX-XXXX", username="ann", action="allow")
    assert (shown.status_code, "No device" in shown.text) == (400, True)


def test_a_wrong_password(make_rp: MakeRp) -> None:
    """The device still waits."""
    rp = make_rp(users=[{"username": "ann", "password": "right"}])
    device = start(rp)
    page = rp.get(device["verification_uri_complete"])
    assert rp.fill(page, username="ann", password="wrong", action="allow").status_code == 200
    assert refusal(poll(rp, device)) == (400, "authorization_pending")


def test_a_client_without_the_grant(make_rp: MakeRp) -> None:
    """It gets no codes."""
    rp = make_rp(clients=[{"id": "app", "secret": "secret", "grant_types": ["authorization_code"]}])
    assert refusal(rp.post("device_authorization", rp.client)) == (400, "unauthorized_client")


@pytest.mark.parametrize("set_by", [-86_400, 86_400])
def test_a_machine_whose_clock_is_set(idp: EmbeddedIdp, rp: Rp, set_by: float) -> None:
    """By a day, back or ahead: neither the pause between two questions nor the end of the codes has anything of it."""
    wall, steady = [START], [100.0]
    idp.state.find(rp.about["id"]).clock = IssuerClock(lambda: wall[0], lambda: steady[0])
    device = start(rp)
    found = [refusal(poll(rp, device))[1]]
    wall[0] += set_by
    for seconds in (5.0, 4.0, 11.0):
        steady[0] += seconds
        found.append(refusal(poll(rp, device))[1])
    assert found == ["authorization_pending", "authorization_pending", "slow_down", "authorization_pending"]
    steady[0] += 600
    assert refusal(poll(rp, device))[1] == "expired_token"
