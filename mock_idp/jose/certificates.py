"""The self-signed certificate a provider puts beside a key as `x5c`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519

from mock_idp.jose.private_keys import LibraryPrivateKey

if TYPE_CHECKING:
    from cryptography import x509


@dataclass(frozen=True)
class CertificateProfile:
    """What a vendor writes into the certificate of a signing key.

    Attributes:
        common_name: subject and issuer CN, 1 to 64 characters (Auth0: the tenant, Keycloak: the realm).
        not_before: start of validity in unix seconds. Fixed by default: this package has no clock.
        days: length of validity in days (Keycloak: 10 years, Auth0: about 13.7).
    """

    common_name: str = "mock-idp"
    not_before: float = 1735689600.0  # 2025-01-01T00:00:00Z
    days: int = 3650


def self_signed(private_key: LibraryPrivateKey, profile: CertificateProfile) -> "x509.Certificate":
    """A certificate of the key, signed by the key itself (SHA-256, or pure Ed25519).

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
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=profile.days))
    )
    return builder.sign(private_key, None if isinstance(private_key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
