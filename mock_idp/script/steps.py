"""What a script can do to a request: answer in its own words, refuse it, or put claims into the token."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mock_idp.answer import JSON, Answer, Headers, json_answer
from mock_idp.faults.answers import checked_headers

UsualAnswer = Callable[[Mapping[str, Any]], Answer]
"""Makes the answer a request would have got, with these claims in its tokens."""


class Step(Protocol):
    """One kind of step."""

    def apply(self, usual: UsualAnswer) -> Answer:
        """The answer to send."""


@dataclass(frozen=True)
class Response:
    """An answer as it stands: text is sent as text, None as no body, anything else as JSON.

    Raises MockIdpError for a header that the server sets itself.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    def __post_init__(self) -> None:
        checked_headers(self.headers, "response.headers")

    def apply(self, usual: UsualAnswer) -> Answer:
        """This answer, not the usual one."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        answer = Answer(self.status, checked_headers(self.headers), b"" if self.body is None else text.encode())
        if self.body is None or any(name.lower() == "content-type" for name in self.headers):
            return answer
        return answer.with_header("Content-Type", "text/plain; charset=utf-8" if isinstance(self.body, str) else JSON)


@dataclass(frozen=True)
class Refusal:
    """An error of a token endpoint (RFC 6749 section 5.2): `error` is its code, `status` 400 unless said otherwise,
    or 401 for `invalid_client`.
    """

    error: str
    error_description: str | None = None
    error_uri: str | None = None
    status: int | None = None

    def apply(self, usual: UsualAnswer) -> Answer:
        """The error, with the headers that the RFC asks for."""
        members = {"error": self.error, "error_description": self.error_description, "error_uri": self.error_uri}
        status = self.status or (401 if self.error == "invalid_client" else 400)
        headers: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
        if status == 401:
            headers = (*headers, ("WWW-Authenticate", 'Basic realm="mock-idp"'))
        return json_answer(status, {name: value for name, value in members.items() if value is not None}, headers)


@dataclass(frozen=True)
class Claims:
    """The usual answer, whose tokens have these claims, in place of others of their name."""

    claims: Mapping[str, Any]

    def apply(self, usual: UsualAnswer) -> Answer:
        """The usual answer with the claims."""
        return usual(self.claims)
