"""`--target tasker` judges both services of Tasker, each with what is its own, and ends as the worse of the two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from report_cells import cell

from harness.base.errors import HarnessError, UsageError
from harness.cli import both
from harness.cli.both import SERVICES, judge_both
from harness.report.record import line_of
from harness.targets.tasker_orchestration import TaskerOrchestrationTarget
from harness.targets.tasker_worker import TaskerWorkerTarget

PARAMS: dict[str, Any] = {
    **dict.fromkeys(("profile", "base_url", "command", "issuer")),
    "faults": (),
    "hold": False,
    "prefixes": ("time",),
    "target": "tasker",
    "target_option": ("boot-seconds=20", "server=/bin/sh"),
    "report_dir": Path("report"),
}


@pytest.fixture
def everything_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for target in (TaskerWorkerTarget, TaskerOrchestrationTarget):
        monkeypatch.setattr(target, "available", lambda _: None)


@pytest.mark.usefixtures("everything_is_here")
def test_each_gets_what_is_its_own_and_what_is_both_s() -> None:
    calls: list[dict[str, Any]] = []
    judge_both(lambda **params: calls.append(params) or 0, PARAMS)
    assert [(one["target"], one["report_dir"], one["target_option"], one["prefixes"]) for one in calls] == [
        ("tasker-worker", Path("report/tasker-worker"), ("boot_seconds=20",), ("time",)),
        ("tasker-orchestration", Path("report/tasker-orchestration"), ("boot_seconds=20", "server=/bin/sh"), ("time",)),
    ]


@pytest.mark.usefixtures("everything_is_here")
@pytest.mark.parametrize(
    ("statuses", "status", "judged"),
    [((0, 0), 0, 2), ((1, 0), 1, 2), ((0, 1), 1, 2), ((3, 1), 3, 2), ((1, 2), 2, 2), ((130, 0), 130, 1)],
)
def test_it_ends_as_the_worse_of_the_two(statuses: tuple[int, int], status: int, judged: int) -> None:
    """After Ctrl-C in the first the second does not begin."""
    left = list(statuses)
    assert (judge_both(lambda **_: left.pop(0), PARAMS), 2 - len(left)) == (status, judged)


@pytest.mark.usefixtures("everything_is_here")
def test_it_says_what_shows_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One page with what differs, by a line that can be pasted."""

    def judge(*, report_dir: Path, **_: Any) -> int:
        report_dir.mkdir(parents=True)
        (report_dir / "results.jsonl").write_bytes(line_of(cell().record()))
        return 0

    judge_both(judge, {**PARAMS, "report_dir": tmp_path / "a b"})
    first, second = (f"'{tmp_path}/a b/{name}'" for name in SERVICES)
    assert f"idp-harness report {first} --beside {second} --open\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [{"profile": "x"}, {"base_url": "http://x"}, {"command": "x"}, {"issuer": "x"}, {"faults": ("x",)}, {"hold": True}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_about_one_service_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="is about one service; name it: --target tasker-worker or"):
        judge_both(lambda **_: pytest.fail("it was judged"), {**PARAMS, **change})


def test_an_option_that_neither_has_is_refused() -> None:
    with pytest.raises(UsageError, match="target tasker has no option 'sevrer'; did you mean 'server'"):
        judge_both(lambda **_: pytest.fail("it was judged"), {**PARAMS, "target_option": ("sevrer=x",)})


def test_nothing_is_judged_where_one_of_them_is_not_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TaskerWorkerTarget, "available", lambda _: None)
    monkeypatch.setattr(TaskerOrchestrationTarget, "available", lambda _: "there is no program")
    with pytest.raises(HarnessError, match="the target tasker-orchestration can't be used here: there is no program"):
        judge_both(lambda **_: pytest.fail("it was judged"), PARAMS)


def test_both_are_targets_and_tasker_is_none() -> None:
    assert set(SERVICES) < set(both.TARGETS)
    assert both.TASKER not in both.TARGETS
