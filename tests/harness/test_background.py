"""Jobs and traffic beside a cell."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from harness.base.errors import HarnessError
from harness.base.verdicts import Deviation
from harness.cell import background as module
from harness.cell.background import Background

SECONDS = 20.0


@pytest.fixture
def background() -> Iterator[Background[int]]:
    background = Background[int]()
    yield background
    background.finish()


def refuse(_: list[int]) -> None:
    raise Deviation("this", "that")


def test_a_job_runs_beside_and_is_judged_when_joined(background: Background[int]) -> None:
    go, judged = threading.Event(), list[list[int]]()

    def work() -> list[int]:
        assert go.wait(SECONDS)
        return [1, 2]

    background.start("job", work, judged.append)
    assert judged == []
    go.set()
    background.join("job")
    assert judged == [[1, 2]]


def test_a_jobs_judge_may_find_a_deviation(background: Background[int]) -> None:
    background.start("job", lambda: [1], refuse)
    with pytest.raises(Deviation):
        background.join("job")


def test_a_jobs_own_error_comes_out_when_joined(background: Background[int]) -> None:
    def work() -> list[int]:
        raise HarnessError("no connection")

    background.start("job", work, refuse)
    with pytest.raises(HarnessError, match="no connection"):
        background.join("job")


def test_joining_what_was_never_started_is_an_error(background: Background[int]) -> None:
    with pytest.raises(HarnessError, match="nothing named 'job' was sent in the background"):
        background.join("job")


def test_a_job_that_does_not_end_is_the_harnesss_error(
    background: Background[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "JOIN_SECONDS", 0.05)
    go = threading.Event()
    background.start("job", lambda: [int(go.wait(SECONDS))], refuse)
    with pytest.raises(HarnessError, match=r"'job' was not done in the background within 0\.05 s"):
        background.join("job")
    go.set()


class Sender:
    """Traffic that reports when it has sent enough, and when it is over."""

    def __init__(self, enough: int = 3) -> None:
        self.sent, self._enough = 0, enough
        self.reached, self.over = threading.Event(), threading.Event()

    def __call__(self) -> list[int]:
        self.sent += 1
        if self.sent >= self._enough:
            self.reached.set()
        return [self.sent]


def test_traffic_is_judged_as_a_whole_when_it_stops(background: Background[int]) -> None:
    sender, judged = Sender(), list[list[int]]()
    background.start_traffic("clients", 500, sender, judged.append, sender.over.set)
    assert sender.reached.wait(SECONDS)
    background.stop_traffic("clients", 3)
    assert judged == [list(range(1, sender.sent + 1))]
    assert sender.over.is_set()


def test_traffic_keeps_to_its_rate(background: Background[int]) -> None:
    sender = Sender()
    background.start_traffic("clients", 0.01, sender, refuse, sender.over.set)
    with pytest.raises(HarnessError, match="traffic 'clients' made 0 requests, not 1"):
        background.stop_traffic("clients", 1)


def test_an_error_in_the_traffic_comes_out_when_it_stops(background: Background[int]) -> None:
    over = threading.Event()

    def fail() -> list[int]:
        raise HarnessError("no token")

    background.start_traffic("clients", 500, fail, refuse, over.set)
    assert over.wait(SECONDS)
    with pytest.raises(HarnessError, match="no token"):
        background.stop_traffic("clients", 1)


def test_stopping_what_was_never_started_is_an_error(background: Background[int]) -> None:
    with pytest.raises(HarnessError, match="no traffic named 'clients' was started"):
        background.stop_traffic("clients", 1)


def test_the_end_of_a_cell_ends_its_traffic_unjudged(background: Background[int]) -> None:
    sender = Sender()
    background.start_traffic("clients", 500, sender, refuse, sender.over.set)
    assert sender.reached.wait(SECONDS)
    background.finish()
    assert sender.over.is_set()
