"""The step that looks for credentials in the service's log."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from cell_bench import Bench
from small_service import Answer, Call, honest
from watching import steps

from harness.base.verdicts import FAILED, PASSED
from harness.shown.foreign_text import ForeignText
from harness.targets.base import Service
from harness.targets.url import UrlTarget

BODY = steps('do = "send"', 'do = "expect-no-credentials-in-log"')


@dataclass
class Logging:
    """A behaviour that writes a part of each token down."""

    shows: slice
    lines: list[str] = field(default_factory=list)

    def __call__(self, call: Call) -> Answer:
        self.lines.append(f"INFO request of {'.'.join(call.token.split('.')[self.shows])}")
        return honest(call)


@dataclass(frozen=True)
class WithLog:
    """A service whose log the harness sees."""

    service: Service
    lines: list[str]

    def __getattr__(self, name: str) -> object:
        return getattr(self.service, name)

    def log_tail(self, lines: int = 40) -> ForeignText:
        return ForeignText("\n".join(self.lines)).last_lines(lines)


def judged(bench: Bench, behaviour: Logging, monkeypatch: pytest.MonkeyPatch) -> str:
    """The verdict on a service whose log the harness sees."""
    start = UrlTarget.start
    monkeypatch.setattr(UrlTarget, "start", lambda *given: WithLog(start(*given), behaviour.lines))
    return bench.judge(behaviour, BODY).verdict


@pytest.mark.parametrize(
    ("shows", "verdict"),
    [
        pytest.param(slice(0, 3), FAILED, id="whole"),
        pytest.param(slice(2, 3), FAILED, id="signature"),
        pytest.param(slice(0, 2), PASSED, id="claims"),
        pytest.param(slice(0, 0), PASSED, id="nothing"),
    ],
)
def test_a_token_with_its_signature_is_found(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, shows: slice, verdict: str
) -> None:
    """Without it nobody can use what stands there."""
    assert judged(bench, Logging(shows), monkeypatch) == verdict


FORGED = steps('do = "send"', 'do = "expect-no-line-in-log", beginning = "7d1f"')


@dataclass
class Forged(Logging):
    """A behaviour that writes one text down for each request."""

    text: str = ""

    def __call__(self, call: Call) -> Answer:
        self.lines.append(f"INFO {self.text}")
        return honest(call)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("kid x\n7d1f INFO forged", FAILED, id="raw"),
        pytest.param("kid x\\n7d1f INFO forged", PASSED, id="escaped"),
        pytest.param("7d1f", PASSED, id="inside-a-line"),
    ],
)
def test_a_line_that_a_caller_has_made_is_found(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, text: str, verdict: str
) -> None:
    """It begins where the service would never begin one."""
    start, behaviour = UrlTarget.start, Forged(slice(0, 0), text=text)
    monkeypatch.setattr(UrlTarget, "start", lambda *given: WithLog(start(*given), behaviour.lines))
    assert bench.judge(behaviour, FORGED).verdict == verdict
