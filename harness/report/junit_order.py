"""The order of the cases in JUnit: what is gravest comes first, as in every other output."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from harness.base.verdicts import FAILED, FINDING
from harness.grammar.vocabulary import SEVERITIES


def put_gravest_first(plugins: pytest.PytestPluginManager) -> None:
    """Let the JUnit file that pytest is about to write begin with the services that stand open; nothing without one."""
    for plugin in plugins.get_plugins():
        cases: list[Any] | None = getattr(plugin, "node_reporters_ordered", None)
        if cases:
            cases.sort(key=lambda case: not _is_gravest(case.to_xml()))


def _is_gravest(case: ElementTree.Element) -> bool:
    said = {one.get("name"): one.get("value") for one in case.iter("property")}
    return said.get("severity") == SEVERITIES[0] and said.get("verdict") in (FAILED, FINDING)
