"""From the text of a bearer token to claims that can be believed (RFC 7515 §5.2, RFC 7519 §7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.algorithms import ALGORITHMS, signature_is_valid
from harness.reference.claims import ClaimsChecker
from harness.reference.compact import CompactToken, json_object, parse_compact
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.jwk import VerificationKey
from harness.reference.jwks_key_store import KeySource
from harness.reference.settings import ReferenceSettings

# RFC 7519 §5.1 and RFC 9068 §2.1; compared without case and without "application/".
ACCEPTED_TYPES = ("jwt", "at+jwt")


class JwtAuthenticator:
    """Verifies one token at a time; every refusal is an `AuthenticationFailed` with its reason."""

    def __init__(
        self,
        settings: ReferenceSettings,
        keys: KeySource,
        claims: ClaimsChecker,
        other_keys: Mapping[str, KeySource] | None = None,
    ) -> None:
        """`keys` are those of `jwt_issuer`, `other_keys` those of the other issuers by their `iss`."""
        self.settings = settings
        self.keys = keys
        self.claims = claims
        self.other_keys = dict(other_keys or {})

    def authenticate(self, text: str) -> dict[str, Any]:
        """The claims of a token that is well formed, signed by the issuer, current, and meant for us."""
        token = self.parse(text)
        self.check_header(token.header)
        self.verify(token)
        claims = self.read_claims(token)
        self.claims.check(claims)
        return claims

    def parse(self, text: str) -> CompactToken:
        """The token taken apart; only the compact serialization is a JWT (RFC 7519 §1)."""
        return parse_compact(text, self.settings.max_token_bytes)

    def check_header(self, header: Mapping[str, Any]) -> None:
        """What the header alone decides, before any key is looked for."""
        self.check_critical(header)
        self.check_type(header)

    def check_critical(self, header: Mapping[str, Any]) -> None:
        """No extension is understood here, so every `crit` refuses the token (RFC 7515 §4.1.11)."""
        if "crit" in header:
            raise AuthenticationFailed(Reason.HEADER, "crit names an extension that is not understood")

    def check_type(self, header: Mapping[str, Any]) -> None:
        """`typ` is absent or says that this is an access token (RFC 8725 §3.11, RFC 9068 §4)."""
        kind = header.get("typ", "JWT")
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in ACCEPTED_TYPES:
            raise AuthenticationFailed(Reason.HEADER, "typ is that of another kind of token")

    def verify(self, token: CompactToken) -> None:
        """Raises unless one of the keys the token may be signed with made its signature."""
        algorithm = self.select_algorithm(token.header)
        keys = [key for key in self.candidate_keys(token) if self.key_fits(key, algorithm)]
        if not keys:
            raise AuthenticationFailed(Reason.UNKNOWN_KEY, "no published key fits")
        if not any(self.signature_is_valid(algorithm, key, token) for key in keys):
            raise AuthenticationFailed(Reason.SIGNATURE, "the signature is not valid")

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """The token's `alg` when the service allows it; the token has no further say (RFC 8725 §3.1)."""
        name = header.get("alg")
        if not isinstance(name, str) or name not in self.settings.jwt_allowed_algorithms:
            raise AuthenticationFailed(Reason.ALGORITHM, "alg is not on the allow-list")
        return name

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """The keys that the `kid` selects; no other header member leads to a key (RFC 8725 §3.10)."""
        return self.keys_of_issuer(token).find(key_id(token.header))

    def keys_of_issuer(self, token: CompactToken) -> KeySource:
        """The keys of the issuer that the token names: no issuer signs for another (RFC 8725 §3.8)."""
        if not self.other_keys:
            return self.keys
        issuer = json_object(token.payload).get("iss")
        return self.other_keys.get(issuer, self.keys) if isinstance(issuer, str) else self.keys

    def key_fits(self, key: VerificationKey, algorithm: str) -> bool:
        """Whether type, curve and, if given, `alg` of the key are those of the algorithm (RFC 7517 §4.4)."""
        wanted = ALGORITHMS[algorithm]
        return (key.kty, key.crv) == (wanted.kty, wanted.crv) and key.algorithm in (None, algorithm)

    def signature_is_valid(self, algorithm: str, key: VerificationKey, token: CompactToken) -> bool:
        """The cryptographic check itself."""
        return signature_is_valid(algorithm, key.public_key, token.signing_input, token.signature)

    def read_claims(self, token: CompactToken) -> dict[str, Any]:
        """The payload as a claims set, which is a JSON object and nothing else (RFC 7519 §7.2 step 10)."""
        return json_object(token.payload)


def key_id(header: Mapping[str, Any]) -> str | None:
    """The `kid`, None when absent; raises for one that is no string (RFC 7515 §4.1.4)."""
    if "kid" not in header:
        return None
    kid = header["kid"]
    if not isinstance(kid, str):
        raise AuthenticationFailed(Reason.HEADER, "kid is not a string")
    return kid
