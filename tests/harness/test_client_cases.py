"""The cases for client programs can fail: each fault of a small client is caught, and without one it passes all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import small_client

from harness.base.verdicts import FAILED, INCONCLUSIVE, PASSED, CellResult
from harness.client.case_file import BUNDLED, load_cases
from harness.client.trial import Program, try_case
from harness.wire import grpc_library
from harness.wire.grpc_library import why_not_installed

CASES = load_cases(BUNDLED / "tasker.toml")
NAMED = {case.name: case for case in CASES.cases}
SECONDS = 60.0
OVER_GRPC = {name for name, case in NAMED.items() if case.transport == "grpc"}
needs_grpc = pytest.mark.skipif(why_not_installed() is not None, reason=str(why_not_installed()))


def tried(case: str, *faults: str) -> CellResult:
    command = (sys.executable, small_client.__file__ or "", *faults)
    program = Program("small-client", command, {"PATH": os.environ["PATH"]}, SECONDS)
    return try_case(CASES, NAMED[case], program)


@pytest.mark.parametrize("case", sorted(NAMED.keys() - OVER_GRPC))
def test_a_client_that_keeps_to_the_documents_passes(case: str) -> None:
    result = tried(case)
    assert (result.verdict, result.actual, result.reason) == (PASSED, result.actual, "")


@pytest.mark.parametrize("fault", small_client.FAULTS)
def test_a_fault_is_caught(fault: str) -> None:
    """By the case that is named beside it, with both sides in words."""
    result = tried(small_client.FAULTS[fault], fault)
    assert result.verdict == FAILED, result
    assert result.expected
    assert result.actual
    assert result.expected != result.actual


def test_every_case_catches_a_fault() -> None:
    assert set(small_client.FAULTS.values()) == NAMED.keys() - OVER_GRPC
    assert set(small_client.GRPC_FAULTS.values()) == OVER_GRPC


@needs_grpc
@pytest.mark.parametrize("case", sorted(OVER_GRPC))
def test_what_is_sent_over_grpc_is_judged_too(case: str) -> None:
    """With the method that was called, and where."""
    result = tried(case)
    assert (result.verdict, result.reason) == (PASSED, "")
    calls = result.evidence["calls"]
    assert calls[0].endswith(" with POST /grpc.health.v1.Health/Check at orchestration over grpc")
    assert calls[2].endswith("with POST /tasker.v1.Worker/List at worker over grpc")


@needs_grpc
@pytest.mark.parametrize("fault", small_client.GRPC_FAULTS)
def test_a_fault_over_grpc_is_caught(fault: str) -> None:
    result = tried(small_client.GRPC_FAULTS[fault], fault)
    assert (result.verdict, bool(result.expected), bool(result.actual)) == (FAILED, True, True), result


def test_without_the_extra_nothing_over_grpc_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said, and what to install."""
    monkeypatch.setattr(grpc_library, "find_spec", lambda name: None)
    result = tried("client-grpc")
    assert (result.verdict, "pip install 'idp-harness[grpc]'" in result.reason) == (INCONCLUSIVE, True)


def test_a_client_that_speaks_http_where_grpc_is_asked_for_is_caught() -> None:
    result = tried("client-grpc", "http-whatever-it-is-told")
    assert (result.verdict, result.level) == (FAILED, "should")
    assert result.actual.endswith("over http/1.1 at orchestration")


@pytest.mark.parametrize("name", [path.name for path in (BUNDLED / "expected").glob("*.toml")])
def test_what_is_known_of_a_program_names_cases_that_exist(name: str) -> None:
    from harness.client.known import load_known

    assert load_known(BUNDLED / "expected" / name, CASES)


def test_the_bundled_cases_lie_in_the_package() -> None:
    assert Path(BUNDLED / "tasker.toml").is_file()
