"""Faults in reading one entry of a key set: which of its members says what the key is."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography import x509

from harness.reference.compact import CompactToken
from harness.reference.errors import FetchFailed, UnusableKey
from harness.reference.faults.registry import fault
from harness.reference.faults.symmetric import is_hmac, pem
from harness.reference.jwk import KeyLoader, VerificationKey
from harness.reference.jwt_authenticator import JwtAuthenticator, key_id


@fault("m-x5c-over-n-e", precedent="node-jwks-rsa 1, which took x5c where there was one")
class X5cOverNE(KeyLoader):
    """The key of an entry is taken from its certificate, and nobody compares it with `n` and `e`."""

    def public_key(self, kty: str, crv: str | None, entry: Mapping[str, Any]) -> Any:
        """The certificate looked more official."""
        key = super().public_key(kty, crv, entry)
        with contextlib.suppress(ValueError, TypeError, LookupError):
            return x509.load_der_x509_certificate(base64.b64decode(entry["x5c"][0])).public_key()
        return key


@fault("m-jwk-kty-ignored", precedent="the class of readers that only look for n and e")
class JwkKtyIgnored(KeyLoader):
    """Whatever has `n` and `e` is an RSA key, whatever `kty` says."""

    def load_key(self, entry: object) -> VerificationKey:
        """The first issuer tried had RSA keys and nothing else."""
        if isinstance(entry, Mapping) and {"n", "e"} <= entry.keys():
            return super().load_key({**entry, "kty": "RSA"})
        return super().load_key(entry)


@fault("m-jwk-type-by-curve", precedent="the class of readers that guess the type of a key by its members")
class JwkTypeByCurve(KeyLoader):
    """Whatever has `crv` is an EC key, whatever `kty` says."""

    def load_key(self, entry: object) -> VerificationKey:
        """Only EC keys have a curve."""
        if isinstance(entry, Mapping) and str(entry.get("crv")).startswith("P-"):
            return super().load_key({**entry, "kty": "EC"})
        return super().load_key(entry)


@fault("m-jwk-type-from-alg", precedent="the class of readers that choose the type of a key by its alg")
class JwkTypeFromAlg(KeyLoader):
    """The type of a key is that of the algorithm in its entry, whatever `kty` says."""

    def load_key(self, entry: object) -> VerificationKey:
        """One table from algorithms to types."""
        if isinstance(entry, Mapping):
            kty = {"ES": "EC", "RS": "RSA", "PS": "RSA"}.get(str(entry.get("alg"))[:2])
            entry = {**entry, "kty": kty} if kty else entry
        return super().load_key(entry)


@fault("m-jwk-curve-ignored", precedent="the class of readers that know one curve")
class JwkCurveIgnored(KeyLoader):
    """An EC key is on P-256, whatever `crv` says."""

    def load_key(self, entry: object) -> VerificationKey:
        """ES256 is the only algorithm anybody uses."""
        if isinstance(entry, Mapping) and entry.get("kty") == "EC":
            with contextlib.suppress(UnusableKey):
                return super().load_key({**entry, "crv": "P-256"})
        return super().load_key(entry)


@fault(
    "m-jwk-alg-over-allowlist", precedent="the class of CVE-2026-22817 (Hono), where a key and not the service chooses"
)
class JwkAlgOverAllowlist(JwtAuthenticator):
    """The `alg` of a published key is allowed because it is published, HMAC with the public key included."""

    def verify(self, token: CompactToken) -> None:
        """The issuer was thought to know best."""
        name = token.header.get("alg")
        if isinstance(name, str) and name.startswith("HS"):
            for key in self.keys.find(key_id(token.header)):
                if key.algorithm == name and is_hmac(token, pem(key)):
                    return
        super().verify(token)


@fault("m-jwk-duplicate-first", precedent="cJSON and RapidJSON, whose look-up finds the first of two members")
class JwkDuplicateFirst(KeyLoader):
    """Of members that stand twice in an entry of the key set the first one counts."""

    def read_document(self, body: bytes) -> list[Any]:
        """A list of pairs that is searched from its beginning."""
        try:
            document = json.loads(body.decode("utf-8-sig"), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
        except (ValueError, RecursionError) as error:
            raise FetchFailed("the key set is not JSON") from error
        return super().read_document(json.dumps(document).encode())
