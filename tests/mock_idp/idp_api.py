"""A short way to talk to the control API and to an issuer, for tests."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests


class Api:
    """The control API below /_mock of a server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        # One session serves many tests: a cookie of one vendor's answer must not follow into the next.
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def close(self) -> None:
        self.session.close()

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        """A call with a JSON body; nothing is checked."""
        if body is not None:
            more |= {
                "data": json.dumps(body),
                "headers": {"Content-Type": "application/json"} | more.get("headers", {}),
            }
        return self.session.request(method, f"{self.url}/_mock{path}", timeout=60, **more)

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        """A call that has to succeed; the decoded answer."""
        answer = self.call(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str, str | None]:
        """A call that has to be refused: status, code and field."""
        answer = self.call(method, path, body)
        assert 400 <= answer.status_code < 500, answer.text
        document = answer.json()
        assert document["error_description"]
        return answer.status_code, document["error"], document["field"]


class IssuerApi:
    """One issuer: control calls below its path, and fetches as a service would make them."""

    def __init__(self, api: Api, about: dict[str, Any]) -> None:
        self.api = api
        self.about = about
        self.id: str = about["id"]

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        return self.api.ok(method, f"/issuers/{self.id}{path}", body)

    def refused(self, method: str, path: str, body: Any = None) -> tuple[int, str, str | None]:
        return self.api.refused(method, f"/issuers/{self.id}{path}", body)

    def local(self, url: str) -> str:
        """A public URL of this issuer, at the address the server really has."""
        base = self.about["jwks_uri"].split("/i/")[0]
        return self.api.url + url.removeprefix(base)

    def get(self, name: str = "jwks_uri", **more: Any) -> requests.Response:
        """A fetch of one of the issuer's URLs on a connection of its own."""
        with requests.Session() as session:
            session.trust_env = False
            return session.get(self.local(self.about[name]), timeout=20, allow_redirects=False, **more)

    def jwks(self) -> dict[str, Any]:
        return dict(self.get().json())

    def kids(self) -> list[str]:
        return [key["kid"] for key in self.jwks()["keys"]]

    def mint(self, **spec: Any) -> str:
        return str(self.ok("POST", "/tokens", spec)["token"])

    def fault(self, kind: str, on: str = "jwks", **parameters: Any) -> dict[str, Any]:
        return dict(self.ok("POST", "/faults", {"on": on, "kind": kind, **parameters}))

    def log(self, query: str = "") -> list[dict[str, Any]]:
        return list(self.ok("GET", f"/requests{query}")["requests"])


def raw_exchange(port: int, request: bytes, seconds: float = 10.0) -> bytes:
    """Everything a server answers to these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(request)
        answer = b""
        while data := connection.recv(65_536):
            answer += data
        return answer


def in_background(action: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """A request in a thread of its own, and the list that its result, or its error, will be in."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(action())
        except requests.RequestException as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


MakeIssuer = Callable[..., IssuerApi]
