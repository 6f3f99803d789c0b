"""Talking to a running server's control API, for the command line."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

_SECONDS = 30.0


class CannotReach(Exception):
    """Nobody answers at the URL, or not with what a mock identity provider says."""


class Refused(Exception):
    """The server answered with an error; the message is its sentence."""


class ControlClient:
    """Calls of the control API at a URL such as http://127.0.0.1:9400, past any proxy the environment names."""

    def __init__(self, url: str, control_token: str | None = None) -> None:
        self._url = url
        self._token = control_token

    def call(self, method: str, *path: str, body: Any = None) -> Any:
        """One call. In: the path below /_mock in parts, and the JSON body. Out: the JSON answer, None when empty.

        Raises CannotReach and Refused.
        """
        target = "/".join(["/_mock", *(quote(part, safe="") for part in path)])
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            status, text = self._exchange(method, target, data, headers)
            document = json.loads(text) if text else None
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            raise CannotReach(f"No mock identity provider answers at {self._url}: {error}") from None
        if status >= 400:
            raise Refused(_sentence(document))
        return document

    def _exchange(self, method: str, target: str, data: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("this is not an http or https URL")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname, parts.port, timeout=_SECONDS)
        try:
            connection.request(method, parts.path.rstrip("/") + target, data, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def _sentence(document: Any) -> str:
    if not isinstance(document, dict):
        return str(document)
    sentence = str(document.get("error_description", document))
    return f"{document['field']}: {sentence}" if document.get("field") else sentence
