"""One of the two that are asked: sends requests to its realm and keeps the answers under their names."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from harness.base.errors import HarnessError
from harness.wire.exchange import Connection, Request

ANSWER_SECONDS = 600.0

Form = Mapping[str, str] | Sequence[tuple[str, str]]
Headers = Iterable[tuple[str, str]]

ENDPOINTS = {
    "auth": "/auth",
    "certs": "/certs",
    "device": "/auth/device",
    "introspect": "/token/introspect",
    "logout": "/logout",
    "par": "/ext/par/request",
    "revoke": "/revoke",
    "token": "/token",
    "userinfo": "/userinfo",
}


@dataclass(frozen=True)
class Answer:
    """What came back. `at` is the moment of the request in Unix time; `problem` says why there is no answer."""

    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    at: float = 0.0
    problem: str = ""

    def header(self, name: str) -> str:
        """The first header of that name, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def json(self) -> dict[str, Any]:
        """The members of the body; none when it is no JSON object."""
        try:
            read = json.loads(self.body)
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    def text(self, member: str) -> str:
        """A member that is a text, or one that no server takes for good: what follows shows that it was missing."""
        value = self.json().get(member)
        return value if isinstance(value, str) else f"no-{member}-came"


class Admin(Protocol):
    """What the administrator of a realm can change, at either side. Keys have the names that they were given."""

    def add_key(self, name: str, *, priority: int = 100, algorithm: str = "RS256") -> None:
        """One of an algorithm, or of the curve Ed25519 or Ed448; it stands behind those of the same priority."""

    def set_key(self, name: str, state: str) -> None:
        """`active`, `passive` or `disabled`."""

    def remove_key(self, name: str) -> None: ...

    def put_user(self, username: str, changes: Mapping[str, Any]) -> None: ...

    def remove_user(self, username: str) -> None: ...

    def put_client(self, client_id: str, changes: Mapping[str, Any]) -> None: ...

    def remove_client(self, client_id: str) -> None: ...

    def remove_realm(self) -> None: ...


@dataclass
class Side:
    """`base` is what stands before `/realms`; `known` has values of this side, such as ids, and what to call them."""

    name: str
    base: str
    realm: str
    admin: Admin
    known: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        self._below = parts.path
        self._connection = Connection(f"{parts.scheme}://{parts.netloc}")

    @property
    def issuer(self) -> str:
        return f"{self.base}/realms/{self.realm}"

    def url(self, endpoint: str) -> str:
        """The URL of an endpoint, by its short name."""
        return f"{self.issuer}/protocol/openid-connect{ENDPOINTS[endpoint]}"

    def send(
        self, name: str, method: str, where: str, headers: Headers = (), body: str | bytes | None = None
    ) -> Answer:
        """Ask, and keep the answer under `name` (without one, don't).

        `where` is the short name of an endpoint, a path below the realm (empty, or with a slash), one below the root
        (with two slashes), or a URL.
        """
        if where in ENDPOINTS:
            where = self.url(where)
        elif where.startswith("//"):
            where = self.base + where[1:]
        elif not where or where.startswith("/"):
            where = self.issuer + where
        parts = urlsplit(where)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        data = body.encode() if isinstance(body, str) else body
        at = time.time()
        request = Request(method, path, tuple(headers), data)
        came = self._connection.send(request, answer_seconds=ANSWER_SECONDS)
        answer = Answer(came.status, came.headers, came.body, at, came.problem)
        if name:
            if name in self.answers:
                raise HarnessError(f"two requests have the name {name!r}")
            self.answers[name] = answer
        return answer

    def form(
        self, name: str, where: str, form: Form, *, basic: tuple[str, str] | None = None, headers: Headers = ()
    ) -> Answer:
        """Post a form, with HTTP Basic where the client authenticates so."""
        sent = [("Content-Type", "application/x-www-form-urlencoded"), *headers]
        if basic is not None:
            sent.append(("Authorization", "Basic " + base64.b64encode(":".join(basic).encode()).decode()))
        return self.send(name, "POST", where, sent, urlencode(list(_pairs(form))))

    def close(self) -> None:
        self._connection.close()


def _pairs(form: Form) -> Iterable[tuple[str, str]]:
    return form.items() if isinstance(form, Mapping) else form
