"""Compares the HTTP headers of the discovery document and of the JWKS, and those of any answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from . import fixture
from .matching import Difference, same
from .served import Served
from .vendor import Vendor

# What any HTTP server adds, and the mock's own mark.
_TRANSPORT = frozenset({"date", "content-length", "connection", "transfer-encoding", "x-mock-idp"})


def headers(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """The headers of the discovery document and of the JWKS, at the moment of the recording."""
    root = served.root
    changed_at = int(root.control("GET", "/clock")["now"])
    root.control("PUT", "/clock", {"at": changed_at})
    root.control("POST", "/rotate")
    now = changed_at + vendor.recorded_seconds_after_rotation
    root.control("PUT", "/clock", {"at": now})
    yield from compare_headers(vendor, facts, "discovery_headers", root.discovery(), now)
    yield from compare_headers(vendor, facts, "jwks_headers", root.jwks(), now)
    root.control("POST", "/reset")


def compare_headers(
    vendor: Vendor, facts: Mapping[str, Any], part: str, answer: requests.Response, now: float = 0.0
) -> Iterator[Difference]:
    """The headers of one answer; beside those of the fixture it has what any server adds. `now` is in unix seconds."""
    expected = {name.lower(): entry for name, entry in facts.get(part, {}).items()}
    for name, entry in expected.items():
        wanted, said = fixture.value(entry), answer.headers.get(name)
        replaced = vendor.headers.get(f"{part}.{name}")
        if said is None:
            fits = False
        elif replaced is not None:
            fits = re.fullmatch(replaced, said) is not None
        else:
            fits = wanted is None or (same(wanted, said) and _is_then(wanted, answer, now))
        if not fits:
            yield Difference(f"{part}.{name}", wanted, said or "(absent)", fixture.confirmed(entry))
    for name in {name.lower() for name in answer.headers} - expected.keys() - _TRANSPORT:
        yield Difference(f"{part}.{name}", "(absent)", answer.headers[name])


def _is_then(wanted: Any, answer: requests.Response, now: float) -> bool:
    """Whether `Expires` is as far away as the fixture says in words."""
    max_age = re.search(r"max-age=(\d+)", answer.headers.get("Cache-Control", ""))
    far = {"<http-date +1 day>": 86_400, "<http-date matching max-age>": int(max_age[1]) if max_age else -1}.get(wanted)
    if far is None:
        return True
    return parsedate_to_datetime(answer.headers["Expires"]).timestamp() == now + far
