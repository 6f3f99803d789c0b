"""Faults in reading the key set: which entries count, and what one bad entry does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.errors import FetchFailed, UnusableKey
from harness.reference.faults.registry import fault
from harness.reference.faults.textbook_rsa import TextbookRsaKey
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


@fault("m-huge-rsa-accepted", precedent="CVE-2023-29409 (Go crypto/tls)")
class HugeRsaAccepted(KeyLoader):
    """An RSA modulus may be as long as it likes."""

    def maximum_rsa_bits(self) -> int:
        """Longer is safer."""
        return 2**31


@fault("m-bad-exponent-accepted", precedent="Wycheproof exponentOne")
class BadExponentAccepted(KeyLoader):
    """RSA keys with a senseless modulus or exponent are used, and with e = 1 everybody can sign."""

    def rsa_key(self, modulus: int, exponent: int) -> Any:
        """An RSA implementation of its own, which takes two numbers and calculates."""
        try:
            return super().rsa_key(modulus, exponent)
        except (UnusableKey, ValueError):
            if not self.minimum_rsa_bits() <= modulus.bit_length() <= self.maximum_rsa_bits():
                raise
            return TextbookRsaKey(modulus, exponent)


@fault("m-key-ops-ignored", precedent="RFC 7517 §4.3; the class of members nobody reads")
class KeyOpsIgnored(KeyLoader):
    """A key that is not for verifying according to `key_ops` verifies signatures."""

    def check_use(self, entry: Mapping[str, Any]) -> None:
        """Only `use` is known."""
        super().check_use({name: value for name, value in entry.items() if name != "key_ops"})


@fault("m-ten-keys-of-a-set", precedent="cacheMaxEntries of node-jwks-rsa, 5 by default; readers with an array of ten")
class TenKeysOfASet(KeyLoader):
    """Of a key set the first ten entries are read."""

    def load_entries(self, entries: list[Any]) -> tuple[VerificationKey, ...]:
        """Providers publish two."""
        return super().load_entries(entries[:10])


@fault("m-one-entry-for-each-key", precedent="JJWT 0.13.0, findings/jjwt-one-key-under-two-kids.sh")
class OneEntryForEachKey(KeyLoader):
    """Of a key that stands twice in the set, under two kids or for two uses, the first entry is read."""

    def load_entries(self, entries: list[Any]) -> tuple[VerificationKey, ...]:
        """A set has nothing twice, and a key is its numbers."""
        material = ("kty", "crv", "n", "e", "x", "y")
        first: dict[str, Any] = {}
        for entry in entries:
            one = {name: entry.get(name) for name in material} if isinstance(entry, Mapping) else entry
            first.setdefault(repr(one), entry)
        return super().load_entries(list(first.values()))


@fault("m-key-entry-kept", precedent="caches that know a key by its kid and modulus")
class KeyEntryKept(KeyLoader):
    """What an entry says of its key is read once for each kid and key, and kept."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], VerificationKey] = {}

    def load_key(self, entry: object) -> VerificationKey:
        """Making a key of its members takes time."""
        if not isinstance(entry, Mapping):
            return super().load_key(entry)
        material = tuple(str(entry.get(name)) for name in ("kid", "kty", "crv", "n", "e", "x", "y"))
        if material not in self._kept:
            self._kept[material] = super().load_key(entry)
        return self._kept[material]
