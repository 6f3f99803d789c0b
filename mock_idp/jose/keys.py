"""A signing key of a provider: parsed once, signs, and shows only its public half."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from mock_idp.jose.algorithms import CURVE_NAMES, Algorithm, find_algorithm
from mock_idp.jose.certificates import CertificateProfile, self_signed
from mock_idp.jose.der import pem
from mock_idp.jose.encoding import b64url_encode, b64url_uint, compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.jose.kid import KidShape, uuid4
from mock_idp.jose.private_keys import (
    DEFAULT_RSA_BITS,
    DEFAULT_RSA_EXPONENT,
    PrivateKey,
    PublicKey,
    edwards_curve,
    fits,
    generate_private_key,
)
from mock_idp.jose.public_jwk import CERTIFICATE_MEMBERS, DEFAULT_MEMBERS, PublicJwk
from mock_idp.jose.raw_rsa import RawRsaKey, RawRsaPublicKey
from mock_idp.jose.signing import sign

if TYPE_CHECKING:
    from cryptography import x509


class SigningKey:
    """A private key object with the kid and the algorithm it is published under.

    Attributes:
        kid: the key id, never changed.
        algorithm: the algorithm it signs with unless told otherwise.
        use: `sig`, or `enc` for the encryption key some vendors publish beside it (RFC 7517 section 4.2).
        published_alg: the `alg` of the JWK: the algorithm's name, but `RSA-OAEP` on an encryption key.
        issuer: the `issuer` member of the JWK, for vendors whose key sets say whose each key is.
        is_ours: whether it was made here: then it may be exported, and used again when its issuer is gone.
    """

    is_ours = True

    def __init__(
        self,
        private_key: PrivateKey,
        algorithm: str,
        kid: str | KidShape = uuid4,
        *,
        use: Literal["sig", "enc"] = "sig",
        published_alg: str | None = None,
        certificate: CertificateProfile | None = None,
        issuer: str | None = None,
    ) -> None:
        """In: a kid, or a kid shape that makes one from the key; `certificate` says what x5c will hold.

        Raises JoseError: `unknown_algorithm`; `key_mismatch` when the key cannot sign with the algorithm.
        """
        self.algorithm: Algorithm = find_algorithm(algorithm)
        if not fits(private_key, self.algorithm):
            sentence = f"A key of type {type(private_key).__name__} cannot be published for {algorithm}."
            raise JoseError("key_mismatch", sentence, "algorithm")
        self._private_key = private_key
        self.use: Literal["sig", "enc"] = use
        self.published_alg = algorithm if published_alg is None else published_alg
        self.issuer = issuer
        self._profile = certificate or CertificateProfile()
        self._public_key: PublicKey = private_key.public_key()
        self._certificate: x509.Certificate | None = None
        self._json: tuple[tuple[str, ...], bytes] | None = None
        self.kid: str = kid if isinstance(kid, str) else kid(self)

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r}, algorithm={self.algorithm.name!r}, use={self.use!r})"

    def sign(self, data: bytes, algorithm: Algorithm | None = None) -> bytes:
        """The JWS signature of `data`, with another algorithm of the same key type when one is given.

        Raises JoseError `key_mismatch` when the key cannot sign with it.
        """
        return sign(self.private_key, algorithm or self.algorithm, data)

    @property
    def private_key(self) -> PrivateKey:
        """The parsed key object. It leaves this object only through here and `private_pem`."""
        return self._private_key

    @property
    def public_key(self) -> PublicKey:
        """The parsed public key object."""
        return self._public_key

    @property
    def has_certificate(self) -> bool:
        """Whether `certificate` can make one: for every key but a raw RSA key, which no library signs with."""
        return not isinstance(self.private_key, RawRsaKey)

    def x5c(self) -> tuple[str, ...]:
        """The certificate as an `x5c` member or header holds it: standard base64 (RFC 7517 section 4.7).

        Raises as `certificate`.
        """
        return (base64.b64encode(self.certificate_der()).decode("ascii"),)

    def public(self, *, with_certificate: bool = False) -> PublicJwk:
        """The public half; the certificate members only when asked for, as they cost a signature once.

        A raw RSA key has none of them.
        """
        x5c = x5t = x5t_s256 = None
        if with_certificate and self.has_certificate:
            certificate = self.certificate()
            x5c = self.x5c()
            x5t = b64url_encode(certificate.fingerprint(hashes.SHA1()))
            x5t_s256 = b64url_encode(certificate.fingerprint(hashes.SHA256()))
        return PublicJwk(
            kty=self.algorithm.family,
            kid=self.kid,
            use=self.use,
            alg=self.published_alg,
            parameters=_parameters(self._public_key),
            x5c=x5c,
            x5t=x5t,
            x5t_s256=x5t_s256,
            issuer=self.issuer,
        )

    def public_jwk(self, members: Sequence[str] = DEFAULT_MEMBERS) -> dict[str, Any]:
        """The JWK with the vendor's members in the vendor's order (see `PublicJwk.as_dict`)."""
        return self.public(with_certificate=not CERTIFICATE_MEMBERS.isdisjoint(members)).as_dict(members)

    def public_json(self, members: tuple[str, ...]) -> bytes:
        """The JWK as JSON without white space; made once, as a key never changes and is served again and again."""
        if self._json is None or self._json[0] != members:
            self._json = members, compact_json(self.public_jwk(members))
        return self._json[1]

    def certificate(self) -> "x509.Certificate":
        """The self-signed certificate of this key, made at the first call and kept.

        Raises JoseError `no_certificate` for a raw RSA key.
        """
        if self._certificate is None:
            if isinstance(self.private_key, RawRsaKey):
                sentence = f"Key {self.kid!r} is of a size or exponent for which no certificate can be made."
                raise JoseError("no_certificate", sentence, "key")
            self._certificate = self_signed(self.private_key, self._profile)
        return self._certificate

    def certificate_der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate().public_bytes(serialization.Encoding.DER)

    def spki_der(self) -> bytes:
        """The SubjectPublicKeyInfo in DER (RFC 5280 section 4.1.2.7)."""
        if isinstance(self._public_key, RawRsaPublicKey):
            return self._public_key.spki_der()
        return self._public_key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def public_pem(self) -> str:
        """The public key as SPKI PEM with a trailing newline."""
        return pem("PUBLIC KEY", self.spki_der())

    def private_pem(self) -> str:
        """The explicit export: the private key as unencrypted PKCS #8 PEM. Nothing else shows it as text.

        Raises JoseError `no_private_pem` for a raw RSA key, which no program could load.
        """
        if isinstance(self.private_key, RawRsaKey):
            sentence = f"Key {self.kid!r} is of a size or exponent that has no PKCS #8 form; export another key."
            raise JoseError("no_private_pem", sentence, "key")
        return self.private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode("ascii")


def generate_key(
    algorithm: str,
    *,
    bits: int = DEFAULT_RSA_BITS,
    exponent: int = DEFAULT_RSA_EXPONENT,
    kid: str | KidShape = uuid4,
    use: Literal["sig", "enc"] = "sig",
    published_alg: str | None = None,
    certificate: CertificateProfile | None = None,
) -> SigningKey:
    """A signing key with fresh material; `bits` and `exponent` matter to RSA only.

    Raises JoseError: `unknown_algorithm`, `no_private_key`, `bad_key_parameters`.
    """
    private_key = generate_private_key(find_algorithm(algorithm), bits=bits, exponent=exponent)
    return SigningKey(private_key, algorithm, kid, use=use, published_alg=published_alg, certificate=certificate)


def _parameters(public_key: PublicKey) -> tuple[tuple[str, str], ...]:
    if isinstance(public_key, rsa.RSAPublicKey):
        rsa_numbers = public_key.public_numbers()
        return ("n", b64url_uint(rsa_numbers.n)), ("e", b64url_uint(rsa_numbers.e))
    if isinstance(public_key, RawRsaPublicKey):
        return ("n", b64url_uint(public_key.n)), ("e", b64url_uint(public_key.e))
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        width = (public_key.curve.key_size + 7) // 8
        point = public_key.public_numbers()
        crv = CURVE_NAMES[public_key.curve.name]
        return ("crv", crv), ("x", b64url_uint(point.x, width)), ("y", b64url_uint(point.y, width))
    return ("crv", edwards_curve(public_key)), ("x", b64url_encode(public_key.public_bytes_raw()))
