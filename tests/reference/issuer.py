"""A tiny issuer of these tests' own: keys, tokens, and a real HTTP server for the key set.

It is deliberately not the mock identity provider: the reference is tested against an independent one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER = "http://issuer.test/"
AUDIENCE = "tasker-api"


def b64url(raw: bytes) -> str:
    """Unpadded base64url."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def as_json(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def claims_now(**changes: Any) -> dict[str, Any]:
    """The claims of a plain good token; a change to `...` leaves the claim out."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "svc-1",
        "iat": now - 5,
        "exp": now + 300,
        "permissions": ["tasks:list"],
    }
    return {name: value for name, value in (claims | changes).items() if value is not ...}


@dataclass(frozen=True)
class Key:
    """A signing key with the kid it is published under."""

    kid: str
    private: Any = field(repr=False)
    alg: str = "RS256"

    @classmethod
    def rsa(cls, kid: str, bits: int = 2048) -> Key:
        """A fresh RSA key."""
        return cls(kid, rsa.generate_private_key(65537, bits))

    @classmethod
    def p256(cls, kid: str) -> Key:
        """A fresh P-256 key."""
        return cls(kid, ec.generate_private_key(ec.SECP256R1()), "ES256")

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public JWK; a change to `...` leaves the member out."""
        algorithm = jwt.get_algorithm_by_name(self.alg)
        members = algorithm.to_jwk(self.private.public_key(), as_dict=True)
        members.pop("key_ops", None)
        members |= {"kid": self.kid, "use": "sig", "alg": self.alg} | changes
        return {name: value for name, value in members.items() if value is not ...}

    def pem(self) -> bytes:
        """The public key in PEM."""
        pem: bytes = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem

    def token(self, header: dict[str, Any] | None = None, alg: str | None = None, **claims: Any) -> str:
        """A token like the plain one, with the given changes to header and claims."""
        alg = alg or self.alg
        return self.raw_token(self._header({"alg": alg} | (header or {})), as_json(claims_now(**claims)), alg)

    def raw_token(self, header: dict[str, Any] | bytes, payload: bytes, alg: str | None = None) -> str:
        """A token over exactly this header and payload, signed with this key."""
        head = header if isinstance(header, bytes) else as_json(header)
        signing_input = f"{b64url(head)}.{b64url(payload)}"
        return f"{signing_input}.{b64url(self.sign(signing_input.encode(), alg))}"

    def sign(self, signing_input: bytes, alg: str | None = None) -> bytes:
        """The signature over these bytes."""
        signature: bytes = jwt.get_algorithm_by_name(alg or self.alg).sign(signing_input, self.private)
        return signature

    def _header(self, changes: dict[str, Any]) -> dict[str, Any]:
        members = {"kid": self.kid, "typ": "JWT"} | changes
        return {name: value for name, value in members.items() if value is not ...}


def unsigned(header: dict[str, Any], signature: bytes = b"", **claims: Any) -> str:
    """A token with this header and whatever for a signature."""
    return f"{b64url(as_json(header))}.{b64url(as_json(claims_now(**claims)))}.{b64url(signature)}"


def hmac_token(secret: bytes, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token authenticated with HMAC-SHA256 and `secret`."""
    head = {"alg": "HS256", "typ": "JWT"} | (header or {})
    signing_input = f"{b64url(as_json(head))}.{b64url(as_json(claims_now(**claims)))}"
    return f"{signing_input}.{b64url(hmac.new(secret, signing_input.encode(), hashlib.sha256).digest())}"


class Issuer:
    """Serves a key set on a loopback port, records every fetch, and misbehaves when told to."""

    def __init__(self) -> None:
        self.status = 200
        self.body = as_json({"keys": []})
        self.headers: dict[str, str] = {"Content-Type": "application/json"}
        self.delay_seconds = 0.0
        self.held = threading.Event()
        self.held.set()
        self.fetches: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address of the key set."""
        return f"http://127.0.0.1:{self._server.server_port}/jwks.json"

    def publish(self, *keys: Key | dict[str, Any] | Any) -> None:
        """Publishes these keys (or raw entries) and nothing else."""
        entries = [key.jwk() if isinstance(key, Key) else key for key in keys]
        self.answer(as_json({"keys": entries}))

    def answer(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Answers every fetch with this."""
        self.status, self.body = status, body
        self.headers = headers if headers is not None else {"Content-Type": "application/json"}

    def hold(self) -> None:
        """Lets fetches wait until `release`."""
        self.held.clear()

    def release(self) -> None:
        """Answers the waiting fetches."""
        self.held.set()

    def wait_for_fetches(self, count: int, timeout: float = 5.0) -> bool:
        """Whether `count` fetches have arrived within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.fetches) >= count, timeout)

    def close(self) -> None:
        """Ends the server and every fetch that waits."""
        self.release()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with issuer._changed:
                    issuer.fetches.append({name.lower(): value for name, value in self.headers.items()})
                    issuer.paths.append(self.path)
                    issuer._changed.notify_all()
                    # The answer is settled when the fetch arrives, whatever is published while it is on its
                    # way.
                    status, body, headers = issuer.status, issuer.body, issuer.headers
                time.sleep(issuer.delay_seconds)  # A slow issuer, not a way to wait for something.
                issuer.held.wait(30)
                try:
                    self.send_response(status)
                    for name, value in ({"Content-Length": str(len(body))} | headers).items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # The fetcher gave up, which is what some tests want.

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
