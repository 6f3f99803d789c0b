"""Faults in reading the key set: which entries count, and what one bad entry does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.errors import FetchFailed, UnusableKey
from harness.reference.faults.registry import fault
from harness.reference.jwk import KeyLoader, VerificationKey


@fault("m-one-bad-entry-poisons", precedent="pyjwt#722, jwt-authorizer#25, caddy-security#170")
class OneBadEntryPoisons(KeyLoader):
    """One entry that is foreign or malformed makes the whole set unusable."""

    def load_entries(self, entries: list[Any]) -> tuple[VerificationKey, ...]:
        """The error of one is the error of all."""
        try:
            return tuple(self.load_key(entry) for entry in entries)
        except UnusableKey as error:
            raise FetchFailed("the key set has an entry that cannot be read") from error


@fault("m-requires-jwk-alg-use", precedent="an over-strict loader; Entra ID publishes no alg")
class RequiresJwkAlgUse(KeyLoader):
    """Keys without the optional members `alg` and `use` are dropped."""

    def load_key(self, entry: object) -> VerificationKey:
        """The first issuer tried had them."""
        if isinstance(entry, Mapping) and not {"alg", "use"} <= set(entry):
            raise UnusableKey("alg or use is missing")
        return super().load_key(entry)


@fault("m-enc-key-used", precedent="Wycheproof rejectWrongUse")
class EncKeyUsed(KeyLoader):
    """A key published for encryption verifies signatures."""

    def check_use(self, entry: Mapping[str, Any]) -> None:
        """A key is a key."""


@fault("m-weak-rsa-accepted", precedent="Wycheproof rejects1024bitRsaKey")
class WeakRsaAccepted(KeyLoader):
    """RSA keys of any size are used."""

    def minimum_rsa_bits(self) -> int:
        """RFC 7518 §3.3 is left to the issuer."""
        return 0


@fault("m-garbage-200-clears-keys", precedent="nextcloud/user_oidc#1127")
class Garbage200ClearsKeys(KeyLoader):
    """A 200 answer that is no key set counts as an empty one."""

    def read_document(self, body: bytes) -> list[Any]:
        """`data.get("keys", [])` around a caught exception."""
        try:
            return super().read_document(body)
        except FetchFailed:
            return []
