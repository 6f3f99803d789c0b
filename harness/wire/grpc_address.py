"""Where a service serves gRPC, in the clear or over TLS, and why nobody is reached there (extra `grpc`)."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.shown.foreign_text import foreign
from harness.wire.grpc_library import quiet_grpc

_SCHEME = "https://"
_SECONDS = 5.0
# X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL.
_OF_ANOTHER_HOST = (62, 64)


@dataclass(frozen=True)
class GrpcAddress:
    """`at` is HOST:PORT. Over TLS the certificate must be one for that host, from an authority of the PEM file
    `ca_file`, or else of the one that SSL_CERT_FILE names, or that gRPC brings along.
    """

    at: str
    tls: bool = False
    ca_file: str = ""

    @classmethod
    def read(cls, text: str, ca_file: str = "") -> GrpcAddress:
        """Of HOST:PORT, or of https://HOST:PORT for TLS; a `ca_file` asks for TLS too."""
        return cls(text.removeprefix(_SCHEME), text.startswith(_SCHEME) or bool(ca_file), ca_file)

    def __str__(self) -> str:
        return (_SCHEME if self.tls else "") + self.at

    @property
    def url(self) -> str:
        """The same as a URL."""
        return (_SCHEME if self.tls else "http://") + self.at

    @property
    def in_the_clear(self) -> GrpcAddress:
        """The same port without TLS."""
        return GrpcAddress(self.at)

    def channel(self, options: Sequence[tuple[str, Any]] = ()) -> Any:
        """A channel to it. Raises `HarnessError` without the extra, and `OSError` for a file that can't be read."""
        grpc = quiet_grpc()
        if not self.tls:
            return grpc.insecure_channel(self.at, options=options)
        return grpc.secure_channel(self.at, grpc.ssl_channel_credentials(self._roots()), options=options)

    def _roots(self) -> bytes | None:
        file = self.ca_file or ssl.get_default_verify_paths().cafile
        return Path(file).read_bytes() if file else None

    def why_not_reached(self) -> str | None:
        """What keeps callers of this address out before any call, with what to do; None when nothing is seen.

        It is a handshake and no more: in the clear too, as a port that shows a certificate speaks TLS alone.
        """
        context = ssl.create_default_context(cafile=self.ca_file or None) if self.tls else _anything()
        context.set_alpn_protocols(["h2"])
        host, _, port = self.at.rpartition(":")
        host = host.strip("[]")
        try:
            with (
                socket.create_connection((host, int(port)), _SECONDS) as connection,
                context.wrap_socket(connection, server_hostname=host),
            ):
                return None if self.tls else f"it speaks TLS there: write {_SCHEME}{self.at}"
        except ssl.SSLCertVerificationError as error:
            return f"its certificate is not trusted: {foreign(error.verify_message)}" + self._advice(error.verify_code)
        except ssl.SSLError as error:
            return f"it speaks no TLS there: {foreign(error.reason or error)}" if self.tls else None
        except OSError as error:
            return str(foreign(error.strerror or error)) if self.tls else None

    def _advice(self, code: int) -> str:
        if code in _OF_ANOTHER_HOST:
            return ""
        return f"; no authority in {self.ca_file} signed it" if self.ca_file else "; name the PEM file of its authority"


def _anything() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
