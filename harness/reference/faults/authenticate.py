"""Faults in reading a token and its header."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from harness.reference.compact import CompactToken
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.jwt_authenticator import JwtAuthenticator

log = logging.getLogger(__name__)

# RFC 7515 §4.1.
REGISTERED: Final = ("alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit")


@fault("m-malformed-500", precedent="fastify-jwt#274, helidon#426, PostgREST#502")
class Malformed500(JwtAuthenticator):
    """A token that is not what it should be raises an exception nobody expects: 500."""

    def parse(self, text: str) -> CompactToken:
        """Takes for granted that there are three parts that decode, and that `alg`, `kid` and `typ` are strings."""
        header, payload, signature = text.split(".")
        members = json.loads(base64.urlsafe_b64decode(header + "=="))
        log.debug("token with %s and key %s", members["alg"].upper(), members.get("kid", "none").strip())
        log.debug("of type %s", members.get("typ", "JWT").lower())
        return CompactToken(
            header=members,
            payload=base64.urlsafe_b64decode(payload + "=="),
            signature=base64.urlsafe_b64decode(signature + "=="),
            signing_input=f"{header}.{payload}".encode("ascii"),
        )


@fault("m-json-jws-accepted", precedent="CVE-2022-39227 (python-jwt)")
class JsonJwsAccepted(JwtAuthenticator):
    """The JSON serialization of a JWS is accepted as a token."""

    def parse(self, text: str) -> CompactToken:
        """A general JOSE library reads whatever RFC 7515 defines; of several signatures the first is taken."""
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, IndexError):
            whole = json.loads(text)
            part = whole.get("signatures", [whole])[0]
            text = f"{part['protected']}.{whole['payload']}.{part['signature']}"
        return super().parse(text)


@fault("m-extra-segments-ignored", precedent="Wycheproof rejectsExtraComponent")
class ExtraSegmentsIgnored(JwtAuthenticator):
    """The first three parts between dots are the token, whatever follows."""

    def parse(self, text: str) -> CompactToken:
        """`header, payload, signature, *_ = text.split(".")`."""
        return super().parse(".".join(text.split(".")[:3]))


@fault("m-array-payload-skips-claims", precedent="CVE-2026-107723 (fast-jwt)")
class ArrayPayloadSkipsClaims(JwtAuthenticator):
    """A signed payload that is no object has no claims to check, and passes."""

    def authenticate(self, text: str) -> dict[str, Any]:
        """`if isinstance(payload, dict)` stands around the claim checks."""
        token = self.parse(text)
        self.verify(token)
        with contextlib.suppress(ValueError):
            if not isinstance(json.loads(token.payload), dict):
                return {}
        return super().authenticate(text)


@fault("m-unknown-header-refused", precedent="Tasker 0.1.8 (executed); jsonwebtoken reads extra members as strings")
class UnknownHeaderRefused(JwtAuthenticator):
    """A header member that nobody knows makes the token invalid unless its value is a string."""

    def check_header(self, header: Mapping[str, Any]) -> None:
        """The header is read into a structure whose further members are a map of strings."""
        if any(not isinstance(value, str) for name, value in header.items() if name not in ("crit", "jwk", "x5c")):
            raise AuthenticationFailed(Reason.HEADER, "a header member is not a string")
        super().check_header(header)


@fault("m-crit-ignored", precedent="CVE-2025-59420 (Authlib), CVE-2026-32597 (PyJWT)")
class CritIgnored(JwtAuthenticator):
    """`crit` is a header member like any unknown one: ignored."""

    def check_critical(self, header: Mapping[str, Any]) -> None:
        """RFC 7515 §4.1.11 was read as optional."""


@fault("m-typ-unchecked", precedent="wso2/api-manager#2948")
class TypUnchecked(JwtAuthenticator):
    """Any kind of JWT the issuer signs passes for an access token."""

    def check_type(self, header: Mapping[str, Any]) -> None:
        """`typ` is decoration."""


@fault("m-typ-exact-jwt", precedent="an over-strict fix of token confusion")
class TypExactJwt(JwtAuthenticator):
    """`typ` has to be `JWT` to the letter, so that at+jwt and an absent one are refused."""

    def check_type(self, header: Mapping[str, Any]) -> None:
        """One equality for RFC 7519 §5.1 and RFC 9068 §2.1."""
        if header.get("typ") != "JWT":
            raise AuthenticationFailed(Reason.HEADER, "typ is not JWT")


@fault("m-typ-case-sensitive", precedent="RFC 7515 §4.1.9: media types have no case")
class TypCaseSensitive(JwtAuthenticator):
    """`typ` is compared to the letter, so that `jwt` and `application/at+jwt` are refused."""

    def check_type(self, header: Mapping[str, Any]) -> None:
        """The two spellings of the RFCs' own examples."""
        if header.get("typ", "JWT") not in ("JWT", "at+jwt"):
            raise AuthenticationFailed(Reason.HEADER, "typ is not one of the two")


@fault("m-crit-understood-anything", precedent="the CVE-2025-59420 class (Authlib); RFC 7515 §4.1.11")
class CritUnderstoodAnything(JwtAuthenticator):
    """`crit` refuses a token only for a member that is there and not registered, so that senseless lists pass."""

    def check_critical(self, header: Mapping[str, Any]) -> None:
        """That the list is an array, not empty, and names extensions only is left to the sender."""
        named = header.get("crit")
        named = named if isinstance(named, list) else []
        if any(isinstance(name, str) and name in header and name not in REGISTERED for name in named):
            super().check_critical(header)


@fault("m-replay-refused", precedent="an over-strict jti cache; RFC 6750 bearer tokens may be used again")
class ReplayRefused(JwtAuthenticator):
    """A token is refused when it is shown a second time."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.seen: set[str] = set()

    def authenticate(self, text: str) -> dict[str, Any]:
        """Advice for one-time assertions, applied to access tokens."""
        claims = super().authenticate(text)
        if text in self.seen:
            raise AuthenticationFailed(Reason.CLAIMS, "the token was used before")
        self.seen.add(text)
        return claims
