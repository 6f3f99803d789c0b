"""The recorded facts about a vendor that stand beside the project; tests that need them are skipped without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "fidelity"


def facts(vendor: str) -> dict[str, Any]:
    """The fixture file of a vendor."""
    path = _FOLDER / f"{vendor}.json"
    if not path.exists():
        pytest.skip(f"the recorded facts of {vendor} don't lie beside the project")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
