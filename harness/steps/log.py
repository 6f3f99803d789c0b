"""The step that looks into the service's log."""

from __future__ import annotations

from harness.base.verdicts import Deviation
from harness.cell.cell_run import CellRun
from harness.grammar.vocabulary import READABLE_LOG
from harness.steps.registry import step

_LINES = 2000
# Shorter ones stand in a log by chance.
_TELLING, _SHORTEST_KEY = 20, 8


@step(needs=(READABLE_LOG,))
def expect_no_credentials_in_log(run: CellRun) -> None:
    """No token and no API key that the case has sent stands in the service's log. A part of a token, or a hash of it,
    may stand there: what counts is the signature, without which nobody can use it.
    """
    service = run.session.service
    log = service.log_tail(_LINES).as_it_came if service else ""
    run.counted.append({"on": "log", "lines": len(log.splitlines())})
    for token in run.tokens_sent():
        signature = token.rpartition(".")[2]
        if len(signature) >= _TELLING and signature in log:
            raise Deviation("no token in the service's log", "a token that was sent stands there with its signature")
    if any(key.key in log for key in run.session.api_keys().values() if len(key.key) >= _SHORTEST_KEY):
        raise Deviation("no API key in the service's log", "an API key stands there")


@step(needs=(READABLE_LOG,))
def expect_no_line_in_log(run: CellRun, beginning: str) -> None:
    """No line of the service's log begins with this text: what a caller sends makes no lines of its own."""
    service = run.session.service
    lines = (service.log_tail(_LINES).as_it_came if service else "").splitlines()
    run.counted.append({"on": "log", "lines": len(lines)})
    if any(line.startswith(beginning) for line in lines):
        raise Deviation(f"no line in the service's log that begins with {beginning!r}", "there is one")
