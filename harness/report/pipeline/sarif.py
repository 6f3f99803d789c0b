"""SARIF of a run: a rule for each scenario that has something to say, a result for each of its verdicts.

A service that is judged from outside has no line of code. What is named instead is the file that says what it promises:
its profile, where that is a file of the user's, else the record.

`security-severity` and the limits on texts are those of GitHub:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.report.advice import advice_for
from harness.report.page.document import About
from harness.report.page.sources import links
from harness.report.pipeline.alarms import Alarm, alarms, short, what_came
from harness.report.summary import again_line
from harness.shown.sarif import address, sarif_log

TOOL = "idp-harness run"
_LONGEST = 1000
# Where the bands of CVSS 3 lie: critical from 9.0, high from 7.0, medium from 4.0.
_SCORES = {"catastrophic": "9.8", "critical": "9.1", "high": "7.5", "medium": "5.0", "low": "3.0", "info": "0.1"}
_LEVELS = {"catastrophic": "error", "critical": "error", "high": "error", "medium": "warning"}


def sarif_of(results: Sequence[CellResult], about: About, file: Path) -> dict[str, Any]:
    """The log. A known finding is a result that is suppressed, with its reason; what is undecided is a notification.

    In: the cells, what is known of their run, and the `file` that the results are laid at.
    """
    found = alarms(results, verdicts.FAILED, verdicts.STALE, verdicts.FINDING)
    rules: dict[str, Alarm] = {}
    for one in found:
        rules.setdefault(one.scenario, one)
    numbers = {scenario: number for number, scenario in enumerate(rules)}
    status = verdicts.exit_status(list(results), strict=about.strict)
    undecided = alarms(results, verdicts.ERROR, verdicts.INCONCLUSIVE)
    invocation: dict[str, Any] = {
        "executionSuccessful": status != verdicts.EXIT_COULD_NOT_RUN and not about.note,
        "toolExecutionNotifications": [_notification(one) for one in undecided],
    }
    if about.started:
        invocation["startTimeUtc"] = about.started.replace("+00:00", "Z")
    results_ = [_result(one, numbers[one.scenario], address(file)) for one in found]
    return sarif_log(TOOL, [_rule(one) for one in rules.values()], results_, invocations=[invocation])


def sarif_text(log: dict[str, Any]) -> str:
    """The file."""
    return json.dumps(log, ensure_ascii=True, indent=1) + "\n"


def is_sarif(data: bytes) -> bool:
    """Whether a file is such a log, or the beginning of one."""
    return data.startswith(b'{\n "$schema": "https://docs.oasis-open.org/sarif') and TOOL.encode() in data


def _rule(one: Alarm) -> dict[str, Any]:
    first = one.first
    found = links(first.requirement)
    advice = advice_for(first.scenario)
    change = (
        [f"{advice.name}: {advice.why}", *(f"{who}: {what}" for who, what in advice.libraries.items())]
        if advice
        else []
    )
    sources = [f"{name}: {url}" for name, url in found]
    rule: dict[str, Any] = {
        "id": first.scenario,
        "name": first.scenario.rpartition("/")[2],
        "shortDescription": {"text": short(first.title, _LONGEST)},
        "fullDescription": {"text": short(f"{first.title}. {first.requirement}", _LONGEST)},
        "help": {"text": "\n".join([first.requirement, *change, *sources])},
        "defaultConfiguration": {"level": _LEVELS.get(first.severity, "note")},
        "properties": {
            "tags": ["security", "authentication", first.scenario.partition("/")[0]],
            "precision": "very-high",
            "security-severity": _SCORES.get(first.severity, "0.1"),
        },
    }
    return rule | ({"helpUri": found[0][1]} if found else {})


def _result(one: Alarm, number: int, uri: str) -> dict[str, Any]:
    first = one.first
    level = _LEVELS.get(first.severity, "note") if first.level != "should" else "note"
    said: dict[str, Any] = {
        "ruleId": one.scenario,
        "ruleIndex": number,
        "level": level,
        "message": {
            "text": short(f"{first.target}: {one.sentence()} Cells {one.names}. Again: {again_line(first)}", _LONGEST)
        },
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}},
                "logicalLocations": [{"fullyQualifiedName": f"{first.target}/{one.scenario}"}],
            }
        ],
        "partialFingerprints": {"targetAndScenario/v1": _digest(f"{first.target} {one.scenario}")},
        "occurrenceCount": len(one.cells),
    }
    if one.verdict == verdicts.FINDING:
        said["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": short(first.reason, _LONGEST)}
        ]
    return said


def _notification(one: Alarm) -> dict[str, Any]:
    level = "error" if one.verdict == verdicts.ERROR else "warning"
    text = f"{one.scenario}, {one.names}: {what_came(one.first)}"
    return {"level": level, "message": {"text": short(text, _LONGEST)}}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
