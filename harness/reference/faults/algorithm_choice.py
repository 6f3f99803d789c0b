"""Faults in choosing the algorithm: how its name is read, and what is allowed beside what was configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.algorithms import ALGORITHMS
from harness.reference.compact import CompactToken
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.jwt_authenticator import JwtAuthenticator


@fault("m-alg-name-loose", precedent="SignatureAlgorithm.forName of JJWT, which ignores case; RFC 7515 §4.1.1")
class AlgNameLoose(JwtAuthenticator):
    """Case, and blanks and a NUL around it, make no difference to `alg`."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """Meant to be friendly."""
        read = str(header.get("alg")).partition("\0")[0].strip().upper()
        near = [name for name in self.settings.jwt_allowed_algorithms if name.upper() == read]
        return near[0] if near else super().select_algorithm(header)


@fault("m-alg-defaulted", precedent="RFC 7515 §4.1.1; libraries with a default algorithm")
class AlgDefaulted(JwtAuthenticator):
    """A token that names no algorithm has the first that is allowed."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """`header.get("alg") or default`."""
        return super().select_algorithm(
            header if header.get("alg") else {"alg": self.settings.jwt_allowed_algorithms[0]}
        )


@fault("m-default-algorithms-added", precedent="lists of defaults that are merged with what was configured")
class DefaultAlgorithmsAdded(JwtAuthenticator):
    """RS256 and its kin, and ES256, are allowed whatever was configured."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """`{*DEFAULTS, *settings}`."""
        name = header.get("alg")
        return name if name in ("RS256", "RS384", "RS512", "ES256") else super().select_algorithm(header)


@fault("m-rs256-always-allowed", precedent="RS256 as what every provider must support, OpenID Connect Core §15.1")
class Rs256AlwaysAllowed(JwtAuthenticator):
    """RS256 is allowed whatever was configured."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """A service that moved on to another algorithm never leaves this one."""
        return "RS256" if header.get("alg") == "RS256" else super().select_algorithm(header)


@fault("m-es256-always-allowed", precedent="ES256 as what RFC 7518 §3.1 recommends for the future")
class Es256AlwaysAllowed(JwtAuthenticator):
    """ES256 is allowed whatever was configured."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """It is one of the good ones."""
        return "ES256" if header.get("alg") == "ES256" else super().select_algorithm(header)


@fault("m-eddsa-always-allowed", precedent="key types with one algorithm each, where there seems nothing to configure")
class EddsaAlwaysAllowed(JwtAuthenticator):
    """EdDSA is allowed whatever was configured."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """The key says it all."""
        return "EdDSA" if header.get("alg") == "EdDSA" else super().select_algorithm(header)


@fault("m-same-family-allowed", precedent="allow-lists that are kept as key types; RFC 8725 §3.1")
class SameFamilyAllowed(JwtAuthenticator):
    """Any algorithm for keys of an allowed one's type is allowed; what the key says of itself still counts."""

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """RSA is RSA, and a curve a curve."""
        types = {ALGORITHMS[name].kty for name in self.settings.jwt_allowed_algorithms}
        name = header.get("alg")
        known = ALGORITHMS.get(name) if isinstance(name, str) else None
        return known.name if known and known.kty in types else super().select_algorithm(header)


@fault("m-key-decides-algorithm", precedent="verifiers that branch on the type of the key object; RFC 7515 §5.2 step 8")
class KeyDecidesAlgorithm(JwtAuthenticator):
    """An allowed `alg` opens the door, and then the signature is checked as the key would have it."""

    def verify(self, token: CompactToken) -> None:
        """`alg` is compared with the list and not looked at again."""
        named = self.select_algorithm(token.header)
        for key in self.candidate_keys(token):
            own = [name for name in ALGORITHMS if key.algorithm in (None, name) and self.key_fits(key, name)]
            name = named if named in own else own[0] if own else ""
            if name and self.signature_is_valid(name, key, token):
                return
        super().verify(token)


@fault("m-first-algorithm-pinned", precedent="validators that are built for the first token and kept")
class FirstAlgorithmPinned(JwtAuthenticator):
    """The algorithm of the first token is that of all others."""

    _pinned: str | None = None

    def select_algorithm(self, header: Mapping[str, Any]) -> str:
        """An issuer has one."""
        algorithm = super().select_algorithm(header)
        if self._pinned not in (None, algorithm):
            raise AuthenticationFailed(Reason.ALGORITHM, "the algorithm is another one than before")
        self._pinned = algorithm
        return algorithm
