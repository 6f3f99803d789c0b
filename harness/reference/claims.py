"""The claim checks of a bearer token: time, issuer, audience, subject (RFC 7519 §4.1, RFC 9068 §2.2).

Written out instead of left to PyJWT, whose checks turn a fractional `exp` into an integer, take a numeric
string for a number, accept a list of issuers by membership, and refuse an `iat` in the future, which no RFC
asks for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.settings import ReferenceSettings


class ClaimsChecker:
    """Decides whether verified claims are meant for this service, now. `now()` is in epoch seconds."""

    def __init__(self, settings: ReferenceSettings, now: Callable[[], float]) -> None:
        self.settings = settings
        self.now = now

    def check(self, claims: Mapping[str, Any]) -> None:
        """Raises `AuthenticationFailed` for the first claim that is missing, malformed or wrong."""
        self.check_expiry(claims)
        self.check_not_before(claims)
        self.check_issued_at(claims)
        self.check_issuer(claims)
        self.check_audience(claims)
        self.check_subject(claims)

    def leeway(self) -> float:
        """How many seconds the clocks of issuer and service may differ (RFC 7519 §4.1.4)."""
        return self.settings.leeway_seconds

    def check_expiry(self, claims: Mapping[str, Any]) -> None:
        """`exp` is required, because a bearer token without end is not acceptable (RFC 9068 §2.2)."""
        if "exp" not in claims:
            raise AuthenticationFailed(Reason.CLAIMS, "exp is missing")
        if self.now() >= numeric_date(claims["exp"]) + self.leeway():
            raise AuthenticationFailed(Reason.EXPIRED, "the token has expired")

    def check_not_before(self, claims: Mapping[str, Any]) -> None:
        """`nbf` is optional; a value that cannot be read is not an absent one (RFC 7519 §4.1.5)."""
        if "nbf" in claims and self.now() + self.leeway() < numeric_date(claims["nbf"]):
            raise AuthenticationFailed(Reason.NOT_YET_VALID, "the token is not valid yet")

    def check_issued_at(self, claims: Mapping[str, Any]) -> None:
        """`iat` is optional and must be a date; its value decides nothing (RFC 7519 §4.1.6)."""
        if "iat" in claims:
            numeric_date(claims["iat"])

    def check_issuer(self, claims: Mapping[str, Any]) -> None:
        """`iss` is the configured string, character by character (RFC 7519 §4.1.1, RFC 8725 §3.8)."""
        issuer = claims.get("iss")
        if not isinstance(issuer, str) or issuer not in self.trusted_issuers():
            raise AuthenticationFailed(Reason.ISSUER, "the token is from another issuer")

    def trusted_issuers(self) -> tuple[str, ...]:
        """The configured issuers, one or two; whose keys count for which is decided before (RFC 8725 §3.8)."""
        second = self.settings.second_issuer
        return (self.settings.jwt_issuer, second) if second else (self.settings.jwt_issuer,)

    def check_audience(self, claims: Mapping[str, Any]) -> None:
        """`aud` is our name or an array of strings that holds it (RFC 7519 §4.1.3, RFC 8725 §3.9)."""
        if self.settings.jwt_audience not in audiences(claims):
            raise AuthenticationFailed(Reason.AUDIENCE, "the token is for another audience")

    def check_subject(self, claims: Mapping[str, Any]) -> None:
        """`sub` is a non-empty string (RFC 9068 §2.2)."""
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise AuthenticationFailed(Reason.CLAIMS, "sub is not a non-empty string")


def numeric_date(value: object) -> float:
    """`value` as seconds since the epoch; raises unless it is a finite JSON number (RFC 7519 §2)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AuthenticationFailed(Reason.CLAIMS, "a date is not a number")
    try:
        seconds = float(value)
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds):
        raise AuthenticationFailed(Reason.CLAIMS, "a date is out of range")
    return seconds


def audiences(claims: Mapping[str, Any]) -> list[str]:
    """The audiences a token names; raises when `aud` is neither a string nor an array of strings."""
    value = claims.get("aud", [])
    named = [value] if isinstance(value, str) else value
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        raise AuthenticationFailed(Reason.CLAIMS, "aud is neither a string nor an array of strings")
    return named
