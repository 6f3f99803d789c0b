"""Findings in SARIF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.lint.finding import RULES, Finding, Rule
from harness.shown import sarif


def sarif_log(file: Path, findings: Sequence[Finding]) -> dict[str, Any]:
    """The log of one run over one file; its address is relative, as long as the file lies below the current folder."""
    numbers = {name: number for number, name in enumerate(RULES)}
    results = [_result(one, numbers[one.rule], sarif.address(file)) for one in findings]
    return sarif.sarif_log("idp-harness lint", [_descriptor(one) for one in RULES.values()], results)


def _descriptor(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.sentence},
        "fullDescription": {"text": f"{rule.sentence} Source: {rule.source}."},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": ["security"]},
    }


def _result(finding: Finding, number: int, address: str) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": address}, "region": {"startLine": finding.line}}
    text = f"{finding.message}. Write instead: {finding.instead}"
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [
            {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": finding.place or "file"}]}
        ],
    }
