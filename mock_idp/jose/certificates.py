"""The self-signed certificate a provider puts beside a key as `x5c`."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519, padding, rsa

from mock_idp.jose.der import NULL, bit_string, sequence
from mock_idp.jose.private_keys import LibraryPrivateKey

if TYPE_CHECKING:
    from cryptography import x509

_DAY = 86_400_000
_VERSION_3 = bytes.fromhex("a003020102")
# RFC 8017 appendix A.2.4.
_SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")


@dataclass(frozen=True)
class CertificateProfile:
    """What a vendor writes into the certificate of a signing key.

    Attributes:
        common_name: subject and issuer CN, 1 to 64 characters (Auth0: the tenant, Keycloak: the realm).
        not_before: start of validity in unix seconds. Fixed by default: this package has no clock.
        days: length of validity in days (Keycloak: 10 years, Auth0: about 13.7).
        version: 3, or 1 for one of an RSA key without extensions whose serial number is a time in milliseconds, as
            Keycloak makes it.
    """

    common_name: str = "mock-idp"
    not_before: float = 1735689600.0  # 2025-01-01T00:00:00Z
    days: int = 3650
    version: Literal[1, 3] = 3


def self_signed(private_key: LibraryPrivateKey, profile: CertificateProfile) -> "x509.Certificate":
    """A certificate of the key, signed by the key itself (SHA-256, or what an Edwards curve has inside).

    Costs one signature, under a millisecond; callers keep it.
    """
    # Imported here because it is half of this package's start-up, and many issuers publish no certificate.
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, profile.common_name[:64])])
    start = datetime.fromtimestamp(profile.not_before, UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number() if profile.version == 3 else _milliseconds(profile))
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=profile.days))
    )
    is_edwards = isinstance(private_key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
    made = builder.sign(private_key, None if is_edwards else hashes.SHA256())
    if profile.version == 1 and isinstance(private_key, rsa.RSAPrivateKey):
        return x509.load_der_x509_certificate(_first_version(private_key, made.tbs_certificate_bytes))
    return made


def _milliseconds(profile: CertificateProfile) -> int:
    return int(profile.not_before) * 1000 + secrets.randbelow(profile.days * _DAY)


def _first_version(private_key: rsa.RSAPrivateKey, third: bytes) -> bytes:
    """The certificate of version 1 (RFC 5280 section 4.1.2.1), which is the default and stands nowhere.

    In: what is signed of one of version 3 without extensions.
    """
    # The two bytes of length of a sequence of this size, and the version behind them.
    signed = sequence(third[4:].removeprefix(_VERSION_3))
    signature = private_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return sequence(signed, sequence(_SHA256_WITH_RSA, NULL), bit_string(signature))
