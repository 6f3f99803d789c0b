"""The clock of a test, frozen or moved by the libraries that people use, around the fixtures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import freezegun
import jwt
import pytest
import requests
import time_machine
from freezegun import freeze_time

from harness.idp.client import IdpError
from harness.idp.embedded import Embedded
from harness.idp.mock_issuer import MockIssuer
from mock_idp.issuer.clock import IssuerClock
from mock_idp.tools import clocks

# It looks at every name of every module that is loaded, and those of auth0-python 6.8.0 are imported only then: in a
# process that has seen more of pydantic than this file needs, they fail, and the clock stays frozen afterwards.
freezegun.configure(extend_ignore_list=["auth0"])

FAR = "2030-01-01T00:00:00"
FAR_SECONDS = datetime(2030, 1, 1, tzinfo=UTC).timestamp()

Freeze = Callable[[str], AbstractContextManager[Any]]


def by_freezegun(moment: str) -> AbstractContextManager[Any]:
    return freeze_time(moment)


def by_time_machine(moment: str) -> AbstractContextManager[Any]:
    return time_machine.travel(moment + "Z", tick=False)


@contextmanager
def by_hand(moment: str) -> Iterator[None]:
    """What a suite without such a library does."""
    seconds = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: seconds)
        yield


EACH = pytest.mark.parametrize("freeze", [by_freezegun, by_time_machine, by_hand])


def verified(issuer: MockIssuer, token: str) -> dict[str, Any]:
    """The claims, as a service in this process verifies them."""
    key = jwt.PyJWKClient(issuer.jwks_uri).get_signing_key_from_jwt(token)
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        issuer=issuer.url,
        audience=issuer.audience,
        # PyJWT asks datetime, which nobody has moved where only `time.time` was put out of the way.
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims


@EACH
def test_tokens_are_of_the_time_of_the_test(issuer: MockIssuer, freeze: Freeze) -> None:
    """The fixture was made before the clock was frozen, and its tokens are of the frozen hour."""
    with freeze(FAR):
        claims = verified(issuer, issuer.token())
        assert claims["iat"] == FAR_SECONDS
        assert claims["exp"] > FAR_SECONDS
    assert abs(verified(issuer, issuer.token())["iat"] - time.time()) < 60


@freeze_time(FAR)
def test_a_decorated_test(issuer: MockIssuer) -> None:
    """The form in which most suites freeze: a real verifier in the test accepts what the fixture issues."""
    key = jwt.PyJWKClient(issuer.jwks_uri).get_signing_key_from_jwt(issuer.token())
    jwt.decode(issuer.token(), key, algorithms=["RS256"], issuer=issuer.url, audience=issuer.audience)
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(
            issuer.token(times={"exp": -1}), key, algorithms=["RS256"], issuer=issuer.url, audience=issuer.audience
        )


@time_machine.travel(FAR + "Z", tick=True)
def test_a_decorated_test_that_goes_on(issuer: MockIssuer) -> None:
    """time-machine lets its clock run unless told otherwise."""
    assert 0 <= verified(issuer, issuer.token())["iat"] - FAR_SECONDS < 120


@EACH
def test_codes_end_with_the_clock_of_the_test(issuer: MockIssuer, freeze: Freeze) -> None:
    """A login of before the clock was moved is over; one of after is good."""
    before = _code(issuer)
    with freeze(FAR):
        assert _redeemed(issuer, before) == "invalid_grant"
        assert _redeemed(issuer, _code(issuer)) is None


@EACH
def test_records_have_the_time_of_the_test(issuer: MockIssuer, freeze: Freeze) -> None:
    """The request log says when a request came as the test would say it."""
    with freeze(FAR):
        requests.get(issuer.jwks_uri)
        assert [one["at"] for one in issuer.requests("jwks")] == [FAR_SECONDS]


@EACH
def test_waits_end_although_the_clock_stands_still(issuer: MockIssuer, freeze: Freeze) -> None:
    """A deadline of a frozen clock would never come."""
    with freeze(FAR), pytest.raises((AssertionError, IdpError)):
        issuer.wait_for_requests("jwks", seconds=0.1)


@EACH
def test_a_moved_clock_ends_no_connection(mock_idp: Embedded, freeze: Freeze) -> None:
    """A connection that was kept open is good on the other side of thirty years."""
    with requests.Session() as session:
        assert session.get(f"{mock_idp.url}/_mock/health").ok
        for moment in (FAR, "1990-01-01T00:00:00"):
            with freeze(moment):
                assert session.get(f"{mock_idp.url}/_mock/health").ok


def test_ticks_of_freezegun(issuer: MockIssuer) -> None:
    """A clock that is moved on inside of a test is moved for the issuer."""
    with freeze_time(FAR) as frozen:
        issued = verified(issuer, issuer.token())["iat"]
        frozen.tick(90)
        assert verified(issuer, issuer.token())["iat"] == issued + 90


def test_the_clock_of_the_issuer_is_laid_over_it(issuer: MockIssuer) -> None:
    """An offset counts from the clock of the test."""
    issuer.set_clock(-60)
    with time_machine.travel(FAR + "Z", tick=False):
        assert verified(issuer, issuer.token())["iat"] == FAR_SECONDS - 60


@EACH
def test_timers_follow_a_moved_clock(freeze: Freeze) -> None:
    """How long a device may take is measured by the clock of the test, and by a steady one where nobody moves any."""
    clock = IssuerClock()
    began = clock.timer()
    assert 0 <= clock.timer() - began < 60
    with freeze(FAR):
        assert clocks.wall_is_moved()
        assert clock.timer() == FAR_SECONDS
    assert not clocks.wall_is_moved()
    assert 0 <= clock.timer() - began < 60


@EACH
def test_the_steady_clock_goes_on(freeze: Freeze) -> None:
    """No library stops it."""
    with freeze(FAR):
        began, until = clocks.steady(), time.process_time() + 0.01
        while time.process_time() < until:
            pass
        assert clocks.steady() > began


def _code(issuer: MockIssuer) -> str:
    """An authorization code for ann."""
    query = {"response_type": "code", "client_id": "app", "redirect_uri": "http://localhost/cb", "mock_user": "ann"}
    url = issuer.token_endpoint.replace("/oauth/token", "/authorize")
    sent = requests.get(url, params=query, allow_redirects=False).headers["Location"]
    return sent.partition("code=")[2].partition("&")[0]


def _redeemed(issuer: MockIssuer, code: str) -> str | None:
    """The error of the token endpoint; None for a success."""
    form = {"grant_type": "authorization_code", "code": code, "client_id": "app", "client_secret": "any"}
    answer = requests.post(issuer.token_endpoint, data={**form, "redirect_uri": "http://localhost/cb"}).json()
    error = answer.get("error")
    return None if error is None else str(error)
