"""What only sets a case up is no verdict on its requirement; new keys come in the way that the service gets them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from cell_bench import Bench
from scenario_files import load_scenario
from small_service import Answer, Call, honest

from harness.base.verdicts import ERROR, FAILED, INCONCLUSIVE, PASSED
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.profile import Profile, find_profile, load_profile
from harness.grammar.model import Cell, Table
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.cell_runner import run_cell
from harness.scenario.loader import load_all
from harness.scenario.plan import select
from harness.targets import make_target
from harness.targets.base import Service, ServiceConfig, Target

NEVER_FETCHES_AGAIN = "m-never-refresh-unknown-kid"
NEW_KEY = '{ do = "publish-key", name = "k2" }'
TAKE_UP = '{ do = "take-up-keys" }'
ACCEPTED = '{ do = "send-until", token = { key = "k2" }, expect = "accept", within = { seconds = 0.3 }'


class Counting:
    """A target that counts what it starts."""

    def __init__(self, target: Target) -> None:
        self.target, self.started = target, 0

    def start(self, config: ServiceConfig) -> Service:
        self.started += 1
        return self.target.start(config)

    def __getattr__(self, name: str) -> object:
        return getattr(self.target, name)


@contextmanager
def running(
    idp: IdpClient,
    attacker: AttackerListener,
    fault: str,
    knob: bool | None,
    *,
    restarts: bool = True,
    rest: float | None = None,
    configs: Sequence[Table] = ({},),
) -> Iterator[list[Session]]:
    """Sessions on the reference with faults, whose profile says (or doesn't) that unknown kids make it fetch."""
    target: Any = Counting(make_target("reference", {"faults": tuple(fault.split())} if fault else {}))
    with closing(target), ExitStack() as stack:
        profile = declaring(knob, restarts=restarts)
        if rest is not None:
            profile = replace(profile, unknown_kid_cooldown_seconds=rest)
        environment = Environment(Options(target="reference"), profile, target, idp, attacker)
        yield [stack.enter_context(closing(Session(environment, "auth0", config))) for config in configs]


def declaring(knob: bool | None, *, restarts: bool) -> Profile:
    profile = load_profile(find_profile("reference"))
    policy = {name: value for name, value in profile.policy.items() if name != "unknown_kid_refetches"}
    policy |= {} if knob is None else {"unknown_kid_refetches": knob}
    lacks = {"restart"} if not restarts else set()
    return replace(profile, policy=policy, capabilities=frozenset(profile.capabilities - lacks))


def case(folder: Path, *steps: str) -> Cell:
    scenario = load_scenario(folder, f"steps = [{', '.join(steps)}]\n")
    return Cell(scenario, scenario.variants[0], "auth0")


@pytest.mark.parametrize("step", ["send", "send-until"])
def test_a_set_up_that_fails_proves_nothing(bench: Bench, step: str) -> None:
    within = ", within = { seconds = 0 }" if step == "send-until" else ""
    body = f'steps = [{{ do = "{step}", expect = [418]{within}, sets_up = %s }}]\n'
    set_up = bench.judge(honest, body % "true")
    assert (set_up.verdict, set_up.reason.partition(":")[0]) == (INCONCLUSIVE, "the set-up failed")
    assert bench.judge(honest, body % "false").verdict == FAILED


@pytest.mark.parametrize("knob", [None, False])
def test_a_service_that_does_not_fetch_for_an_unknown_kid_is_started_again(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path, knob: bool | None
) -> None:
    """Whether the profile says so or it was found out; and what is found out is so for all sessions."""
    with running(idp_client, attacker, NEVER_FETCHES_AGAIN, knob) as [session]:
        results = [run_cell(case(tmp_path, NEW_KEY, TAKE_UP, ACCEPTED + " }"), session) for _ in range(2)]
        assert [result.verdict for result in results] == [PASSED] * 2, results
        assert session.environment.target.started == 1 + 2  # type: ignore[attr-defined]
        assert {*session.kids} <= {"first", "attacker"}


@pytest.mark.parametrize("knob", [None, True])
def test_a_service_that_fetches_for_an_unknown_kid_goes_on(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path, knob: bool | None
) -> None:
    with running(idp_client, attacker, "m-no-unknown-kid-cooldown", knob) as [session]:
        result = run_cell(case(tmp_path, NEW_KEY, TAKE_UP, ACCEPTED + " }"), session)
        assert result.verdict == PASSED, result
        assert session.environment.target.started == 1  # type: ignore[attr-defined]


def test_a_service_that_was_started_again_has_no_rest_to_wait_for(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path
) -> None:
    """Five minutes are declared; what is refused all the same is known to be so at once."""
    with running(idp_client, attacker, "", True, rest=300.0) as [session]:
        refused = ACCEPTED.replace('"accept", within = {', "[418], within = { cooldown = 2,") + " }"
        result = run_cell(case(tmp_path, NEW_KEY, TAKE_UP, refused), session)
        assert session.service is None  # Nobody knows which keys it has now; the next case starts it.
    assert "within 0.3 s" in str(result.expected)


@pytest.mark.parametrize(("rested", "verdict"), [("", FAILED), (", rested = true", PASSED)], ids=["at-once", "rested"])
def test_the_token_behind_a_rest_causes_a_fetch(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path, rested: str, verdict: str
) -> None:
    """The rest is that of the reference, which another unknown kid has begun."""
    stranger = '{ do = "send", token = { key = "attacker", header = { kid = "nobody" } }, expect = "reject" }'
    known = '{ do = "send", token = { key = "k2" }, expect = "accept" }'
    with running(idp_client, attacker, "", True, rest=0.5) as [session]:
        take_up = TAKE_UP.replace(" }", rested + " }")
        assert run_cell(case(tmp_path, stranger, NEW_KEY, take_up, known), session).verdict == verdict


@pytest.mark.parametrize("knob", [True, False], ids=["fetched", "started-again"])
@pytest.mark.parametrize(("unread", "fault"), [("allowed", ""), ("", ""), ("allowed", NEVER_FETCHES_AGAIN)])
def test_a_set_that_was_fetched_and_refused_as_a_whole_sets_nothing_up(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path, knob: bool, unread: str, fault: str
) -> None:
    """The case goes on where it says so, and where the service did look at the set, as one does that is started again.

    What comes after it finds the service in order.
    """
    spoil = '{ do = "fault", on = "jwks", kind = "garbage" }'
    more = f', unread = "{unread}"' if unread else ""
    refused = ACCEPTED + f", sets_up = true{more} }}"
    reject = '{ do = "send", token = { key = "k2" }, expect = "unavailable" }'
    with running(idp_client, attacker, fault, knob) as [session]:
        result = run_cell(case(tmp_path, NEW_KEY, spoil, TAKE_UP, refused, reject), session)
        afterwards = run_cell(case(tmp_path, '{ do = "send", expect = "accept" }'), session)
    looked = not (fault and knob)
    assert result.verdict == (PASSED if unread and looked else INCONCLUSIVE), result
    assert afterwards.verdict == PASSED


@pytest.mark.parametrize(
    ("unread", "verdict"), [(', unread = "allowed"', PASSED), ("", FAILED)], ids=["unread", "read"]
)
def test_a_service_without_a_key_set_may_say_so_where_a_refusal_is_expected(
    bench: Bench, unread: str, verdict: str
) -> None:
    """It is no refusal of the token, but nobody is let in; elsewhere a 503 stays a deviation."""

    def fetches(call: Call) -> Answer:
        if not call.token:
            return honest(call)
        with urlopen(call.claims["iss"] + ".well-known/jwks.json") as answer:
            return Answer(503) if answer.read().startswith(b"<") else honest(call)

    refused = ACCEPTED.replace('"accept"', '"accept"' if unread else "[503]") + f"{unread} }}"
    spoil = '{ do = "fault", on = "jwks", kind = "garbage" }'
    reject = '{ do = "send", token = { key = "k2" }, expect = "reject" }'
    steps = ", ".join((NEW_KEY, spoil, TAKE_UP, refused, reject, '{ do = "clear-faults" }'))
    result = bench.judge(fetches, f"steps = [{steps}]\n")
    assert (result.verdict, result.actual[:3]) == (verdict, "503" if verdict == FAILED else ""), result.reason


def test_without_the_step_the_key_is_not_taken_up(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path
) -> None:
    """So the step is what brings it; and as set-up it says nothing about the requirement."""
    with running(idp_client, attacker, NEVER_FETCHES_AGAIN, None) as [session]:
        judged = run_cell(case(tmp_path, NEW_KEY, ACCEPTED + " }"), session)
        set_up = run_cell(case(tmp_path, NEW_KEY, ACCEPTED + ", sets_up = true }"), session)
        assert [judged.verdict, set_up.verdict] == [FAILED, INCONCLUSIVE]


def test_what_comes_by_the_clock_says_nothing_of_services_that_refresh_seldom(
    idp_client: IdpClient, attacker: AttackerListener
) -> None:
    """The short interval of one configuration brings a new key that another one never fetches."""
    configs: tuple[Table, ...] = ({"refresh": "short"}, {})
    with running(idp_client, attacker, NEVER_FETCHES_AGAIN, None, configs=configs) as sessions:
        for session in sessions:
            session.start_service()
            session.controls.preflight()
        assert [session.environment.key_pick_up.by_unknown_kid(session) for session in sessions] == [True, False]


@pytest.mark.parametrize("knob", [None, False])
def test_a_service_with_no_way_to_new_keys_is_not_judged_by_them(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path, knob: bool | None
) -> None:
    """One that nobody can start again, and that doesn't fetch."""
    with running(idp_client, attacker, NEVER_FETCHES_AGAIN, knob, restarts=False) as [session]:
        result = run_cell(case(tmp_path, NEW_KEY, TAKE_UP, ACCEPTED + " }"), session)
    assert (result.verdict, "no way to the keys" in result.reason) == (INCONCLUSIVE, True)


@pytest.mark.parametrize(
    ("fault", "verdict"), [("", PASSED), (" m-weak-rsa-accepted", FAILED)], ids=["correct", "weak"]
)
def test_a_weak_key_is_found_out_however_it_comes(
    idp_client: IdpClient, attacker: AttackerListener, fault: str, verdict: str
) -> None:
    """A bundled case on a service that never fetches for a kid: it neither blames that nor hides behind it."""
    [scenario] = select(load_all(), ["jwks-weak-rsa"])
    with running(idp_client, attacker, NEVER_FETCHES_AGAIN + fault, False) as [session]:
        assert run_cell(Cell(scenario, scenario.variants[0], "auth0"), session).verdict == verdict


@pytest.mark.parametrize(("refusal", "verdict"), [("allowed", PASSED), ("failed", FAILED), ("", ERROR)])
def test_a_refused_start_is_what_the_scenario_says(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path, refusal: str, verdict: str
) -> None:
    """The reference refuses a configuration without algorithms."""
    more = f', refusal = "{refusal}"' if refusal else ""
    body = f'start = "manual"\nsteps = [{{ do = "start-service", config.defect = "no-algorithms"{more} }}]\n'
    scenario = load_scenario(tmp_path, body)
    with running(idp_client, attacker, "", None) as [session]:
        assert run_cell(Cell(scenario, scenario.variants[0], "auth0"), session).verdict == verdict
