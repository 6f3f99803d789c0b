"""How many cells a test session leaves out as they differ from one that it runs in the vendor's style alone.

It is there in every pytest start of its environment, so it imports nothing that is heavy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.scenario.plan import PlannedCell

NAME = "idp-harness-left-out"
_FROM_A_WORKER = "idp_left_out"


class LeftOut:
    """A plugin of each process; the one that writes to the terminal says it there."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._number = config, 0

    def count(self, cells: Sequence[PlannedCell], said: Mapping[str, Any]) -> None:
        """Count what is left out beside these cells, planned with what the marker has `said`."""
        from harness.scenario.plan import left_out

        def option(name: str) -> Any:
            return said.get(name, self._config.getoption(f"--idp-{name.replace('_', '-')}"))

        if not (option("style") or option("all_styles")):
            self._number += left_out(cells, option("select"))
        if hasattr(self._config, "workerinput"):
            self._config.workeroutput[_FROM_A_WORKER] = self._number  # type: ignore[attr-defined]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Every worker plans all cells: each says the same."""
        self._number = max(self._number, getattr(node, "workeroutput", {}).get(_FROM_A_WORKER, 0))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._number:
            from harness.report.summary import left_out_line

            terminalreporter.write_line(left_out_line(self._number, "--idp-all-styles"))


def count_left_out(config: pytest.Config, cells: Sequence[PlannedCell], said: Mapping[str, Any]) -> None:
    """Count for the plugin of this process."""
    plugin = config.pluginmanager.get_plugin(NAME)
    assert isinstance(plugin, LeftOut)
    plugin.count(cells, said)
