"""Faults that are ordinary HTTP answers with something wrong in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from mock_idp.errors import bad_field
from mock_idp.http11.response import Response
from mock_idp.jose.members import OTHERWISE, param, required
from mock_idp.plans.faults.base import FaultContext, fault

STATUS = {"type": "integer", "minimum": 200, "maximum": 599}
_HEADER_VALUE = "^[ -~]*$"
# The server frames the message itself; a second opinion in the headers would break the connection, not the answer.
_FRAMING = ("content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "trailer", "te")
# JSON Schema has no pattern that is blind to case.
_ANY_CASE = "|".join("".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in name) for name in _FRAMING)
HEADERS = {
    "type": "object",
    "propertyNames": {
        "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
        "allOf": [
            {
                "not": {"pattern": f"^({_ANY_CASE})$"},
                OTHERWISE: "The server sets this header itself; use truncate or drip to break framing.",
            }
        ],
    },
    "additionalProperties": {"type": "string", "pattern": _HEADER_VALUE},
}
_CHUNK_BYTES = 65_536


def checked_headers(headers: Mapping[str, str], field_name: str = "headers") -> tuple[tuple[str, str], ...]:
    """Headers as pairs. Raises MockIdpError for one that the server sets itself; `field_name` is where they stand."""
    for name in headers:
        if name.lower() in _FRAMING:
            raise bad_field(
                f"{field_name}.{name}", f"The server sets {name} itself; use truncate or drip to break framing."
            )
    return tuple(headers.items())


@fault
@dataclass(frozen=True)
class Status:
    """Another status, with any body and headers."""

    kind: ClassVar[str] = "status"
    status: int = param(500, "The HTTP status.", **STATUS)
    body: str = param("", "The body.", type="string")
    headers: Mapping[str, str] = param({}, "Headers, such as Retry-After.", **HEADERS)

    def __post_init__(self) -> None:
        checked_headers(self.headers)

    def apply(self, context: FaultContext) -> Response:
        """The status instead of the answer."""
        response = Response(self.status, checked_headers(self.headers), self.body.encode())
        named = {name.lower() for name in self.headers}
        return response if "content-type" in named else response.with_header("Content-Type", "text/plain")


@fault
@dataclass(frozen=True)
class Body:
    """Another body: text as it is, anything else as JSON."""

    kind: ClassVar[str] = "body"
    body: Any = field(metadata={"schema": {"description": "Text is sent as it is, anything else as JSON."}})
    status: int = param(200, "The HTTP status.", **STATUS)
    headers: Mapping[str, str] = param({}, "Headers that replace or join those of the usual answer.", **HEADERS)

    def __post_init__(self) -> None:
        checked_headers(self.headers)

    def apply(self, context: FaultContext) -> Response:
        """The usual headers with this body."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        response = replace(context.response(), status=self.status, body=text.encode())
        for name, value in checked_headers(self.headers):
            response = response.with_header(name, value)
        return response


@fault
@dataclass(frozen=True)
class Garbage:
    """200 with something that is not JSON, such as the HTML page of a captive portal."""

    kind: ClassVar[str] = "garbage"
    body: str = param("<html><body>It works!</body></html>", "The body.", type="string")
    content_type: str = param("text/html", "The Content-Type.", type="string", pattern=_HEADER_VALUE)

    def apply(self, context: FaultContext) -> Response:
        """The garbage instead of the answer."""
        return Response(200, (("Content-Type", self.content_type),), self.body.encode())


@fault
@dataclass(frozen=True)
class ContentType:
    """The usual answer under another Content-Type, or (null) under none."""

    kind: ClassVar[str] = "content-type"
    value: str | None = param(
        None, "The Content-Type; null leaves it out.", type=["string", "null"], pattern=_HEADER_VALUE
    )

    def apply(self, context: FaultContext) -> Response:
        """The usual answer with the header changed."""
        return context.response().with_header("Content-Type", self.value)


@fault
@dataclass(frozen=True)
class Redirect:
    """A redirect to somewhere else; a verifier has to decide whether it follows (RFC 9110 section 15.4)."""

    kind: ClassVar[str] = "redirect"
    location: str = required("Where to, as the Location header says it.", type="string", pattern="^[!-~]+$")
    status: int = param(302, "The redirect status.", type="integer", enum=[301, 302, 303, 307, 308])

    def apply(self, context: FaultContext) -> Response:
        """The redirect instead of the answer."""
        return Response(self.status, (("Location", self.location), ("Content-Type", "text/plain")), b"")


@fault
@dataclass(frozen=True)
class Huge:
    """The usual document, padded until it is `bytes` long: still right, only far too large."""

    kind: ClassVar[str] = "huge"
    bytes: int = param(10_000_000, "The size of the body in bytes.", type="integer", minimum=1000, maximum=268_435_456)
    padding: Literal["member", "whitespace"] = param(
        "member",
        "What makes it long: one more member, or spaces before the last brace.",
        type="string",
        enum=["member", "whitespace"],
    )

    def apply(self, context: FaultContext) -> Response:
        """The usual answer, padded. An answer that is larger already stays as it is."""
        response = context.response()
        start, filler, end = response.body.rstrip(b"} \n"), b" ", b"}"
        if self.padding == "member":
            start, filler, end = start + b',"padding":"', b"a", b'"}'
        padding = self.bytes - len(start) - len(end)
        if padding < 0 or not response.body.startswith(b"{"):
            return response
        length = len(start) + padding + len(end)
        return replace(response, body=b"", chunks=_Padded(start, filler, padding, end), length=length)


@dataclass(frozen=True)
class _Padded:
    start: bytes
    filler: bytes
    padding: int
    end: bytes

    def __iter__(self) -> Iterator[bytes]:
        yield self.start
        chunk = self.filler * _CHUNK_BYTES
        for _ in range(self.padding // _CHUNK_BYTES):
            yield chunk
        yield chunk[: self.padding % _CHUNK_BYTES] + self.end
