"""The documents of an issuer as bytes: made when the keys change, not when somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from mock_idp.answer import Answer, Headers
from mock_idp.providers.base import KeyTimes

MARKER = ("X-Mock-Idp", "testing-only")


class Document:
    """One document. Its headers are remade at most once a second, because some count seconds down."""

    __slots__ = ("_changed_at", "_headers", "_headers_of", "_second", "body")

    def __init__(self, body: bytes, changed_at: float, headers_of: Callable[[KeyTimes], Headers]) -> None:
        self.body = body
        self._changed_at = changed_at
        self._headers_of = headers_of
        self._second = -1
        self._headers: list[tuple[str, str]] = []

    def headers(self, now: float) -> list[tuple[str, str]]:
        """The headers at that unix time, with marker and Content-Length; a list of the caller's own."""
        if int(now) != self._second:
            # Two threads may both do this; they come to the same result.
            self._headers = [*self._answer(now).with_length(), MARKER]
            self._second = int(now)
        return self._headers.copy()

    def answer(self, now: float) -> Answer:
        """The document as an answer, for the ways on which something may still happen to it."""
        return self._answer(now).with_header(*MARKER)

    def _answer(self, now: float) -> Answer:
        return Answer(200, self._headers_of(KeyTimes(self._changed_at, now)), self.body)
