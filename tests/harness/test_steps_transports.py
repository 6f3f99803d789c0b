"""Calls over gRPC are judged like requests: against the reference service, which speaks both."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cell_bench import Bench
from scenario_files import load_scenario, profile_text, write_profile
from watching import steps

from harness.base.bundled import bundled_directory
from harness.base.errors import ScenarioFileError, UsageError
from harness.base.verdicts import ERROR, FAILED, INCONCLUSIVE, PASSED, SKIPPED, CellResult
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.grpc import read_grpc
from harness.declared.profile import Profile, load_profile
from harness.matrix.cell_runner import run_cell
from harness.mutants.selection import left_out, select_faults
from harness.reference.faults import FAULTS
from harness.reference.server import ReferenceServer
from harness.reference.settings_file import settings_from
from harness.scenario.plan import plan
from harness.targets.base import Target
from harness.targets.reference import ReferenceTarget
from harness.targets.url import UrlTarget
from harness.targets.within_reach import as_run_by
from harness.wire import grpc_library
from harness.wire.curl_line import CurlLine
from harness.wire.exchange import Request

pytest.importorskip("grpc", reason="pip install 'idp-harness[grpc]'")

PROFILE = load_profile(bundled_directory() / "profiles" / "reference.toml")
OVER_GRPC = 'request = { transport = "grpc" }'


@contextmanager
def session(bench: Bench, target: Target, profile: Profile = PROFILE, **config: bool) -> Iterator[Session]:
    environment = Environment(Options(target="reference"), profile, target, bench.idp, bench.attacker)
    made = Session(environment, "auth0", config)
    try:
        yield made
    finally:
        made.close()
        target.close()


def judge(bench: Bench, body: str, *faults: str) -> CellResult:
    with session(bench, ReferenceTarget(faults=faults), grpc=True) as made:
        return run_cell(bench.cell(body), made)


def test_a_call_is_judged_as_a_request_is(bench: Bench) -> None:
    """By the code that it ends with; the report says that code, and a line of curl that repeats the call."""
    good = steps(f'do = "send", {OVER_GRPC}, expect = "accept"')
    assert judge(bench, good).verdict == PASSED
    denied = steps(f'do = "send", {OVER_GRPC}, token = {{ permissions = [] }}, expect = "accept"')
    result = judge(bench, denied)
    assert (result.verdict, result.actual) == (FAILED, "PERMISSION_DENIED Missing required permission: tasks:list")
    assert result.expected == "accept: OK or INVALID_ARGUMENT or NOT_FOUND or ALREADY_EXISTS"
    assert "/tasker.v1.TaskService/ListTasks -H 'content-type: application/grpc'" in result.evidence["curl"]


def test_a_refusal_is_one_of_the_codes_for_it(bench: Bench) -> None:
    """INTERNAL keeps the caller out and is none."""
    body = steps('do = "send", request = { transport = "grpc", anonymous = true }, expect = "reject"')
    assert judge(bench, body).verdict == PASSED
    result = judge(bench, body, "m-grpc-errors-are-internal")
    assert (result.verdict, result.expected, result.actual[:8]) == (FAILED, "reject: UNAUTHENTICATED", "INTERNAL")


def test_two_decisions_on_one_credential_are_a_deviation(bench: Bench) -> None:
    """With what each transport said."""
    body = steps('do = "compare-transports", request = { authorization = "bearer {token}" }')
    assert judge(bench, body).verdict == PASSED
    result = judge(bench, body, "m-grpc-scheme-case")
    assert (result.verdict, result.actual[:35]) == (FAILED, "unauthenticated (UNAUTHENTICATED Mi")
    assert result.expected.startswith("over gRPC as over HTTP: let in (200 OK")


def test_every_method_of_a_set_is_called(bench: Bench) -> None:
    """The one that was forgotten is found, declared or only shown by reflection."""
    for methods in ("declared", "shown"):
        body = steps(f'do = "send-to-methods", methods = "{methods}", anonymous = true, expect = "reject"')
        assert judge(bench, body).verdict == PASSED
        result = judge(bench, body, "m-grpc-open-method")
        assert (result.verdict, result.actual) == (FAILED, "OK")
    public = steps('do = "send-to-methods", methods = "public", anonymous = true, expect = "public-ok"')
    assert judge(bench, public).verdict == PASSED


def test_each_method_is_held_against_the_route_of_its_permission(bench: Bench) -> None:
    """The record tells how many decided alike, and which did not."""
    denied = steps('do = "compare-methods", permissions = "all-but-own"')
    result = judge(bench, denied)
    alike = {"on": "methods", "same": len(PROFILE.grpc.methods), "differ": [], "without_route": []}
    assert (result.verdict, result.evidence["fetches"]) == (PASSED, [alike])
    result = judge(bench, denied, "m-grpc-wrong-permission")
    assert (result.verdict, result.actual) == (FAILED, "let in (OK)")
    assert result.evidence["fetches"][0]["differ"] == ["tasker.v1.TaskService/GetTask"]
    nobody = judge(bench, steps('do = "compare-methods", request.anonymous = true'), "m-grpc-open-method")
    assert (nobody.verdict, nobody.expected[:38]) == (FAILED, "over gRPC as over HTTP: unauthenticate")
    assert "/tasker.v1.TemplateService/GetTemplate" in nobody.evidence["curl"]


def test_all_methods_that_decide_otherwise_are_named(bench: Bench) -> None:
    """The first with its answers."""
    result = judge(bench, steps('do = "compare-methods", permissions = []'), "m-grpc-skips-permission")
    count = len(PROFILE.grpc.methods)
    assert f"; {count} methods: tasker.v1." in result.actual


def test_a_method_without_route_is_told_and_one_without_permission_is_not_passed_over(bench: Bench) -> None:
    """Nothing is known of what the second should decide."""
    alone = replace(PROFILE, capabilities=PROFILE.capabilities - {"openapi"})
    cell = bench.cell(steps('do = "compare-methods"'))
    with session(bench, ReferenceTarget(), alone, grpc=True) as made:
        result = run_cell(cell, made)
    assert result.verdict == PASSED
    assert {"tasker.v1.DlqService/GetStats", "tasker.v1.DlqService/UpdateInvestigation"} <= {
        *result.evidence["fetches"][0]["without_route"]
    }
    fewer = read_grpc(
        {
            "methods": {
                one.name: one.permission for one in PROFILE.grpc.methods if one.name != "tasker.v1.DlqService/GetStats"
            }
        }
    )
    public = replace(fewer, public=PROFILE.grpc.public)
    with session(bench, ReferenceTarget(), replace(PROFILE, grpc=public), grpc=True) as made:
        result = run_cell(cell, made)
    assert (result.verdict, result.reason.endswith("these ask for: tasker.v1.DlqService/GetStats")) == (
        INCONCLUSIVE,
        True,
    )


def test_where_no_good_token_is_let_in_a_refusal_proves_nothing(bench: Bench) -> None:
    """The control of a call is a call."""
    body = steps('do = "send-to-methods", methods = "declared", anonymous = true, expect = "reject"')
    elsewhere = read_grpc({"methods": {"tasker.v1.TaskService/List": "tasks:list"}})
    with session(bench, ReferenceTarget(), replace(PROFILE, grpc=elsewhere), grpc=True) as made:
        result = run_cell(bench.cell(body), made)
    assert (result.verdict, result.expected) == (INCONCLUSIVE, "")
    assert "the plain token must be accepted by POST /tasker.v1.TaskService/List; got UNIMPLEMENTED" in result.reason


def test_a_service_that_was_not_asked_for_grpc_is_not_called(bench: Bench) -> None:
    """That is the harness's doing, not the service's."""
    with session(bench, ReferenceTarget()) as made:
        result = run_cell(bench.cell(steps(f'do = "send", {OVER_GRPC}, expect = "accept"')), made)
    assert (result.verdict, "the target knows no gRPC address" in result.reason) == (ERROR, True)


def test_what_metadata_cannot_carry_is_not_sent(bench: Bench) -> None:
    """The library would answer in the service's place."""
    result = judge(bench, steps('do = "send", request = { transport = "grpc", authorization = "Bearer é" }'))
    assert (result.verdict, "metadata 'authorization' can't be sent as it stands" in result.reason) == (ERROR, True)
    result = judge(bench, steps('do = "send", request = { transport = "grpc", query = "a=b" }'))
    assert (result.verdict, "a call over gRPC has no query" in result.reason) == (ERROR, True)


def test_who_does_not_serve_grpc_cannot_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor can who doesn't say where, and who has not installed it."""
    scenario = load_scenario(tmp_path, steps(f'do = "send", {OVER_GRPC}, expect = "accept"'))

    def planned(target: Target) -> tuple[str, str]:
        [cell, *_] = plan([scenario], as_run_by(target, PROFILE), "url")
        return cell.verdict, cell.reason

    where = UrlTarget("http://127.0.0.1:1", grpc_address="127.0.0.1:2")
    assert planned(where)[0] == ""
    assert planned(UrlTarget("http://127.0.0.1:1")) == (
        SKIPPED,
        "the target lacks grpc: no option grpc_address says where the service serves gRPC",
    )
    monkeypatch.setattr(grpc_library, "find_spec", lambda name: None)
    assert planned(where) == (
        SKIPPED,
        "the target lacks grpc: gRPC is not installed: pip install 'idp-harness[grpc]'",
    )


def test_a_route_without_a_method_skips_the_case(tmp_path: Path) -> None:
    """With the reason, before anything is run."""
    worker = load_profile(bundled_directory() / "profiles" / "tasker-worker.toml")
    body = steps('do = "send", request = { route = "write", transport = "grpc" }, expect = "accept"')
    [cell, *_] = plan([load_scenario(tmp_path, body)], worker, "tasker-worker")
    assert (cell.verdict, cell.reason.endswith("asks for the permission of the route 'write'")) == (SKIPPED, True)


def test_the_line_of_curl_repeats_the_call() -> None:
    """Over HTTP/2, with the metadata and the message; the code comes as a number."""
    settings = {"service": "orchestration", "jwt_issuer": "http://issuer.test", "jwt_audience": "tasker-api"}
    settings |= {"jwks_url": "http://127.0.0.1:1/jwks", "jwks_url_allow_http": True, "grpc_enabled": True}
    keys = [{"key": "sk-tasks", "permissions": ["tasks:*"]}]
    with ReferenceServer(settings_from({**settings, "api_keys_enabled": True, "api_keys": keys})) as server:
        for headers, message, code in (
            ((("X-API-Key", "sk-tasks"),), None, "0"),
            ((("X-API-Key", "sk-tasks"),), b"\x0f", "3"),
            ((("Authorization", "Bearer x"),), None, "16"),
        ):
            request = Request("POST", "/tasker.v1.TaskService/ListTasks", headers, message, grpc=True)
            line = str(CurlLine(f"http://{server.grpc_address}", request))
            done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=60, check=True)
            assert f"grpc-status: {code}".encode() in done.stdout


WRONG = {
    "[grpc]\npublik = []\n": "grpc has no key 'publik'; did you mean 'public'?",
    '[grpc]\npublic = [{ codes = ["OK"] }]\n': "a public method needs method",
    '[grpc]\npublic = [{ method = "a.B/C", codes = ["FINE"] }]\n': "codes must be a list of codes of gRPC",
    '[grpc.methods]\n"List" = "things:list"\n': "'List' is no method: write package.Service/Method",
    '[grpc.methods]\n"a.B/C" = "others:read"\n': "[grpc.methods] needs a method with the permission of the route read",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_declaration_is_named(tmp_path: Path, text: str) -> None:
    """With what it must be."""
    with pytest.raises(ScenarioFileError) as problem:
        load_profile(write_profile(tmp_path, profile_text("jwks", "grpc", more=text)))
    assert WRONG[text] in str(problem.value)


def test_faults_over_grpc_are_left_out_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said; who names one is told what to install."""
    assert left_out() == ""
    everything = select_faults([], derived=False)
    monkeypatch.setattr(grpc_library, "find_spec", lambda name: None)
    beyond = sorted(set(everything) - set(select_faults([], derived=False)))
    ours = "harness.reference.faults.grpc"
    assert beyond == sorted(name for name, one in FAULTS.items() if one.mixin.__module__ == ours)
    assert left_out().startswith(f"{len(beyond)} faults over gRPC are left out")
    with pytest.raises(UsageError, match="m-grpc-star is a fault over gRPC, which is not installed: pip install"):
        select_faults(["m-grpc-star"], derived=False)
