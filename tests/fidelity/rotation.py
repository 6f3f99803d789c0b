"""Compares the habit of rotating keys, and what cache headers say about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from . import fixture
from .documents import published
from .matching import Difference
from .served import Served
from .vendor import Vendor

_DAY = 86_400


def rotation(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """Whether the key that signs next is published before it signs, and whether the old one stays after it did."""
    root = served.root
    before = published(root)
    old = root.control("POST", "/tokens", {})["kid"]
    signing = root.control("POST", "/rotate")["signing"]
    entry = facts["rotation"]["next_prepublished"]
    expected = fixture.value(entry) if not isinstance(entry, bool) else entry
    if expected is not None and (signing in before) != expected:
        yield Difference("rotation.next_prepublished", expected, signing in before, fixture.confirmed(entry))
    if old not in published(root):
        yield Difference("rotation.grace", "the old key stays published", "(gone)")
    root.control("POST", "/reset")
    several = facts["rotation"].get("always_multiple_keys")
    if several is not None and several != (len(published(root)) > 1):
        yield Difference("rotation.always_multiple_keys", several, published(root))
    about = facts["rotation"].get("jwks_rate_limit")
    limit = about.get("header_limit") if isinstance(about, Mapping) else None
    if limit is not None and str(limit) != root.jwks().headers.get("X-RateLimit-Limit"):
        yield Difference("rotation.jwks_rate_limit", limit, root.jwks().headers.get("X-RateLimit-Limit"))
    yield from _countdown(facts, served)


def _countdown(facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """A max-age that counts down to the next rotation is a day less a day later; any other stays."""
    counts = "counts down" in str(facts.get("jwks_headers_note", ""))
    first = _max_age(served)
    served.root.control("PUT", "/clock", {"offset_seconds": _DAY})
    later = _max_age(served)
    served.root.control("PUT", "/clock", {})
    if first is None or later is None:
        if first != later or counts:
            yield Difference("rotation.countdown", counts, f"{first} and a day later {later}")
        return
    # The clock runs between the two requests.
    fallen = abs(first - later - _DAY) < 60
    if fallen != counts or (not counts and abs(first - later) > 60):
        yield Difference("rotation.countdown", counts, f"{first} and a day later {later}")


def _max_age(served: Served) -> int | None:
    found = re.search(r"max-age=(\d+)", served.root.jwks().headers.get("Cache-Control", ""))
    return int(found[1]) if found else None
