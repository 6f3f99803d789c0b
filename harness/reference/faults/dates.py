"""Faults in what dates are compared with, in how far they may be off, and in reading the numbers that they are."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from harness.reference.claims import ClaimsChecker, numeric_date
from harness.reference.compact import CompactToken, malformed
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.jwt_authenticator import JwtAuthenticator

DAY_SECONDS: Final = 24 * 3600
FAR_FUTURE: Final = 2**53


@fault(
    "m-clock-at-start", precedent="a default argument or a constant that holds the time; the class of stopped clocks"
)
class ClockAtStart(ClaimsChecker):
    """The time is read once, when the service starts, so that what was good then is good for ever."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._started = self.now()

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """`def is_expired(exp, now=time.time())`."""
        if self._started >= numeric_date(claims.get("exp")) + self.leeway():
            super().check_expiry(claims)


@fault(
    "m-exp-infinite",
    precedent="json.loads of Python and JSON.parse of JavaScript, which read 1e400 as infinity; RFC 8259 §6",
)
class ExpInfinite(ClaimsChecker):
    """An `exp` beyond all numbers becomes infinity, and the token never ends."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """`now >= Infinity` is false for ever."""
        if claims.get("exp") != math.inf:
            super().check_expiry(claims)


@fault("m-nbf-leeway-doubled", precedent="a leeway that both the library and its caller grant; RFC 7519 §4.1.5")
class NbfLeewayDoubled(ClaimsChecker):
    """The leeway counts twice for `nbf`."""

    def check_not_before(self, claims: Mapping[str, Any]) -> None:
        """It is taken from the date and added to the clock."""
        if "nbf" in claims and self.now() + self.leeway() < numeric_date(claims["nbf"]) - self.leeway():
            super().check_not_before(claims)


@fault("m-nbf-against-iat", precedent="checks of a token's dates among themselves; RFC 7519 §4.1.5")
class NbfAgainstIat(ClaimsChecker):
    """`nbf` is compared with the time at which the token was issued, where that stands in the token."""

    def check_not_before(self, claims: Mapping[str, Any]) -> None:
        """`if nbf > iat`."""
        if not {"nbf", "iat"} <= claims.keys():
            super().check_not_before(claims)
        elif numeric_date(claims["nbf"]) > numeric_date(claims["iat"]) + self.leeway():
            raise AuthenticationFailed(Reason.NOT_YET_VALID, "the token is not valid yet")


@fault("m-nbf-wraps", precedent="CWE-190: dates in 32 bits, which end in 2038 or 2106")
class NbfWraps(ClaimsChecker):
    """An `nbf` beyond 32 bits begins again at zero, which is long past."""

    def check_not_before(self, claims: Mapping[str, Any]) -> None:
        """`(uint32_t) nbf`."""
        nbf = claims.get("nbf")
        super().check_not_before({**claims, "nbf": nbf % 2**32} if type(nbf) is int else claims)


@fault(
    "m-future-iat-refused",
    precedent="PyJWT, which refuses what was issued in the future; RFC 7519 §4.1.6 does not ask for it",
)
class FutureIatRefused(ClaimsChecker):
    """A token that was issued in the future is refused."""

    def check_issued_at(self, claims: Mapping[str, Any]) -> None:
        """`iat` taken for a second `nbf`."""
        if "iat" in claims and numeric_date(claims["iat"]) > self.now() + self.leeway():
            raise AuthenticationFailed(Reason.NOT_YET_VALID, "the token is issued in the future")


@fault("m-iat-caps-age", precedent="the maxAge of several libraries as a default; RFC 7519 §4.1.6")
class IatCapsAge(ClaimsChecker):
    """A token is good for a day from `iat`, whatever `exp` says."""

    def check_issued_at(self, claims: Mapping[str, Any]) -> None:
        """Nobody needs longer ones."""
        if "iat" in claims and self.now() > numeric_date(claims["iat"]) + DAY_SECONDS:
            raise AuthenticationFailed(Reason.EXPIRED, "the token is too old")


@fault(
    "m-iat-unexpected-500",
    precedent="conversions of dates that raise for what lies beyond the calendar, in most languages",
)
class IatUnexpected500(ClaimsChecker):
    """An `iat` that is no date of the calendar raises an exception nobody expects: 500."""

    def check_issued_at(self, claims: Mapping[str, Any]) -> None:
        """For the log, before anybody has looked at the type."""
        if "iat" in claims:
            datetime.fromtimestamp(claims["iat"], UTC)


@fault("m-json-constants", precedent="json.loads of Python, which reads NaN and Infinity; RFC 8259 §6")
class JsonConstants(JwtAuthenticator):
    """Infinity and NaN, which JSON doesn't have, are read as numbers that no clock reaches."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """`now < NaN` is as false as `now >= NaN`."""
        try:
            value = json.loads(token.payload.decode(), parse_constant=_far)
        except (ValueError, RecursionError) as error:
            raise malformed("the payload is not JSON") from error
        return value if isinstance(value, dict) else super().read_claims(token)


def _far(name: str) -> int:
    return -FAR_FUTURE if name.startswith("-") else FAR_FUTURE


@fault("m-exp-needs-iat", precedent="lifetimes that are computed as `exp` minus `iat`")
class ExpNeedsIat(ClaimsChecker):
    """A token without `iat` never expires."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """Nobody knows how old it is."""
        if "iat" in claims:
            super().check_expiry(claims)


@fault("m-exp-or-nbf", precedent="`elif` between two checks")
class ExpOrNbf(ClaimsChecker):
    """A token that has begun does not end: where there is an `nbf`, `exp` is not looked at."""

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """One date decides."""
        if "nbf" not in claims:
            super().check_expiry(claims)
