"""What the page shows of a behaviour card: each row as people read it, beside what is documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.measure.card import recorded_text, text_of


def card_document(card: Mapping[str, Any]) -> dict[str, Any]:
    """The data of that section, from a card as `read_card` gives it. `agrees` is None where nothing can be compared."""
    return {"target": str(card.get("target", "")), "rows": [_row(one) for one in card["readings"]]}


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    source = str(one.get("source") or "")
    agrees = one.get("agrees")
    return {
        "name": one["name"],
        "what": str(one.get("what") or ""),
        "measured": recorded_text(one),
        "documented": text_of(one.get("documented"), one["unit"]) if source else "",
        "source": source,
        "agrees": agrees if isinstance(agrees, bool) else None,
        "verdict": str(one.get("verdict") or ""),
        "reason": str(one.get("reason") or ""),
    }
