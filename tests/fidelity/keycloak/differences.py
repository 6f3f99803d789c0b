"""What differs between the answers of the two sides, and which of it is explained on Keycloak's page."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .normal import Leaves, identifiers, leaves
from .recorded import Asked
from .sides import Answer, Side

PAGE = Path(__file__).resolve().parents[3] / "docs/vendors/keycloak.md"
_SECTION = "## Beside a real server"
_ABSENT, _THERE = object(), object()
# Among so many UUIDs of chance there is one that has not the version 4, all but surely: each has with 1 in 64.
_ENOUGH = 20
_LONGEST = 110


@dataclass(frozen=True)
class Difference:
    """One place of one pair of answers. The values are texts to be shown."""

    pair: str
    place: str
    real: str
    mock: str

    def __str__(self) -> str:
        return f"{self.pair}  {self.place}: Keycloak {self.real}, mock {self.mock}"


@dataclass
class Reason:
    """A line of the page: patterns of a pair and a place with `*` for anything, and why it is so."""

    patterns: tuple[tuple[str, str], ...]
    why: str
    met: set[tuple[str, str]] = field(default_factory=set)

    def explains(self, one: Difference) -> bool:
        for pair, place in self.patterns:
            if _fits(pair, one.pair) and _fits(place, one.place):
                self.met.add((pair, place))
                return True
        return False

    def unmet(self) -> list[str]:
        """The patterns that explained nothing."""
        return [" places ".join(pattern) for pattern in self.patterns if pattern not in self.met]


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def reasons(page: str) -> list[Reason]:
    """Those of the table in the text of the page whose last column says where. Raises ValueError without it."""
    _, found, section = page.partition(f"\n{_SECTION}\n")
    if not found:
        raise ValueError(f"there is no section {_SECTION!r}")
    rows = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")][1:]
    return [reason for row in rows if (reason := _reason(row)).patterns]


def _reason(row: str) -> Reason:
    cells = [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]
    if len(cells) != 3:
        raise ValueError(f"no row of two sides and where they differ: {row}")
    real, mock, where = cells
    patterns = []
    for one in re.findall("`([^`]+)`", where):
        pair, _, place = one.partition(" places ")
        if not place:
            raise ValueError(f"no pattern of pairs and places: {one}")
        patterns.append((pair, place))
    return Reason(tuple(patterns), f"a real server {real}; the mock {mock}")


def compare(real: Asked | Side, mock: Asked | Side) -> Iterator[Difference]:
    """All differences between two sides that have been asked the same."""
    for name in {**real.answers, **mock.answers}:
        theirs, ours = real.answers.get(name), mock.answers.get(name)
        if theirs is None or ours is None:
            yield Difference(name, "request", "asked" if theirs else "not asked", "asked" if ours else "not asked")
            continue
        yield from _different(name, leaves(theirs, real.known), leaves(ours, mock.known))


def _different(pair: str, theirs: Leaves, ours: Leaves) -> Iterator[Difference]:
    said = set()
    for place in {**theirs, **ours}:
        real, mock = theirs.get(place, _ABSENT), ours.get(place, _ABSENT)
        if type(real) is type(mock) and real == mock:  # Python takes 1 for True.
            continue
        if place.endswith("(order)") and _is_list(real, mock) and sorted(real) != sorted(mock):
            # Which are missing is said at their own places; here it is the order of those that both have.
            both = set(real) & set(mock)
            real, mock = [one for one in real if one in both], [one for one in mock if one in both]
            if real == mock:
                continue
        if real is _ABSENT or mock is _ABSENT:
            # What is missing as a whole is one difference, not one for each of its members.
            whole = _whole(place, theirs if real is _ABSENT else ours)
            if whole in said:
                continue
            said.add(whole)
            if whole != place:
                real, mock = (one if one is _ABSENT else _THERE for one in (real, mock))
            place = whole
        yield Difference(pair, place, shown(real), shown(mock))


def _whole(place: str, there: Leaves) -> str:
    """The outermost member around a place of which one side has nothing at all."""
    for end in re.finditer(r"[.\[]| \(", place):
        outer = place[: end.start()]
        if outer in ("body", "header"):
            continue
        if not any(one == outer or one.startswith((f"{outer}.", f"{outer}[", f"{outer} (")) for one in there):
            return outer
    return place


def _is_list(*values: Any) -> bool:
    return all(isinstance(value, list) for value in values)


def shown(value: Any) -> str:
    """A value in one short line."""
    if value is _ABSENT or value is _THERE:
        return "nothing" if value is _ABSENT else "has it"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def of_identifiers(real: Iterable[Answer], mock: Iterable[Answer]) -> Iterator[Difference]:
    """Where one side's ids are all UUIDs of version 4 and the other's aren't, by member, of all answers together."""
    theirs, ours = _versions(real), _versions(mock)
    for member in sorted(theirs.keys() & ours.keys()):
        real_4, mock_4 = all(theirs[member]), all(ours[member])
        if min(len(theirs[member]), len(ours[member])) >= _ENOUGH and real_4 != mock_4:
            yield Difference("all", f"version of the ids in {member}", _said(real_4), _said(mock_4))


def _said(all_4: bool) -> str:
    return "all UUIDs of version 4" if all_4 else "any UUID"


def _versions(answers: Iterable[Answer]) -> Mapping[str, list[bool]]:
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for answer in answers:
        for member, uuid in identifiers(answer):
            found[member][uuid] = uuid[14] == "4" and uuid[19] in "89ab"
    return {member: list(each.values()) for member, each in found.items()}
