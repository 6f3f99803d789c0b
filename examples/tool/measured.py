"""`measured.json` of an example: what its last whole run gave, as the page about all of them states it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from examples.tool.coarse import coarse
from examples.tool.example import Example
from examples.tool.findings import Finding, findings
from harness.base.errors import HarnessError
from harness.base.verdicts import FAILED, FINDING, INCONCLUSIVE
from harness.measure.reading import ERROR
from harness.measure.record import differences, read_card

_FILE = "measured.json"
# What a cell that fails counts as when no file may say which one it is: what gets past a check, or ends a service.
WITHHELD = "withheld"


def measured(example: Example) -> dict[str, Any] | None:
    """What is known of it: `library`, `version`, `verdicts` and `readings`; None before it was measured."""
    file = example.file(_FILE)
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def take_over(example: Example, build: Path) -> list[str]:
    """Write what the records in `build` say, and return what is otherwise than before, a line each.

    What differs by no more than its resolution stays as it was. What was measured before stays for what was judged
    only, and verdicts stay for what was measured only, unless they are of another version. Raises `HarnessError` where
    nothing was measured ever.
    """
    record, card, old = build / "report" / "results.jsonl", build / "card.json", measured(example)
    if not card.is_file() and not (old and _is_whole(build / "report")):
        raise HarnessError(f"there is no run of {example.name} yet: python -m examples run {example.name}")
    lines = record.read_text(encoding="utf-8").splitlines() if _is_whole(build / "report") else []
    old = old or {"verdicts": {}, "readings": []}
    known = findings(example)
    counts = Counter(_verdict(json.loads(line), known) for line in lines)
    if counts[FAILED] == example.withheld.get("cells", 0):
        counts[WITHHELD] = counts.pop(FAILED, 0)
    verdicts = dict(sorted((+counts).items()))
    if not lines and old.get("version") == example.version:
        verdicts = old["verdicts"]
    readings = [coarse(one) for one in read_card(card)["readings"]] if card.is_file() else old["readings"]
    changed = {name: (before, after) for name, before, after in differences(old["readings"], readings)}
    was = {one["name"]: one for one in old["readings"]}
    kept = [was[one["name"]] if _stays(one, was, changed) else one for one in readings]
    new = {"library": example.library, "version": example.version, "verdicts": verdicts, "readings": kept}
    example.file(_FILE).write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    lines = [f"verdicts {old['verdicts']} -> {verdicts}"] if old["verdicts"] != verdicts else []
    lines += [f"{name}: {before['value']} -> {after['value']}" for name, (before, after) in changed.items()]
    return lines + [f"{one['name']} could not be measured: {one['reason']}" for one in kept if one["status"] == ERROR]


def _verdict(cell: dict[str, Any], known: list[Finding]) -> str:
    """That of the record; what was written into expected.toml since then is a finding there, too."""
    if cell["verdict"] in (FAILED, INCONCLUSIVE) and any(one.covers(cell) for one in known):
        return FINDING
    return str(cell["verdict"])


def _is_whole(report: Path) -> bool:
    """Whether the run there came to its end, as the last line of its manifest says."""
    manifest = report / "manifest.jsonl"
    lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.is_file() else []
    return bool(lines) and json.loads(lines[-1]).get("ended") == "complete"


def _stays(reading: dict[str, Any], was: dict[str, Any], changed: dict[str, Any]) -> bool:
    """Whether the reading of before says the same."""
    before = was.get(reading["name"])
    if before is None or reading["name"] in changed:
        return False
    return all(before.get(key) == reading.get(key) for key in ("status", "note"))
