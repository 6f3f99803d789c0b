"""Server certificates that a client must trust or must not, made anew each time."""

from __future__ import annotations

import datetime
import ssl
import tempfile
import threading
import warnings
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)
_WARNINGS = threading.Lock()  # The filters of warnings belong to the process.


def server_contexts(host: str, folder: Path) -> tuple[bytes, dict[str, ssl.SSLContext]]:
    """The PEM of a CA to trust, and a TLS server's settings for each kind of certificate for `host`.

    The kinds are those of `vocabulary.CERTIFICATES`; `tls-1.0` has the good certificate and an old protocol. Private
    keys are files in `folder` for a moment, as the ssl module reads them from files only.
    """
    now = datetime.datetime.now(datetime.UTC)
    ca, stranger = trustme.CA(), trustme.CA()
    good = ca.issue_cert(host)
    return ca.cert_pem.bytes(), {
        "trusted": _context(good, folder),
        "self-signed": _self_signed(host, now, folder),
        "wrong-host": _context(ca.issue_cert("other.example"), folder),
        "expired": _context(ca.issue_cert(host, not_before=now - 30 * _DAY, not_after=now - _DAY), folder),
        "unknown-ca": _context(stranger.issue_cert(host), folder),
        "tls-1.0": _tls_1_0(good, folder),
    }


def _context(certificate: trustme.LeafCert, folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # configure_cert would do that in the folder for temporary files, where kill -9 would leave the key.
    with certificate.private_key_and_cert_chain_pem.tempfile(dir=str(folder)) as pem:
        context.load_cert_chain(pem)
    return context


def _tls_1_0(certificate: trustme.LeafCert, folder: Path) -> ssl.SSLContext:
    context = _context(certificate, folder)
    _allow_tls_1_0_alone(context)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def _allow_tls_1_0_alone(context: ssl.SSLContext, tries: int = 5) -> None:
    try:
        with _WARNINGS, warnings.catch_warnings():  # That it is a thing of the past is what the case is about.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    except DeprecationWarning:  # A test that began or ended in another thread has put pytest's filters there.
        if tries == 1:
            raise
        _allow_tls_1_0_alone(context, tries - 1)


def _self_signed(host: str, now: datetime.datetime, folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem", dir=folder) as file:
        file.write(private + certificate.public_bytes(pem))
        file.flush()
        context.load_cert_chain(file.name)
    return context
