"""The life of an issuer's keys as a picture: a row for each key, a bar for each state it was in, from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mock_idp.jose.ring import KID_CHARACTERS, KeyChange, RingEntry

WIDTH = 1000
"""How wide the picture is, in units of its own."""
MAX_ROWS = 30

STATES = {
    "next": "published, doesn't sign yet",
    "current": "active, signs",
    "previous": "published, no longer signs",
    "retired": "no longer published",
    "revoked": "for good",
    "hidden": "never published",
    "removed": "its kid stays used",
}
"""Each state of a key in words."""


@dataclass(frozen=True)
class Bar:
    """A time in one state: where it begins and how long it is in units of the picture, and the unix second it began."""

    state: str
    x: float
    width: float
    since: float


@dataclass(frozen=True)
class Row:
    """One key and its bars, oldest first."""

    kid: str
    name: str | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """The rows, the newest key last, from one unix second to another; `left_out` keys are older."""

    rows: tuple[Row, ...]
    begins: float
    ends: float
    left_out: int = 0


def timeline(changes: Iterable[KeyChange], entries: Sequence[RingEntry], now: float) -> Timeline:
    """The picture of these changes.

    In: changes oldest first; the keys that are there, for one whose changes are forgotten; the issuer's time, which may
    have been set back meanwhile: what came after it counts as of now.
    """
    lives: dict[tuple[str, str | None], list[tuple[float, str]]] = {}
    for change in changes:
        if change.at is not None:
            lives.setdefault((change.kid, change.name), []).append((min(change.at, now), change.state))
    for entry in entries:
        key = (entry.key.kid[:KID_CHARACTERS], entry.name)
        if entry.since is not None and key not in lives:
            lives[key] = [(min(entry.since, now), entry.state)]
    begins = min((life[0][0] for life in lives.values()), default=now)
    shown = list(lives.items())[-MAX_ROWS:]
    scale = WIDTH / max(now - begins, 1.0)
    rows = tuple(
        Row(kid, name, tuple(_bar(life, number, begins, now, scale) for number in range(len(life))))
        for (kid, name), life in shown
    )
    return Timeline(rows, begins, now, len(lives) - len(shown))


def _bar(life: Sequence[tuple[float, str]], number: int, begins: float, now: float, scale: float) -> Bar:
    since, state = life[number]
    until = life[number + 1][0] if number + 1 < len(life) else now
    # What is gone is a mark, no bar.
    width = 0.0 if state == "removed" else max(until - since, 0.0) * scale
    return Bar(state, round((since - begins) * scale, 1), round(width, 1), since)
