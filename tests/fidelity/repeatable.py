"""A mock whose answers are remembered, so that a comparison can be repeated thousands of times at hardly any cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests

from .served import Served, ServedIssuer
from .vendor import Vendor

# Calls of the control API that leave everything as it is.
_HARMLESS = ("/tokens",)


class _Remembering(requests.Session):
    """Answers what was asked before from memory; asked after the same changes, the mock would say the same."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[str, requests.Response] = {}
        self.changes: list[str] = []

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **more: Any) -> requests.Response:
        question = json.dumps([str(method), str(url), args, more], default=repr, sort_keys=True)
        after = json.dumps([self.changes, question])
        if after not in self._answers:
            self._answers[after] = super().request(method, url, *args, **more)
        if "/_mock/" in str(url) and str(method) != "GET" and not str(url).endswith(_HARMLESS):
            self.changes.append(question)
        return self._answers[after]


class RepeatableServed(Served):
    """A mock in the manner of a vendor; use it as a context manager, and say `again` before each comparison."""

    def __init__(self, vendor: Vendor) -> None:
        self._remembering = _Remembering()
        self._made: dict[str, ServedIssuer] = {}
        super().__init__(vendor, self._remembering)

    def again(self) -> None:
        """The next comparison begins where the first one began."""
        self._remembering.changes.clear()

    def issuer(self, options: Mapping[str, Any], clients: bool = False, **spec: Any) -> ServedIssuer:
        """The issuer that was made for the same purpose before, or another one."""
        purpose = repr((options, clients, spec))
        if purpose not in self._made:
            self._made[purpose] = super().issuer(options, clients, **spec)
        return self._made[purpose]
