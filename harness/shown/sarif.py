"""A log in SARIF 2.1.0, as code-scanning pages of forges read it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(
    tool: str, rules: Sequence[dict[str, Any]], results: Sequence[dict[str, Any]], **run: Any
) -> dict[str, Any]:
    """A log with one run. In: the tool's name, `reportingDescriptor` and `result` objects, more members of the run."""
    driver = {"name": tool, "version": version("idp-harness"), "rules": list(rules)}
    about = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": list(results), **run}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [about]}


def address(file: Path) -> str:
    """The URI of a file: relative, as a repository has it, as long as it lies below the current folder."""
    whole = file.absolute()
    if whole.is_relative_to(Path.cwd()):
        return quote(whole.relative_to(Path.cwd()).as_posix())
    return whole.as_uri()
