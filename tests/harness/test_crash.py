"""A service that a case has brought down is named as such, with the line of its log."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest
from cell_bench import MORE
from scenario_files import load_scenario, profile_text, write_profile

from harness.base.verdicts import FAILED, CellResult
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.profile import load_profile
from harness.grammar.model import Cell
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.cell_runner import run_cell
from harness.targets.process import ProcessTarget

# Lets every request with credentials in; one with a header Bad it does not survive, or a child of it does not.
_SERVICE = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers["Bad"] and sys.argv[2] == "ends":
            print("worker: \\x1b[31mpanicked at a header", flush=True)
            os._exit(1)
        if self.headers["Bad"]:
            print("[core:notice] child pid 7 exit signal Segmentation fault (11)", flush=True)
            print("[core:notice] another line", flush=True)
            return
        self.send_response(200 if self.path == "/health" or self.headers["Authorization"] else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("ends", r"the service ended in this case: its log says worker: \x1b[31mpanicked at a header"),
        ("falls", "the service fell over: its log says [core:notice] child pid 7 exit signal Segmentation fault (11)"),
    ],
)
def test_a_crash_is_named_with_the_line_of_the_log(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path, way: str, said: str
) -> None:
    """And its line is somebody else's text."""
    result = judged(idp_client, attacker, tmp_path, way, 'request.headers.Bad = "1"\n')
    assert (result.verdict, result.reason) == (FAILED, said)


def test_another_deviation_has_no_crash(idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path) -> None:
    result = judged(idp_client, attacker, tmp_path, "ends", "expect = [418]\n")
    assert (result.verdict, result.reason) == (FAILED, "")


def judged(idp: IdpClient, attacker: AttackerListener, folder: Path, way: str, body: str) -> CellResult:
    """One case on a service of its own."""
    profile = load_profile(write_profile(folder, profile_text("jwks", "configure", "restart", more=MORE)))
    scenario = load_scenario(folder, body if "expect" in body else body + 'expect = "accept"\n')
    with closing(ProcessTarget([sys.executable, "-c", _SERVICE, "{port}", way])) as target:
        environment = Environment(Options(target="process"), profile, target, idp, attacker)
        with closing(Session(environment, "auth0", {})) as session:
            return run_cell(Cell(scenario, scenario.variants[0], "auth0"), session)
