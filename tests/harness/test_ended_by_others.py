"""A service that somebody else has ended has broken no requirement."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest
from cell_bench import Bench

from harness.base.verdicts import ERROR, FAILED, PASSED
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.profile import find_profile, load_profile
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.cell_runner import run_cell
from harness.targets import make_target

EXPIRED = 'token.times = { exp = -3600 }\nexpect = "reject"\n'
# It ends itself with the first request after it was ready.
FRAIL = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/health":
            os._exit(3)
        self.send_response(200)
        self.end_headers()

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
def session(idp_client: IdpClient, attacker: AttackerListener) -> Iterator[Session]:
    """One whose service is a process of its own, and runs."""
    target = make_target("reference", {"own_process": "true"})
    profile = load_profile(find_profile("reference", []))
    session = Session(Environment(Options(target="reference"), profile, target, idp_client, attacker), "auth0", {})
    session.start_service()
    yield session
    session.close()
    target.close()


def process_of(session: Session) -> psutil.Process:
    assert session.service is not None
    assert session.service.pid is not None
    return psutil.Process(session.service.pid)


def kill_guard(session: Session) -> str:
    guard = process_of(session).parent()
    assert guard is not None
    guard.kill()
    return "its guard was killed"


def tell_guard(session: Session) -> str:
    guard = process_of(session).parent()
    assert guard is not None
    guard.terminate()
    return "its guard was told to end it"


def kill_service(session: Session) -> str:
    process_of(session).kill()
    return "it was ended by SIGKILL"


def terminate_service(session: Session) -> str:
    """By a signal that it does not handle."""
    process_of(session).send_signal(signal.SIGHUP)
    return "it was ended by SIGHUP"


@pytest.mark.parametrize("end", [kill_guard, tell_guard, kill_service, terminate_service])
def test_a_service_that_was_ended_from_outside_is_not_judged(
    bench: Bench, session: Session, end: Callable[[Session], str]
) -> None:
    """The verdict says by whom; the same case passes before."""
    cell = bench.cell(EXPIRED)
    assert run_cell(cell, session).verdict == PASSED
    process = process_of(session)
    reason = end(session)
    psutil.wait_procs([process], timeout=20)
    result = run_cell(cell, session)
    assert (result.verdict, result.reason) == (ERROR, f"the service was ended from outside: {reason}")
    assert session.service is not None
    session.service.stop()


def test_a_service_that_ends_itself_is_judged(
    bench: Bench, idp_client: IdpClient, attacker: AttackerListener, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A crash is its own doing."""

    script = tmp_path_factory.mktemp("frail") / "service.py"
    script.write_text(FRAIL)
    target = make_target("process", {"command": f"{sys.executable} {script} {{port}}"})
    profile = load_profile(find_profile("reference", []))
    session = Session(Environment(Options(target="process"), profile, target, idp_client, attacker), "auth0", {})
    try:
        session.start_service()
        result = run_cell(bench.cell('preflight = true\nrequest.anonymous = true\nexpect = "reject"\n'), session)
    finally:
        session.close()
        target.close()
    assert result.verdict == FAILED
