"""The documents of an issuer as bytes: made when the keys change, not when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from mock_idp.http11.response import MARKER, Headers, Response
from mock_idp.jose.encoding import compact_json
from mock_idp.jose.keys import SigningKey
from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import IssuerContext, KeyTimes
from mock_idp.vendors.two_names import seen_from_behind

_ALGORITHMS = "id_token_signing_alg_values_supported"

REMAINING = "X-RateLimit-Remaining"
"""The header that says how many requests are left of those that are allowed in a second."""


class Document:
    """One document. Its headers are remade at most once a second, because some count seconds down.

    `REMAINING` has the value of the first request of a second, and counts down to 0 with those that follow.
    """

    __slots__ = ("_before", "_changed_at", "_headers", "_headers_of", "_remaining", "_second", "body")

    def __init__(self, body: bytes, changed_at: float, headers_of: Callable[[KeyTimes], Headers]) -> None:
        self.body = body
        self._changed_at = changed_at
        self._headers_of = headers_of
        self._second = -1
        self._headers: list[tuple[str, str]] = []
        # Where the header stands, with its value; and the number of requests before this one.
        self._remaining: tuple[int, int] | None = None
        self._before = count()

    def headers(self, now: float) -> list[tuple[str, str]]:
        """The headers at that unix time, with marker and Content-Length; a list of the caller's own."""
        if int(now) != self._second:
            # Two threads may both do this; they come to the same result.
            usual = Response(200, self._headers_of(KeyTimes(self._changed_at, now)), self.body)
            self._headers = [*usual.with_length(), MARKER]
            places = (n for n, (name, _) in enumerate(self._headers) if name == REMAINING)
            self._remaining = next(((n, int(self._headers[n][1])) for n in places), None)
            self._before = count()
            self._second = int(now)
        headers = self._headers.copy()
        if self._remaining is not None:
            position, first = self._remaining
            headers[position] = (REMAINING, str(max(first - next(self._before), 0)))
        return headers

    def response(self, now: float) -> Response:
        """The document as an answer, for the ways on which something may still happen to it."""
        # The answer makes the length of what becomes of it.
        headers = tuple(pair for pair in self.headers(now) if pair[0] != "Content-Length")
        return Response(200, headers, self.body)


def documents_of(
    vendor: Vendor, context: IssuerContext, prefix: str, jwks: bytes, keys: Sequence[SigningKey], changed_at: float
) -> Mapping[str, Document]:
    """All documents of an issuer that lives below `prefix`: `jwks`, `discovery`, and the others by their paths.

    In: the key set as it is served, the published `keys`, and the unix time at which they became what they are.
    """

    def made(body: bytes, headers: Callable[[KeyTimes], Headers]) -> Document:
        return Document(body, changed_at, lambda times: headers(replace(times, options=context.options)))

    return {
        "jwks": made(jwks, vendor.jwks_headers),
        "discovery": discovery_of(vendor, context, changed_at),
        **{
            prefix + path: discovery_of(vendor, context, changed_at, path)
            for path, document in vendor.more_documents(context).items()
            if document is not None
        },
        **{
            prefix + path + end: made(compact_json(document), vendor.key_document_headers)
            for path, document in vendor.key_documents(context, keys).items()
            for end in vendor.path_ends
        },
    }


def discovery_of(vendor: Vendor, context: IssuerContext, changed_at: float, path: str = "") -> Document:
    """The discovery document at a path of an issuer, as it is seen from where `context` says, and with the algorithm
    that it says.
    """
    document = vendor.more_documents(context).get(path) or vendor.discovery(context)
    announced = document.get(_ALGORITHMS)
    if isinstance(announced, list) and context.algorithm not in announced:
        # Clients refuse ID tokens that are signed with anything else.
        document = {**document, _ALGORITHMS: [*announced, context.algorithm]}
    if context.back not in ("", context.base):
        document = seen_from_behind(document, vendor.back_endpoints, context.base, context.back)
    return Document(compact_json(document), changed_at, vendor.discovery_headers)
