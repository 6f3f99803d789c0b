"""Findings in SARIF 2.1.0, as code-scanning pages of forges read it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness.lint.finding import RULES, Finding, Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(file: Path, findings: Sequence[Finding]) -> dict[str, Any]:
    """The log of one run over one file; its address is relative, as long as the file lies below the current folder."""
    numbers = {name: number for number, name in enumerate(RULES)}
    driver = {
        "name": "idp-harness lint",
        "version": version("idp-harness"),
        "rules": [_descriptor(one) for one in RULES.values()],
    }
    results = [_result(one, numbers[one.rule], _address(file)) for one in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


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


def _address(file: Path) -> str:
    whole = file.absolute()
    if whole.is_relative_to(Path.cwd()):
        return quote(whole.relative_to(Path.cwd()).as_posix())
    return whole.as_uri()
