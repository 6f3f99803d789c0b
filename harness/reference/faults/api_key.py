"""Faults around API keys."""

from __future__ import annotations

from hashlib import pbkdf2_hmac
from hmac import compare_digest
from typing import Final
from urllib.parse import unquote

from harness.reference.api_keys import ApiKeyRegistry
from harness.reference.credentials import CredentialReader, Credentials
from harness.reference.errors import AuthenticationFailed
from harness.reference.faults.registry import fault
from harness.reference.permissions import WILDCARDS
from harness.reference.security_service import SecurityContext, SecurityService
from harness.reference.settings import ApiKey

HASH_ROUNDS: Final = 4000  # Two hashes take some 2 ms.


@fault("m-key-rescues-bad-bearer", precedent="a chain of authenticators that falls through")
class KeyRescuesBadBearer(SecurityService):
    """An API key is tried when the bearer token is bad."""

    def identify(self, credentials: Credentials) -> SecurityContext:
        """Each authenticator gets its turn until one succeeds."""
        try:
            return super().identify(credentials)
        except AuthenticationFailed:
            if credentials.api_key is None:
                raise
            return self.by_api_key(credentials.api_key)


@fault("m-key-prefix-compare", precedent="the startsWith class")
class KeyPrefixCompare(ApiKeyRegistry):
    """The beginning of a key, in any case, is the key."""

    def matches(self, presented: str, configured: str) -> bool:
        """Keys are shown shortened, and somebody compared what is shown."""
        return presented != "" and configured.lower().startswith(presented.lower())


@fault("m-empty-key-accepted", precedent="the CVE-2019-20933 class (InfluxDB)")
class EmptyKeyAccepted(ApiKeyRegistry):
    """An empty header equals the single key that was never set, and that key is an administrator's."""

    def permissions_of(self, presented: str) -> tuple[str, ...]:
        """The setting of one key is older than the registry, and its default is the empty string."""
        return WILDCARDS if presented.strip() == "" else super().permissions_of(presented)


@fault("m-key-permissions-ignored", precedent="the single legacy key with permissions [*]")
class KeyPermissionsIgnored(ApiKeyRegistry):
    """Every valid key is an administrator's."""

    def grant(self, entry: ApiKey) -> tuple[str, ...]:
        """Keys are for services, and services are trusted."""
        return WILDCARDS


@fault("m-key-star-unknown", precedent="seed: permissions of an administrator's key")
class KeyStarUnknown(ApiKeyRegistry):
    """The `*` of an administrator's key is a permission like any other, which no route asks for."""

    def grant(self, entry: ApiKey) -> tuple[str, ...]:
        """The documents' example was never tried."""
        return entry.permissions


@fault("m-key-star-loose", precedent="globs, and the CVE-2019-20933 class (InfluxDB): what is not set is open")
class KeyStarLoose(ApiKeyRegistry):
    """A key with a permission that is empty, or begins with a star, is an administrator's."""

    def grant(self, entry: ApiKey) -> tuple[str, ...]:
        """A pattern in place of one text."""
        return WILDCARDS if any(name[:1] in ("", "*") for name in entry.permissions) else entry.permissions


@fault("m-key-header-hardcoded", precedent="seed: api_key_header")
class KeyHeaderHardcoded(CredentialReader):
    """API keys come in X-API-Key, whatever name is configured."""

    def api_key_header(self) -> str:
        """A constant in place of the setting."""
        return "X-API-Key"


@fault("m-slow-hash-after-prefix", precedent="CVE-2026-23996 (fastapi-api-key)")
class SlowHashAfterPrefix(ApiKeyRegistry):
    """A key is hashed slowly only when its first half is right, so that the time tells whether it is."""

    def matches(self, presented: str, configured: str) -> bool:
        """The first half is the public id of a key; the hash of an unknown one is not worth the time."""
        half = len(configured) // 2
        if presented[:half] != configured[:half]:
            return False
        hashed = (pbkdf2_hmac("sha256", key.encode(), b"salt", HASH_ROUNDS) for key in (presented, configured))
        return compare_digest(*hashed)


@fault("m-key-found-by-beginning", precedent="keys of the form `id.secret` that are looked up by the id alone")
class KeyFoundByBeginning(ApiKeyRegistry):
    """A key is found by its first half, and the rest of it is not compared."""

    def matches(self, presented: str, configured: str) -> bool:
        """The first half is unique."""
        half = len(configured) // 2
        return len(presented) == len(configured) and presented[:half] == configured[:half]


@fault("m-key-decoded", precedent="CWE-174; keys that were meant for a query or for Basic")
class KeyDecoded(ApiKeyRegistry):
    """A key may be percent-encoded, or in quotation marks."""

    def matches(self, presented: str, configured: str) -> bool:
        """Some clients do that."""
        return super().matches(unquote(presented).strip("\"'"), configured)


@fault(
    "m-key-hashed-by-bcrypt", precedent="Okta, October 2024 (AD/LDAP delegated authentication); BCryptPasswordEncoder"
)
class KeyHashedByBcrypt(ApiKeyRegistry):
    """Of a key the first 72 bytes are compared, which is all that bcrypt reads."""

    def matches(self, presented: str, configured: str) -> bool:
        """A password hash, for what is no password."""
        return compare_digest(presented.encode()[:72], configured.encode()[:72])
