"""A certificate for services that serve gRPC over TLS, by an authority that nobody else has."""

from __future__ import annotations

import threading
from typing import NamedTuple

from harness.processes.ports import LOOPBACK
from harness.processes.scratch_folder import ScratchFolder

_CA, _CERTIFICATE, _KEY = "grpc-ca.pem", "grpc-certificate.pem", "grpc-key.pem"


class CertificateFiles(NamedTuple):
    """PEM files: what the harness trusts, and the chain and the private key (PKCS #8) that a service shows."""

    ca: str
    certificate: str
    key: str


class GrpcCertificate:
    """Made when it is first needed, and gone with `close`; may be asked by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: ScratchFolder | None = None

    def files(self) -> CertificateFiles:
        """Where they are, for a service on the loopback interface. Raises `TargetError` without room for them."""
        with self._lock:
            if self._folder is None:
                self._folder = _made()
            return CertificateFiles(*(str(self._folder.path / name) for name in (_CA, _CERTIFICATE, _KEY)))

    def close(self) -> None:
        """Remove them. May be called again."""
        with self._lock:
            if self._folder is not None:
                self._folder.remove()
                self._folder = None


def _made() -> ScratchFolder:
    import trustme
    from cryptography.hazmat.primitives import serialization as forms

    authority = trustme.CA()
    shown = authority.issue_cert(LOOPBACK, "localhost")
    # The form that every library reads; trustme writes the older one of the key's own kind.
    key = forms.load_pem_private_key(shown.private_key_pem.bytes(), None).private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
    )
    folder = ScratchFolder()
    folder.make()
    try:
        folder.write_secret(_CA, authority.cert_pem.bytes())
        folder.write_secret(_CERTIFICATE, b"".join(blob.bytes() for blob in shown.cert_chain_pems))
        folder.write_secret(_KEY, key)
    except BaseException:
        folder.remove()
        raise
    return folder
