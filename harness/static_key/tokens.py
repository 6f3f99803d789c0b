"""Tokens that one private key signs, and what a service with the public key would find in one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwt.types import Options

from harness.shown.foreign_text import foreign

ALGORITHM = "RS256"


@dataclass(frozen=True)
class Grant:
    """What a token says: who it is for and from, and what it allows. `permissions_claim` may be a path with dots."""

    issuer: str
    audience: str
    subject: str
    permissions: tuple[str, ...]
    permissions_claim: str = "permissions"


@dataclass(frozen=True)
class Finding:
    """One thing a service looks at: `part` of the token, whether it holds (`None`: nothing to hold), and why."""

    part: str
    holds: bool | None
    why: str


def issue(key: RSAPrivateKey, grant: Grant, *, now: float, lifetime_seconds: float) -> str:
    """A token (RFC 7519) that `key` signs with RS256; `now` is its `iat`, in seconds since 1970."""
    issued = math.floor(now)
    claims: dict[str, Any] = {
        "iss": grant.issuer,
        "aud": grant.audience,
        "sub": grant.subject,
        "iat": issued,
        "exp": issued + math.ceil(lifetime_seconds),
    }
    *outer, last = grant.permissions_claim.split(".")
    inner = claims
    for name in outer:
        inner = inner.setdefault(name, {})
    inner[last] = list(grant.permissions)
    return jwt.encode(claims, key, ALGORITHM)


def examine(
    token: str, key: RSAPublicKey, *, now: float, issuer: str, audience: str, leeway_seconds: float = 0.0
) -> tuple[list[Finding], Mapping[str, Any]]:
    """What a service that trusts `key`, `issuer` and `audience` finds at `now`, and the claims.

    The claims are empty when the signature does not hold: nothing that an unknown hand wrote is worth reading.
    """
    try:
        claims = jwt.decode_complete(token, key, [ALGORITHM], options=_SIGNATURE_ALONE)["payload"]
    except jwt.PyJWTError as error:
        return [Finding("signature", False, str(foreign(error)))], {}
    findings = [
        Finding("signature", True, f"{ALGORITHM} with that key"),
        _expiry(claims, now, leeway_seconds),
        _not_before(claims, now, leeway_seconds),
        _is("iss", claims.get("iss"), issuer),
        _audience(claims.get("aud"), audience),
        _subject(claims.get("sub")),
    ]
    return findings, claims


def permissions_in(claims: Mapping[str, Any], path: str) -> tuple[Finding, Sequence[str]]:
    """The permissions at `path`, names with dots between: an array of strings, or they grant nothing."""
    value: Any = claims
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        return Finding(path, False, "missing: it grants nothing"), ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return Finding(path, False, "no array of strings: it grants nothing"), ()
    return Finding(path, True, str(len(value))), value


# PyJWT looks at the signature alone; the rest is judged at a time that is given.
_SIGNATURE_ALONE = Options(
    verify_signature=True,
    verify_exp=False,
    verify_nbf=False,
    verify_iat=False,
    verify_aud=False,
    verify_iss=False,
    verify_sub=False,
    verify_jti=False,
)


def _expiry(claims: Mapping[str, Any], now: float, leeway: float) -> Finding:
    if "exp" not in claims:
        return Finding("exp", False, "missing: it would never end")
    if (moment := _seconds(claims["exp"])) is None:
        return Finding("exp", False, "no date in seconds")
    left = moment - now
    if left <= -leeway:
        return Finding("exp", False, f"expired {_span(-left)} ago, {_date(moment)}")
    return Finding("exp", True, f"{_span(left)} left, until {_date(moment)}" if left > 0 else "within the leeway")


def _not_before(claims: Mapping[str, Any], now: float, leeway: float) -> Finding:
    if "nbf" not in claims:
        return Finding("nbf", None, "not there")
    if (moment := _seconds(claims["nbf"])) is None:
        return Finding("nbf", False, "no date in seconds")
    ahead = moment - now
    return Finding("nbf", ahead <= leeway, f"{_span(ahead)} ahead" if ahead > 0 else "past")


def _is(part: str, found: Any, expected: str) -> Finding:
    if found == expected:
        return Finding(part, True, expected)
    return Finding(part, False, f"is {_shown(found)}, and must be {expected}")


def _audience(found: Any, expected: str) -> Finding:
    if isinstance(found, list) and expected in found:
        return Finding("aud", True, f"{expected}, of {len(found)}")
    return _is("aud", found, expected)


def _subject(found: Any) -> Finding:
    if isinstance(found, str) and found:
        return Finding("sub", True, str(foreign(found)))
    return Finding("sub", False, f"is {_shown(found)}, and must be a text")


def _seconds(value: Any) -> float | None:
    """A NumericDate (RFC 7519 §2) that stands for a moment, in seconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < _LATEST else None


# The end of the year 9999, the last that a date can be written for.
_LATEST = 253402300800


def _date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment >= 0 else "before 1970"


def _span(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {name}"
    return f"{int(seconds)} s"


def _shown(value: Any) -> str:
    return "missing" if value is None else str(foreign(value))
