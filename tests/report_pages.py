"""What stands in a page of a report, as a browser finds it."""

from __future__ import annotations

import base64
import gzip
import json
from html.parser import HTMLParser
from typing import Any


class Elements(HTMLParser):
    """The elements of a page, and the text of those that have an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, str] = {}
        self._id = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._id = dict(attrs).get("id") or ""

    def handle_data(self, data: str) -> None:
        if self._id:
            self.texts[self._id] = self.texts.get(self._id, "") + data


def page_data(text: str) -> dict[str, Any]:
    """What is there at once: scenarios, cells, what is gravest."""
    data: dict[str, Any] = json.loads(Elements(text).texts["data"])
    return data


def page_evidence(text: str) -> dict[str, Any]:
    """The evidence by the ids of cells, which the page unpacks when one is opened."""
    packed = Elements(text).texts["evidence"]
    evidence: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed)))
    return evidence
