"""The port at which a reference service serves gRPC: over TLS where a certificate is configured, else in the clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.reference.settings import ReferenceSettings


class GrpcListener:
    """HOST:PORT (0: any free one) of one server."""

    def __init__(self, address: str, settings: ReferenceSettings) -> None:
        self.address, self.settings = address, settings

    def bind(self, server: Any) -> int:
        """Binds the port of a server of grpcio that isn't started; returns which. Raises `RuntimeError`."""
        import grpc  # Here, for faults of this part are known without the extra, too.

        settings = self.settings
        if not settings.grpc_tls_cert_path:
            return int(server.add_insecure_port(self.address))
        pair = [Path(name).read_bytes() for name in (settings.grpc_tls_key_path, settings.grpc_tls_cert_path)]
        return int(server.add_secure_port(self.address, grpc.ssl_server_credentials([(pair[0], pair[1])])))
