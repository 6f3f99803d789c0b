"""Which process runs which test: the cells of one share of the matrix go to one xdist worker.

The share stands at the end of a test's parameters: `test_scenario[kid/selection/kid-unknown[okta]@reference-1of2]`,
`test_mutant[m-no-exp-check@reference-1of2]`.
pytest-xdist has groups for this, but its release 3.8 loses them on pytest 9.2 without a word (its issue 1386).
"""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

_SHARE = re.compile(r"(\]|\[[md](?:-[a-z0-9]+)+)@([a-z0-9-]+-[0-9]+of[0-9]+)\]$")


def process_count(config: pytest.Config) -> int:
    """How many processes run tests at the same time as this one, itself included."""
    return int(getattr(config, "workerinput", {}).get("workercount", 1))


def share_count(config: pytest.Config) -> int:
    """How many shares there are: one for each worker, if xdist can be told which test goes where, else one."""
    return process_count(config) if _is_sharing_worker(config) else 1


def knows_its_share(config: pytest.Config) -> bool:
    """Whether this process will be asked for all cells of a share once it is asked for the first."""
    return not hasattr(config, "workerinput") or _is_sharing_worker(config)


def _is_sharing_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput") and bool(getattr(config.option, "loadgroup", False))


def name_of_test(id: str, share: str, config: pytest.Config) -> str:
    """The parameters of the test of a cell or a mutant; only a worker's name the share."""
    return f"{id}@{share}" if _is_sharing_worker(config) else id


def without_share(nodeid: str) -> str:
    """A test's id as it is reported."""
    return _SHARE.sub(r"\1]", nodeid)


def share_of_test(nodeid: str) -> str | None:
    """The share that a worker's test belongs to; None in a process that runs all of them."""
    found = _SHARE.search(nodeid)
    return found[2] if found else None


class ShareScheduling(LoadGroupScheduling):  # type: ignore[misc]
    """`--dist=loadgroup` in which cells of one share stay together too."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of_test(nodeid) or super()._split_scope(nodeid)

    def _reschedule(self, node: Any) -> None:
        """A worker in another's place has not yet said which tests it knows: xdist would lose what it hands to it."""
        if node in self.registered_collections:
            super()._reschedule(node)

    def remove_node(self, node: Any) -> str | None:
        """A test whose worker is gone counts as done: xdist would let it end one worker after the other."""
        if self.collection is None:
            self.registered_collections.pop(node, None)
        pending = [(unit, test) for unit in self.assigned_work[node].values() for test in unit if not unit[test]]
        if not pending:
            return cast("str | None", super().remove_node(node))
        unit, crashed = pending[0]
        unit[crashed] = True
        super().remove_node(node)
        return None if was_interrupted(node) else cast(str, crashed)


def was_interrupted(node: Any) -> bool:
    """Whether a worker has ended in order because of Ctrl-C."""
    return getattr(node, "workeroutput", {}).get("exitstatus") == pytest.ExitCode.INTERRUPTED
