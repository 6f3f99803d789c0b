"""What a stub can do to a request: answer in its own words, refuse it, put claims into the answer, or only wait."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mock_idp.errors import bad_field
from mock_idp.http11.response import JSON, Headers, Response, json_response
from mock_idp.jose.errors import JoseError
from mock_idp.plans.faults.responses import checked_headers
from mock_idp.vendors.problems import ProblemKind


@dataclass(frozen=True)
class StubbedRequest:
    """A request as a stub sees it.

    `usual` makes the answer it would have got, with claims in its tokens in place of others of their name, `changed`
    that with changes in them as `mock_idp.jose.token_changes` has them. `refuse` makes the vendor's answer to a
    problem, `send_back` the redirect that takes the members of an error to the client, or None where nobody can be
    trusted to be the client.
    """

    endpoint: str
    usual: Callable[[Mapping[str, Any]], Response]
    changed: Callable[[Mapping[str, Any]], Response]
    refuse: Callable[[ProblemKind], Response]
    send_back: Callable[[Mapping[str, str]], Response | None]


class Stub(Protocol):
    """One kind of stub."""

    def apply(self, request: StubbedRequest) -> Response:
        """The answer to send."""


@dataclass(frozen=True)
class Usual:
    """The usual answer, for a stub that only delays it."""

    def apply(self, request: StubbedRequest) -> Response:
        """The usual answer."""
        return request.usual({})


@dataclass(frozen=True)
class FixedResponse:
    """An answer as it stands: text is sent as text, None as no body, anything else as JSON.

    Raises MockIdpError for a header that the server sets itself.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    def __post_init__(self) -> None:
        checked_headers(self.headers, "response.headers")

    def apply(self, request: StubbedRequest) -> Response:
        """This answer, not the usual one."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        response = Response(self.status, checked_headers(self.headers), b"" if self.body is None else text.encode())
        if self.body is None or any(name.lower() == "content-type" for name in self.headers):
            return response
        return response.with_header("Content-Type", "text/plain; charset=utf-8" if isinstance(self.body, str) else JSON)


# RFC 6749 section 5.2, RFC 6750 section 3.1.
_STATUSES = {"invalid_client": 401, "invalid_token": 401, "insufficient_scope": 403}


@dataclass(frozen=True)
class Refusal:
    """An error of OAuth: `error` is its code, `status` 400 unless said otherwise or the RFC wants another.

    At the authorization endpoint the browser takes it to the client (RFC 6749 section 4.1.2.1), at userinfo it stands
    in the challenge as well (RFC 6750 section 3), elsewhere it is that of a token endpoint (RFC 6749 section 5.2).
    """

    error: str
    error_description: str | None = None
    error_uri: str | None = None
    status: int | None = None

    def apply(self, request: StubbedRequest) -> Response:
        """The error, with the headers that the RFCs ask for."""
        if request.endpoint == "authorize" and self.status is None:
            return request.send_back(self._members()) or request.usual({})
        status = self.status or _STATUSES.get(self.error, 400)
        headers: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
        if request.endpoint == "userinfo":
            about = ", ".join(f'{name}="{value}"' for name, value in self._members().items())
            headers = (*headers, ("WWW-Authenticate", f"Bearer {about}"))
        elif status == 401:
            headers = (*headers, ("WWW-Authenticate", 'Basic realm="mock-idp"'))
        return json_response(status, self._members(), headers)

    def _members(self) -> dict[str, str]:
        members = {"error": self.error, "error_description": self.error_description, "error_uri": self.error_uri}
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True)
class VendorRefusal:
    """A refusal in the vendor's words, as if that were wrong with the request."""

    problem: ProblemKind

    def apply(self, request: StubbedRequest) -> Response:
        """The vendor's status, headers and body."""
        return request.refuse(self.problem)


@dataclass(frozen=True)
class Merge:
    """The usual answer with these members, in place of others of their name; null takes one away (RFC 7396).

    They are those of a JSON object, or the parameters with which a browser is sent back to a client.
    """

    members: Mapping[str, Any]

    def apply(self, request: StubbedRequest) -> Response:
        """The usual answer with them; one that has neither stays as it is."""
        response = request.usual({})
        if any(name == "Location" for name, _ in response.headers):
            headers = (
                (name, self._sent_on(value) if name == "Location" else value) for name, value in response.headers
            )
            return replace(response, headers=tuple(headers))
        try:
            document = json.loads(response.body)
        except ValueError:
            return response
        if not isinstance(document, dict):
            return response
        return replace(response, body=json.dumps(merged(document, self.members), separators=(",", ":")).encode("ascii"))

    def _sent_on(self, location: str) -> str:
        parts = urlsplit(location)
        if not parts.scheme:
            return location
        place = "fragment" if parts.fragment else "query"
        given = dict(parse_qsl(getattr(parts, place), keep_blank_values=True))
        texts = {
            key: one if isinstance(one, str) else json.dumps(one) for key, one in merged(given, self.members).items()
        }
        return urlunsplit(parts._replace(**{place: urlencode(texts)}))


def merged(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON object with a merge patch (RFC 7396 section 2)."""
    result = {name: value for name, value in document.items() if patch.get(name, value) is not None}
    for name, value in patch.items():
        if isinstance(value, Mapping):
            there = result.get(name)
            result[name] = merged(there if isinstance(there, dict) else {}, value)
        elif value is not None:
            result[name] = value
    return result


@dataclass(frozen=True)
class Claims:
    """The usual answer with these claims, in place of others of their name: in its tokens, or, where it is claims
    itself (userinfo, introspection), in the answer.
    """

    claims: Mapping[str, Any]

    def apply(self, request: StubbedRequest) -> Response:
        """The usual answer with the claims; one that is no success stays as it is."""
        response = request.usual(self.claims)
        if request.endpoint == "token" or response.status != 200:
            return response
        document = {**json.loads(response.body), **self.claims}
        return replace(response, body=json.dumps(document, separators=(",", ":")).encode("ascii"))


@dataclass(frozen=True)
class Token:
    """The usual answer with changes in its tokens. Raises MockIdpError for changes that contradict each other."""

    changes: Mapping[str, Any]

    def __post_init__(self) -> None:
        # Only who plans one pays for what can be wrong with it.
        from mock_idp.jose.token_changes import check_changes

        try:
            check_changes(self.changes)
        except JoseError as error:
            raise bad_field(f"token.{error.field}" if error.field else "token", error.sentence) from None

    def apply(self, request: StubbedRequest) -> Response:
        """The answer with the changed tokens."""
        return request.changed(self.changes)
