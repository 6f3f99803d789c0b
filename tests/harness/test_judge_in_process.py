"""An app of somebody's own, judged in process: the same verdicts as over a socket, in anybody's suite."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import idp_harness
from harness.base.errors import HarnessError, UsageError
from harness.base.verdicts import FAILED, PASSED, SKIPPED, CellResult
from harness.cell.environment import Environment, Options
from harness.declared.permissions import Permissions
from harness.declared.profile import load_profile
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.idp.mock_issuer import MockIssuer
from harness.matrix.planned_cells import planned_cells
from harness.matrix.target_runs import TargetRuns
from harness.report.comparison import Comparison
from harness.survey.opening import Wanted, opened
from harness.targets import make_target

pytest_plugins = ("pytester",)

APPS = Path(__file__).parent / "notes_apps"
PROFILE = APPS / "notes.toml"


@pytest.fixture(autouse=True)
def apps_are_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(APPS))


def make_flask_app(name: str = "make_app") -> Any:
    return getattr(importlib.import_module("flask_notes"), name)


def test_an_app_that_keeps_its_requirements_is_ok() -> None:
    judgement = idp_harness.judge(make_flask_app(), profile=PROFILE, style="custom", select="identity/audience")
    judgement.check()
    assert judgement.ok
    assert PASSED in {one.verdict for one in judgement.results}
    assert not judgement.failed
    assert "passed" in judgement.summary()


def test_a_mistake_is_found_and_told_with_what_was_expected() -> None:
    """Nothing listens, so no line of curl is offered."""
    app = make_flask_app(name="make_careless_app")
    judgement = idp_harness.judge(app, profile=PROFILE, style="custom", select="identity/audience")
    assert not judgement.ok
    assert {one.verdict for one in judgement.failed} == {FAILED}
    assert not any("curl" in one.evidence or "script" in one.evidence for one in judgement.failed)
    with pytest.raises(AssertionError, match="identity/audience"):
        judgement.check()


def test_an_app_that_is_there_is_judged_as_it_is(issuer: MockIssuer) -> None:
    """With the issuer of the fixture; what needs another configuration is skipped."""
    app = make_flask_app()(issuer.url, issuer.jwks_uri, issuer.audience, "permissions")
    judgement = idp_harness.judge(app, profile=PROFILE, issuer=issuer, select=["identity/audience", "time-exp-past"])
    assert judgement.ok, judgement.summary()
    assert {one.style for one in judgement.results} == {"auth0"}


def test_only_what_waits_for_nothing_is_judged_on_demand() -> None:
    """The scenario that is named beside it takes away a key and waits."""
    chosen = ["identity/audience/id-aud-missing-empty", "rotation/retirement"]
    judgement = idp_harness.judge(make_flask_app(), profile=PROFILE, style="custom", select=chosen, fast=True)
    assert {one.scenario for one in judgement.results if one.verdict == "passed"} == {chosen[0]}
    with pytest.raises(UsageError, match="each waits for something"):
        idp_harness.judge(make_flask_app(), profile=PROFILE, style="custom", select=chosen[1:], fast=True)


def test_an_app_that_is_there_needs_its_issuer() -> None:
    with pytest.raises(UsageError, match="which issuer it trusts"):
        idp_harness.judge(lambda environ, start_response: [], profile=PROFILE)


def judged(options: Options, select: list[str]) -> list[CellResult]:
    with closing(TargetRuns()) as runs:
        cells = [one for one in planned_cells(options, select, ["custom"]) if not one.verdict]
        sessions = runs.of(options).sessions
        sessions.begin(one.cell for one in cells)
        return [sessions.run(one.cell) for one in cells]


def test_the_verdicts_are_those_of_the_same_app_behind_a_socket() -> None:
    """Those about bytes on a socket are skipped, and nothing else."""
    select = ["identity/audience", "permissions/claim-shape", "precedence/paths", "transport", "leakage/errors"]
    words = "{port} {issuer} {jwks_url} {audience} {permissions_claim}"
    command = f"{sys.executable} {APPS / 'flask_notes.py'} {words}"
    over_socket = judged(
        Options(target="process", profile=str(PROFILE), target_options=(("command", command),)), select
    )
    options = Options(target="app", profile=str(PROFILE), target_options=(("app", make_flask_app()),))
    in_process = judged(options, select)
    pairs = Comparison(over_socket, in_process).pairs
    assert [pair.either.id for pair in pairs if pair.differs] == []
    missing = [pair.either.id for pair in pairs if pair.second is None]
    planned = {one.cell.id: one for one in planned_cells(options, select, ["custom"])}
    assert {planned[name].reason for name in missing} == {
        "the app is called in process: there is no socket to write bytes to"
    }
    assert len(in_process) > 60
    assert {one.verdict for one in in_process} <= {PASSED, FAILED}


def told_its_claim(issuer: str, jwks_url: str, audience: str, permissions_claim: str) -> Any:
    return make_flask_app()(issuer, jwks_url, audience, permissions_claim)


def with_a_claim_of_its_own(issuer: str, jwks_url: str, audience: str) -> Any:
    return make_flask_app()(issuer, jwks_url, audience, "roles")


@pytest.mark.parametrize(("app", "claim"), [(told_its_claim, ""), (with_a_claim_of_its_own, "roles")])
def test_an_app_that_is_told_no_claim_is_asked_with_each(
    idp_client: IdpClient, attacker: AttackerListener, app: Any, claim: str
) -> None:
    """For `init`, the parameters of the function that makes it say what it is told."""
    environment = Environment(
        Options("app"), load_profile(PROFILE), make_target("app", {"app": app}), idp_client, attacker
    )
    wanted = Wanted(route="/notes", permissions=("notes:list",))
    with opened(environment, wanted, lambda _: None) as found:
        assert found.door.place == Permissions(claim, "array")


SUITE = """
import pytest
from {module} import make_app

@pytest.mark.idp_scenarios(app=make_app, profile="{profile}", style="custom", select="identity/audience"{more})
def test_authentication(scenario_cell):
    scenario_cell.judge()
"""


def test_a_team_judges_its_app_in_its_own_suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flask, FastAPI and Django at once, each cell a test of its own, on two workers."""
    for module in ("fastapi", "django"):
        pytest.importorskip(module)
    monkeypatch.setenv("PYTHONPATH", str(APPS))
    more = {"django_notes": ", one_at_a_time=True"}
    suites = {
        f"test_{name}": SUITE.format(module=name, profile=PROFILE, more=more.get(name, ""))
        for name in ("flask_notes", "fastapi_notes", "django_notes")
    }
    pytester.makepyfile(**suites)
    result = pytester.runpytest_subprocess("-n", "2", "--dist", "loadgroup", "-q")
    outcomes = result.parseoutcomes()
    assert result.ret == 0, outcomes
    assert outcomes["passed"] >= 3 * 30
    assert outcomes.keys() <= {"passed", "skipped", "xfailed"}


@pytest.mark.parametrize(
    ("app", "says"),
    [
        ("no_module_here:make_app", "can't be imported"),
        (lambda isuer: None, "did you mean 'issuer'"),
        (lambda **words: None, "name what the app has to be told"),
        (lambda issuer, *, unknown=1: "no app", None),
    ],
)
def test_what_is_no_app_is_told_before_anything_starts(app: Callable[..., Any], says: str | None) -> None:
    if says is None:
        judgement = idp_harness.judge(app, profile=PROFILE, style="custom", select="time-exp-past")
        assert "neither a WSGI nor an ASGI app" in judgement.summary()
        return
    with pytest.raises(HarnessError, match=says):
        idp_harness.judge(app, profile=PROFILE, style="custom", select="time-exp-past")


def test_what_needs_a_socket_or_an_unknown_setting_is_skipped_with_the_reason() -> None:
    options = Options(target="app", profile=str(PROFILE), target_options=(("app", make_flask_app()),))
    reasons = {one.reason for one in planned_cells(options, ["transport/bytes"], ["custom"]) if one.verdict == SKIPPED}
    assert "the app is called in process: there is no socket to write bytes to" in reasons


def test_a_suite_with_an_issuer_has_one_provider(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of `mock_idp`, which ends after the services; nothing else listens, and no process is started."""
    monkeypatch.setenv("PYTHONPATH", str(APPS))
    pytester.makepyfile(
        f"""
        import psutil, pytest
        from flask_notes import make_app

        def ports():
            found = psutil.Process().net_connections("inet")
            return {{one.laddr.port for one in found if one.status == psutil.CONN_LISTEN}}

        @pytest.mark.idp_scenarios(app=make_app, profile="{PROFILE}", style="custom", select="identity/audience")
        def test_authentication(issuer, scenario_cell):
            before = ports()
            scenario_cell.judge()
            assert ports() == before
            assert len(before) == 1
            assert not psutil.Process().children()
        """
    )
    result = pytester.runpytest_subprocess("-q", "-p", "no:xdist")
    assert result.ret == 0, result.stdout.str()[-2000:]
