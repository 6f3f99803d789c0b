"""The benchmark measures what it says."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import jwt
import pytest
from click.testing import CliRunner
from rich.console import Console

from bench.cells import measure_cells
from bench.contenders import bare_granian, mock_idp, oauth2_mock_server
from bench.installed import NotInstalledError
from bench.load import requests_per_second
from bench.many import main as many
from bench.matrix import measure_matrix
from bench.mutants import measure_mutants
from bench.older.builds import older_build, this_build
from bench.older.command import cost_of
from bench.older.lines import PARTS
from bench.older.verdicts import moved
from bench.peers import check_signed, measure_peers
from bench.running import running
from bench.tables import peers_table
from harness.idp import embedded

ROOT = Path(__file__).parent.parent


def test_each_cell_is_measured_with_its_floor() -> None:
    """The last cell has no floor after it: everything has ended by then."""
    numbers = measure_cells("reference", ["okta"], ["baseline/plain-tokens"])
    assert numbers["cells"] == 3
    assert 0 < numbers["median_floor_ms"] < numbers["median_cell_ms"]
    assert numbers["median_ratio"] == pytest.approx(numbers["median_cell_ms"] / numbers["median_floor_ms"])


def test_a_run_of_the_matrix_counts_the_cells_that_were_run() -> None:
    """The wall time is that of the whole run."""
    numbers = measure_matrix("reference", 0, ["okta"], ["baseline/plain-tokens"])
    assert (numbers["cells"], numbers["verdicts"]) == (4, {"passed": 4})
    assert numbers["wall_s"] == pytest.approx(4 / numbers["cells_per_s"])


def test_a_run_of_the_mutants_counts_what_was_killed() -> None:
    """The wall time is that of the whole run, so it is the longer one for a single fault."""
    numbers = measure_mutants(0, ["m-no-exp-check"], baseline=False)
    assert (numbers["faults"], numbers["killed"], numbers["baseline_cells"]) == (1, 1, 0)
    assert numbers["at_once"] == pytest.approx(numbers["faults_s"] / numbers["wall_s"])
    assert numbers["at_once"] < 1


def test_the_load_refuses_an_answer_that_is_no_success() -> None:
    """Errors are quick; they must not count."""
    server = embedded.start()
    try:
        port = int(server.url.rpartition(":")[2])
        health = b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert requests_per_second("127.0.0.1", port, health, 2, 0.5) > 0
        with pytest.raises(RuntimeError, match="404"):
            requests_per_second("127.0.0.1", port, health.replace(b"health", b"nothing"), 2, 10)
    finally:
        server.close()


@pytest.fixture
def without_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No program is on the PATH, and nothing is installed yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.usefixtures("without_npm")
def test_servers_are_measured_side_by_side_with_the_limits() -> None:
    """One that can't be installed is a row with the reason; the others go on."""
    contenders = {"ours": mock_idp, "theirs": oauth2_mock_server, "bare": bare_granian}
    ours, theirs, bare, signing = measure_peers(1, 0.1, 1, contenders)
    assert theirs == {"name": "theirs", "note": "not measured: there is no node on the PATH"}
    for row in (ours, bare):
        assert all(row[name] > 0 for name in ("jwks_per_s", "tokens_per_s", "first_jwks_s", "rss_mib"))
    assert signing["tokens_per_s"] > 0


def test_the_table_compares_each_server_with_the_first() -> None:
    """The reason why one is missing stands below."""
    rows: list[dict[str, Any]] = [
        {"name": "ours", "jwks_per_s": 300.0, "tokens_per_s": 20.0, "first_jwks_s": 0.1234, "rss_mib": 40.0},
        {"name": "theirs", "jwks_per_s": 100.0, "tokens_per_s": 40.0, "first_jwks_s": 0.5, "rss_mib": 60.0},
        {"name": "absent", "note": "not measured: there is no npm on the PATH"},
        {"name": "signing", "tokens_per_s": 25.0},
    ]
    console = Console(file=io.StringIO(), width=100)
    console.print(peers_table(rows))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert [line.replace("│", " ").split() for line in text.splitlines() if "theirs" in line] == [
        ["theirs", "100", "3.00", "x", "40", "0.50", "x", "0.500", "60"]
    ]
    assert "absent: not measured: there is no npm on the PATH" in text


def test_a_server_whose_tokens_are_not_signed_with_its_keys_is_refused() -> None:
    """Speed that comes from wrong answers doesn't count."""
    contender = bare_granian()
    with running(contender) as one, running(contender) as other:
        token = contender.token_load(one.base).signed
        check_signed(one.base + contender.jwks, token)
        with pytest.raises(jwt.InvalidSignatureError):
            check_signed(other.base + contender.jwks, token)


def test_a_command_is_charged_for_its_children(tmp_path: Path) -> None:
    """Processor time of a process that it started and waited for, and the memory of both at once."""
    child = "import time\nblock = bytearray(80_000_000)\nwhile time.process_time() < 0.6: pass"
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])\nprint('done')"
    cost = cost_of([sys.executable, "-c", parent], tmp_path)
    assert (cost.status, cost.output) == (0, "done\n")
    assert cost.cpu_s > 0.5
    assert cost.wall_s > 0.5
    assert cost.memory_mib > 70


def test_cells_that_only_one_build_has_say_nothing() -> None:
    """What both have must be the same."""
    older = {"a[okta]": "passed", "b[okta]": "passed", "gone[okta]": "failed"}
    assert list(moved(older, {"a[okta]": "passed", "b[okta]": "failed", "new[okta]": "failed"})) == [
        "b[okta]: passed, now failed"
    ]


def test_a_commit_that_git_does_not_know_is_named() -> None:
    """Nothing is installed for it."""
    with pytest.raises(NotInstalledError, match="git knows no commit 'no-such-commit'"):
        older_build("no-such-commit")


def test_a_build_is_measured_with_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a run are kept, so that they can be held against another build's."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "")
    sample = PARTS["fixture"].measure(this_build(), verdicts := {})
    assert sample.keys() == {line.name for line in PARTS["fixture"].lines}
    assert sample["fixture issuer"] > 0
    assert verdicts == {}


def test_a_server_with_many_issuers_is_held_against_one_with_one() -> None:
    """A row for the server with one, and two for the other: its first issuer and its last."""
    done = CliRunner().invoke(many, ["--issuers", "3", "--entries", "9", "--rounds", "1", "--seconds", "0.1"])
    assert done.exit_code == 0, done.output
    assert "3 issuers with 3 keys each, 9 entries" in done.output
    rows = [line.split("│") for line in done.output.splitlines() if "many, the" in line or "one issuer" in line]
    assert len(rows) == 3
    assert all(float(row[2]) > 0 and float(row[4]) > 0 for row in rows)


@pytest.mark.parametrize("module", ["bench", "bench.older", "bench.many"])
def test_the_help_shows_an_example(module: str) -> None:
    """`python -m bench --help` says how to call it."""
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Example" in done.stdout
