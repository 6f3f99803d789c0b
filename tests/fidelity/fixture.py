"""The fixture files: one JSON document per vendor, with what it really serves and how sure that is."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "fidelity"
PEOPLE = Path(__file__).with_name("people")
"""What is known of ID tokens and userinfo, by vendor, each member with its source."""
CORRECTED = Path(__file__).with_name("corrected")
"""Where a real server contradicts the fixture of its vendor, by vendor: members that count in place of those."""
_ANNOTATIONS = frozenset({"value", "confirmed", "note"})


def why_not(vendor: str) -> str | None:
    """Why there is nothing to compare with, or None."""
    path = FOLDER / f"{vendor}.json"
    return None if path.exists() else f"the recorded facts of {vendor} don't lie beside the project"


def load(vendor: str) -> dict[str, Any]:
    """The fixture of a vendor. Raises FileNotFoundError."""
    document: dict[str, Any] = json.loads((FOLDER / f"{vendor}.json").read_text(encoding="utf-8"))
    corrected = CORRECTED / f"{vendor}.toml"
    if corrected.exists():
        document = _merged(document, tomllib.loads(corrected.read_text(encoding="utf-8")))
    return {**document, "people": tomllib.loads((PEOPLE / f"{vendor}.toml").read_text(encoding="utf-8"))}


def _merged(said: Mapping[str, Any], better: Mapping[str, Any]) -> dict[str, Any]:
    """Raises KeyError for a correction of what is not said."""
    merged = {**said}
    for name, value in better.items():
        merged[name] = _merged(said[name], value) if isinstance(value, Mapping) else value
    return merged


def confirmed(entry: Any) -> bool:
    """Whether an entry comes from a source: everything does that doesn't say `"confirmed": false`."""
    return not (isinstance(entry, Mapping) and entry.get("confirmed") is False)


def value(entry: Any) -> Any:
    """What an entry says without its annotations; None when it says no more than that something exists."""
    if isinstance(entry, Mapping) and "confirmed" in entry and set(entry) <= _ANNOTATIONS:
        return entry.get("value")
    return entry
