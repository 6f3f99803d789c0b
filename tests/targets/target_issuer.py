"""A JWKS server and tokens of its own, so that these tests need nothing of the mock identity provider."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.targets import ServiceConfig, Target

READ_PATH = "/v1/templates"
READ_PERMISSION = "worker:templates_read"


class Issuer:
    """One RSA key, served at any path; requests in absolute form are answered too. `requests` holds the targets."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.requests: list[str] = []
        numbers = self._key.public_key().public_numbers()
        jwk = {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": _b64(numbers.n), "e": _b64(numbers.e)}
        self.body = json.dumps({"keys": [jwk]}).encode()
        body, requests = self.body, self.requests

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # One packet an answer.

            def do_GET(self) -> None:
                requests.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def public_pem(self) -> str:
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(encoding, form).decode()

    def private_pem(self) -> str:
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        return self._key.private_bytes(encoding, form, serialization.NoEncryption()).decode()

    def config(self, target: Target, **changes: Any) -> ServiceConfig:
        """What a service of this target is started with to trust this issuer."""
        base = target.jwks_base_url(self.port)
        settings = {"jwks_url": f"{base}/jwks.json", "audience": "tasker-api", "idp_address": f"127.0.0.1:{self.port}"}
        return ServiceConfig(**{"issuer": base, **settings, **changes})

    def token(self, config: ServiceConfig, **claims: Any) -> str:
        now = int(time.time())
        plain = {"iss": config.issuer, "aud": config.audience, "sub": "s", "iat": now, "exp": now + 300}
        return jwt.encode({**plain, "permissions": [READ_PERMISSION], **claims}, self._key, "RS256", {"kid": "k1"})


def _b64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    thread = threading.Thread(target=issuer._server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield issuer
    finally:
        issuer._server.shutdown()
        issuer._server.server_close()
        thread.join()
