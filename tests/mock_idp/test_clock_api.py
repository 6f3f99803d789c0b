"""The clock over the control API."""

from __future__ import annotations

import pytest
from idp_api import IssuerApi


def test_offset(issuer: IssuerApi) -> None:
    """An offset shifts the issuer's time."""
    clock = issuer.ok("PUT", "/clock", {"offset_seconds": 1000.5})
    assert clock["offset_seconds"] == 1000.5
    assert clock["at"] is None


def test_standing_still(issuer: IssuerApi) -> None:
    """A fixed time does not move."""
    issuer.ok("PUT", "/clock", {"at": 5})
    assert issuer.ok("GET", "/clock") == {"offset_seconds": 0.0, "at": 5, "now": 5}


def test_both_at_once_is_refused(issuer: IssuerApi) -> None:
    """A clock that stands still cannot run ahead."""
    assert issuer.refused("PUT", "/clock", {"at": 5, "offset_seconds": 1}) == (400, "invalid_field", "at")


def test_a_body_is_required(issuer: IssuerApi) -> None:
    """A call that says nothing changes nothing; {} is what undoes."""
    issuer.ok("PUT", "/clock", {"at": 5})
    assert issuer.refused("PUT", "/clock") == (400, "invalid_field", None)
    assert issuer.ok("GET", "/clock")["at"] == 5
    assert issuer.ok("PUT", "/clock", {})["at"] is None


@pytest.mark.parametrize("spec", [{"at": 1e15}, {"at": -1}, {"offset_seconds": 1e12}, {"at": "5"}, {"at": True}])
def test_times_no_calendar_has(issuer: IssuerApi, spec: dict[str, object]) -> None:
    """A time that could not be written as a date is refused."""
    assert issuer.refused("PUT", "/clock", spec)[0] == 400
    assert issuer.get().status_code == 200


@pytest.mark.parametrize("at", [0, 253_402_300_799])
def test_the_ends_of_the_calendar(issuer: IssuerApi, at: int) -> None:
    """At the first and at the last second everything still works."""
    issuer.ok("PUT", "/clock", {"at": at})
    issuer.ok("POST", "/rotate")
    assert issuer.get().status_code == 200
    assert issuer.mint()
