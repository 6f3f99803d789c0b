"""Faults in reading what stands in a token: how long, how encoded, how compressed, how often."""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any, Final

from harness.reference.compact import CompactToken, b64url_bytes, json_object, malformed, parse_compact
from harness.reference.errors import AuthenticationFailed
from harness.reference.faults.decryption import claims_inside
from harness.reference.faults.registry import fault
from harness.reference.jwt_authenticator import JwtAuthenticator

# A string of JSON, and the colon behind it when it is a member's name.
# A text that never ends is one match, too: else each of its quotation marks would be tried.
NAME_OR_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"(?P<colon>\s*+:)?|\\?\Z)', re.DOTALL)


@fault("m-split-unbounded", precedent="CVE-2025-30204 (golang-jwt)")
class SplitUnbounded(JwtAuthenticator):
    """A token is taken apart however long it is."""

    def parse(self, text: str) -> CompactToken:
        """The web server will have a limit of its own."""
        return parse_compact(text, len(text))


@fault("m-duplicate-header-first", precedent="RFC 7515 §10.12; the class of parsers that disagree")
class DuplicateHeaderFirst(JwtAuthenticator):
    """Of header members that occur twice the first one counts."""

    def parse(self, text: str) -> CompactToken:
        """A reader that stops at the first member of a name."""
        head, _, rest = text.partition(".")
        with contextlib.suppress(ValueError, AuthenticationFailed):
            members = json.loads(b64url_bytes(head), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
            once = urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()
            return replace(super().parse(f"{once}.{rest}"), signing_input=text.rpartition(".")[0].encode())
        return super().parse(text)


@fault("m-duplicate-claim-first", precedent="cJSON and RapidJSON, whose look-up finds the first of two members")
class DuplicateClaimFirst(JwtAuthenticator):
    """Of claims that occur twice the first one counts."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """A list of pairs that is searched from its beginning."""
        with contextlib.suppress(ValueError, RecursionError):
            text = token.payload.decode("utf-8")
            claims = json.loads(text, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
            return super().read_claims(replace(token, payload=json.dumps(claims).encode()))
        return super().read_claims(token)


@fault("m-escaped-claim-unread", precedent="RFC 8259 §8.3; the class of readers that search the text for a name")
class EscapedClaimUnread(JwtAuthenticator):
    """A claim whose name is written with an escape is another claim."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """Names are compared as they are written (RFC 7515 §5.3 removes the escapes first)."""
        payload = NAME_OR_TEXT.sub(
            lambda found: found[0].replace(b"\\", b"\\\\") if found["colon"] else found[0], token.payload
        )
        return super().read_claims(replace(token, payload=payload))


@fault("m-b64-false-accepted", precedent="RFC 7797 §7")
class B64FalseAccepted(JwtAuthenticator):
    """A payload that is not base64url-encoded is honoured when the header says so."""

    def parse(self, text: str) -> CompactToken:
        """A general JOSE library knows `b64` and therefore understands its `crit`; a JWT must not use it."""
        head, _, rest = text.partition(".")
        header = json_object(b64url_bytes(head))
        if header.get("b64") is not False:
            return super().parse(text)
        payload, _, signature = rest.rpartition(".")
        understood = {name: value for name, value in header.items() if name not in ("b64", "crit")}
        return CompactToken(understood, payload.encode(), b64url_bytes(signature), f"{head}.{payload}".encode())


@fault("m-zip-inflated", precedent="CVE-2024-33664 (python-jose), CVE-2025-62706 (Authlib)")
class ZipInflated(JwtAuthenticator):
    """A payload with `zip` in the header is inflated, without a bound."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """`zip` belongs to encryption (RFC 7516 §4.1.3); here one header serves both."""
        if token.header.get("zip") != "DEF":
            return super().read_claims(token)
        try:
            return json_object(zlib.decompress(token.payload, -zlib.MAX_WBITS))
        except zlib.error as error:
            raise malformed("the payload is not deflated") from error


@fault("m-utf16-accepted", precedent="json.loads of Python, which guesses the encoding of bytes; RFC 8725 §3.7")
class Utf16Accepted(JwtAuthenticator):
    """Claims in UTF-16 or UTF-32 are read like those in UTF-8."""

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """`json.loads(payload)` without decoding it first."""
        try:
            claims = json.loads(token.payload)
        except (ValueError, RecursionError) as error:
            raise malformed("the payload is not JSON") from error
        return super().read_claims(replace(token, payload=json.dumps(claims).encode()))


@fault("m-jwe-as-authenticated", precedent="CVE-2026-29000 (pac4j-jwt), CVE-2023-51774 (json-jwt)")
class JweAsAuthenticated(JwtAuthenticator):
    """What the service could decrypt with its private key counts as signed, although everybody has the public key."""

    def authenticate(self, text: str) -> dict[str, Any]:
        """Decrypting was taken for verifying; the claims inside are checked as ever."""
        if text.count(".") != 4 or not self.settings.decryption_key_pem:
            return super().authenticate(text)
        claims = claims_inside(text, self.settings.decryption_key_pem)
        self.claims.check(claims)
        return claims
