"""One token shown to two services is judged at both: against the reference, beside which its other service stands."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from cell_bench import Bench, judged
from scenario_files import load_scenario
from watching import steps

from harness.base.bundled import bundled_directory
from harness.base.verdicts import ERROR, FAILED, PASSED, SKIPPED, CellResult
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.profile import load_profile
from harness.scenario.plan import plan
from harness.targets.base import ServiceConfig, Target
from harness.targets.reference import ReferenceTarget
from harness.targets.tasker_worker import TaskerWorkerTarget
from harness.targets.url import UrlTarget
from harness.targets.within_reach import as_run_by

PROFILE = load_profile(bundled_directory() / "profiles" / "reference.toml")
FOR_HERE = 'do = "send-to-both", audiences = ["own"], permissions = ["own", "neighbour"], expect = "accept"'
FOR_BOTH = 'do = "send-to-both", audiences = ["own", "neighbour"], permissions = ["neighbour"], neighbour = "accept"'


def judge(bench: Bench, body: str, *faults: str, target: Target | None = None, hold: bool = False) -> CellResult:
    with closing(target or ReferenceTarget(faults=faults)) as used:
        environment = Environment(Options(target="reference", hold=hold), PROFILE, used, bench.idp, bench.attacker)
        with closing(Session(environment, "auth0", {})) as made:
            return judged(bench.cell(steps(body)), made)


def test_a_token_for_one_of_them_is_nothing_to_the_other(bench: Bench) -> None:
    """The line that repeats it goes to the one that deviated, and the sentence says which."""
    assert judge(bench, f'{FOR_HERE}, neighbour = "reject"').verdict == PASSED
    result = judge(bench, f'{FOR_HERE}, neighbour = "reject"', "m-aud-of-neighbour")
    assert (result.verdict, result.actual[:6]) == (FAILED, "200 OK")
    assert result.expected == "of its neighbour, Tasker worker 0.1.8: reject: 401"
    assert "/v1/templates -H" in result.evidence["curl"]


def test_a_permission_opens_the_route_of_its_service_and_not_the_other_s(bench: Bench) -> None:
    """Also where the token is for both."""
    assert judge(bench, f'{FOR_BOTH}, expect = "deny"').verdict == PASSED
    assert judge(bench, f'{FOR_BOTH}, expect = "deny"', "m-perm-of-neighbour").verdict == FAILED
    wildcard = f'{FOR_BOTH}, wildcards = true, expect = "deny"'
    assert (judge(bench, wildcard).verdict, judge(bench, wildcard, "m-perm-of-neighbour").verdict) == (PASSED, FAILED)


def test_both_may_have_one_audience(bench: Bench) -> None:
    """Then permissions alone tell them apart."""
    alone = 'do = "send-to-both", same_audience = true, audiences = ["own"], permissions = ["own"], expect = "accept"'
    assert judge(bench, f'{alone}, neighbour = "deny"').verdict == PASSED


class _Counting(ReferenceTarget):
    """Counts what was started, and of that what still runs."""

    def __init__(self) -> None:
        super().__init__()
        self.beside = ReferenceTarget(service="worker")
        self.beside.profile = "tasker-worker"
        self.started: list[ServiceConfig] = []
        self.services: list[object] = []

    def neighbour(self) -> ReferenceTarget:
        begin = self.beside.start

        def start(config: ServiceConfig) -> object:
            self.started.append(config)
            self.services.append(begin(config))
            return self.services[-1]

        self.beside.start = start  # type: ignore[method-assign, assignment]
        return self.beside


@pytest.mark.parametrize("hold", [False, True])
def test_the_neighbour_ends_with_the_step_unless_services_are_held(bench: Bench, hold: bool) -> None:
    """It trusts the issuer of the service, for another audience; held ones end with the target."""
    target = _Counting()
    with closing(target.beside):
        judge(bench, f'{FOR_HERE}, neighbour = "reject"', target=target, hold=hold)
        assert [one.audience for one in target.started] == ["tasker-worker-api"]
        assert [one.alive() for one in target.services] == [hold]  # type: ignore[attr-defined]


def test_who_starts_no_second_service_skips_it(tmp_path: Path) -> None:
    """With the reason, before anything is run."""
    scenario = load_scenario(tmp_path, steps(f'{FOR_HERE}, neighbour = "reject"'))

    def planned(target: Target) -> tuple[str, str]:
        [cell, *_] = plan([scenario], as_run_by(target, PROFILE), target.name)
        return cell.verdict, cell.reason

    assert planned(ReferenceTarget())[0] == ""
    nothing = "starts no second service that trusts the same issuer"
    assert planned(UrlTarget("http://127.0.0.1:1")) == (SKIPPED, f"the target url {nothing}")
    assert planned(TaskerWorkerTarget()) == (SKIPPED, f"the target tasker-worker {nothing}")
    windmill = "nothing stands beside a reference service of windmill"
    assert planned(ReferenceTarget(service="windmill")) == (SKIPPED, windmill)


def test_a_target_without_neighbour_cannot_take_the_step(bench: Bench) -> None:
    """A mistake of the harness, which the plan would have kept from running."""
    with closing(UrlTarget("http://127.0.0.1:1")) as target:
        result = judge(bench, f'{FOR_HERE}, neighbour = "reject"', target=target)
    assert result.verdict == ERROR
