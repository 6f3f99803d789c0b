"""A client program that keeps to Tasker's documents about credentials, with faults to switch on; it calls both APIs.

    python small_client.py [FAULT]...

It writes its requests to the socket itself: what a library would refuse to send can be sent.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

# Each with the case that catches it.
FAULTS = {
    "token-for-the-other-api": "client-orchestration-token",
    "worker-token-for-all": "client-worker-token",
    "no-global-token": "client-global-token",
    "key-as-bearer": "client-api-key",
    "fixed-header": "client-api-key-own-header",
    "no-minting": "client-private-key",
    "minted-by-a-stranger": "client-private-key",
    "anonymous": "client-none",
    "header-without-key": "client-header-name-alone",
    "global-first": "client-endpoint-before-global",
    "global-first-at-worker": "client-worker-before-global",
    "one-token-for-both": "client-both-endpoints",
    "key-beside-token": "client-endpoint-before-api-key",
    "no-key-beside-any-token": "client-other-endpoint-and-api-key",
    "key-first": "client-global-before-api-key",
    "minted-before-key": "client-api-key-before-private-key",
    "minted-first": "client-token-before-private-key",
    "key-at-health": "client-all",
    "empty-endpoint-counts": "client-empty-endpoint",
    "empty-global-counts": "client-empty-global",
    "empty-token-counts": "client-empty-above-api-key",
    "empty-key-counts": "client-empty-api-key",
    "empty-header-name-counts": "client-empty-header-name",
    "empty-bearer": "client-empty-all",
    "scheme-twice": "client-token-with-scheme",
    "line-end": "client-token-with-line-end",
    "raw-values": "client-token-with-header",
    "token-in-the-address": "client-global-token",
    "token-in-the-body": "client-global-token",
    "token-twice": "client-global-token",
    "first-call-alone": "client-global-token",
}
# Over gRPC (extra `grpc`).
GRPC_FAULTS = {
    "anonymous-over-grpc": "client-grpc",
    "http-whatever-it-is-told": "client-grpc",
    "key-as-bearer": "client-grpc-api-key",
    "global-first": "client-grpc-all",
    "key-beside-token": "client-grpc-all",
    "token-in-the-body": "client-grpc",
}


class Credential(NamedTuple):
    header: str
    value: str


class Client:
    """Chooses a credential and sends it."""

    def __init__(self, faults: set[str]) -> None:
        self._faults = faults

    def _given(self, name: str, *empty_counts: str) -> str | None:
        value = os.environ.get(name)
        return value if value or (value is not None and self._faults & {*empty_counts}) else None

    def _endpoint_token(self, api: str) -> str | None:
        if "one-token-for-both" in self._faults and (own := self._given("TASKER_WORKER_AUTH_TOKEN")):
            return own
        own = self._given(
            f"TASKER_{api.upper()}_AUTH_TOKEN", "empty-endpoint-counts", "empty-token-counts", "empty-bearer"
        )
        if own is None and "token-for-the-other-api" in self._faults:
            return self._given("TASKER_ORCHESTRATION_AUTH_TOKEN")
        if own is None and "worker-token-for-all" in self._faults:
            return self._given("TASKER_WORKER_AUTH_TOKEN")
        return own

    def _global_token(self) -> str | None:
        if "no-global-token" in self._faults:
            return None
        return self._given("TASKER_AUTH_TOKEN", "empty-global-counts", "empty-token-counts", "empty-bearer")

    def _bearer(self, token: str) -> Credential:
        scheme = token.startswith("Bearer ") and "scheme-twice" not in self._faults
        if "line-end" in self._faults and token.endswith("\n"):
            token = token[:-1] + "%0A"
        elif "raw-values" not in self._faults:
            token = token.strip()
            if "\r" in token or "\n" in token:
                sys.exit("a token has no line ends")
        return Credential("Authorization", token if scheme else f"Bearer {token}")

    def _token(self, api: str) -> Credential | None:
        tokens = [self._endpoint_token(api), self._global_token()]
        if "global-first" in self._faults or ("global-first-at-worker" in self._faults and api == "worker"):
            tokens.reverse()
        token = next((one for one in tokens if one is not None), None)
        return None if token is None else self._bearer(token)

    def _key(self, api: str) -> Credential | None:
        key = self._given("TASKER_API_KEY", "empty-key-counts")
        header = self._given("TASKER_API_KEY_HEADER", "empty-header-name-counts")
        if "no-key-beside-any-token" in self._faults and self._given("TASKER_WORKER_AUTH_TOKEN"):
            return None
        if key is None:
            return Credential(header, "x") if header and "header-without-key" in self._faults else None
        if "key-as-bearer" in self._faults:
            return Credential("Authorization", f"Bearer {key}")
        if "fixed-header" in self._faults or header is None:
            return Credential("X-API-Key", key)
        return Credential(header, key) if header else None

    def _minted(self, api: str) -> Credential | None:
        path = self._given("TASKER_JWT_PRIVATE_KEY_PATH")
        if path is None or "no-minting" in self._faults:
            return None
        import jwt  # Few cases need it.
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        with open(path, "rb") as file:  # noqa: PTH123
            key = load_pem_private_key(file.read(), None)
        if "minted-by-a-stranger" in self._faults:
            key = generate_private_key(65537, 2048)
        claims = {"iss": "tasker-core", "aud": "tasker-api", "sub": "me", "exp": time.time() + 60}
        return Credential("Authorization", f"Bearer {jwt.encode(claims, key, 'RS256')}")  # type: ignore[arg-type]

    def credentials(self, api: str, path: str) -> list[Credential]:
        """What goes with a call: one at most, if no fault is on."""
        ranks: list[Callable[[str], Credential | None]] = [self._token, self._key, self._minted]
        if "key-first" in self._faults:
            ranks = [self._key, self._token, self._minted]
        if "minted-before-key" in self._faults:
            ranks = [self._token, self._minted, self._key]
        if "minted-first" in self._faults:
            ranks = [self._minted, self._token, self._key]
        found = [one for rank in ranks if (one := rank(api))]
        if "anonymous" in self._faults and not found:
            return [Credential("Authorization", "Bearer anonymous")]
        if "first-call-alone" in self._faults and api == "worker":
            return []
        if "token-twice" in self._faults:
            return found[:1] * 2
        if "key-at-health" in self._faults and path == "/health" and (key := self._key(api)):
            return [key]
        return found if "key-beside-token" in self._faults else found[:1]

    def call(self, api: str, path: str) -> None:
        """One request; the answer is read and not looked at."""
        if os.environ.get("TASKER_CLIENT_TRANSPORT") == "grpc" and "http-whatever-it-is-told" not in self._faults:
            self._call_over_grpc(api, path)
            return
        parts = urlsplit(os.environ[f"TASKER_{api.upper()}_URL"])
        found = self.credentials(api, path)
        body = found[0].value if found and "token-in-the-body" in self._faults else ""
        if found and "token-in-the-address" in self._faults:
            path += f"?access_token={found[0].value.removeprefix('Bearer ')}"
        head = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in found]
        with socket.create_connection((parts.hostname or "", parts.port or 0), 20) as connection:
            connection.sendall("\r\n".join([*head, "", body]).encode("latin-1"))
            while connection.recv(65536):
                pass

    def _call_over_grpc(self, api: str, path: str) -> None:
        """The same call: health's, or a method of the API's own."""
        import grpc

        method = "/grpc.health.v1.Health/Check" if path == "/health" else f"/tasker.v1.{api.title()}/List"
        found = [] if "anonymous-over-grpc" in self._faults else self.credentials(api, path)
        message = found[0].value.encode() if found and "token-in-the-body" in self._faults else b""
        address = urlsplit(os.environ[f"TASKER_{api.upper()}_GRPC_URL"]).netloc
        with grpc.insecure_channel(address) as channel:
            call = channel.unary_unary(method, request_serializer=bytes, response_deserializer=bytes)
            call(message, timeout=20, metadata=[(name.lower(), value) for name, value in found])


if __name__ == "__main__":
    client = Client(set(sys.argv[1:]))
    for api, path in (("orchestration", "/health"), ("orchestration", "/v1/tasks"), ("worker", "/v1/templates")):
        client.call(api, path)
