"""Cases as questions: the reference with a fault answers otherwise, and what no service may do is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest
from scenario_files import profile_text

import harness.survey.survey as survey_module
from harness.base.verdicts import INCONCLUSIVE, CellResult
from harness.cell.environment import Environment, Options
from harness.declared.profile import find_profile, load_profile
from harness.grammar.policies import known_knobs
from harness.grammar.toml_source import TomlSource
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.scenario.chosen import load_chosen
from harness.survey.contradictions import Compared, _routes, compare
from harness.survey.fetch_limit import watching
from harness.survey.opening import Wanted
from harness.survey.survey import Survey
from harness.survey.trials import Bench, ask_policy, find_misdeeds
from harness.targets import make_target
from harness.targets.within_reach import as_run_by

MakeEnvironment = Callable[..., Environment]


@pytest.fixture
def environment(idp_client: IdpClient, attacker: AttackerListener) -> Iterator[MakeEnvironment]:
    """Makes one for the reference with a fault and its bundled profile."""
    with ExitStack() as ends:

        def make(*faults: str, **settings: str) -> Environment:
            options = Options("reference", faults=faults, target_options=tuple(settings.items()))
            target = ends.enter_context(closing(make_target("reference", options.target_settings())))
            profile = as_run_by(target, load_profile(find_profile("reference")))
            return Environment(options, profile, target, idp_client, attacker)

        yield make


def asked(environment: Environment, knob: str, *scenarios: str, key_sets: bool = False) -> Any:
    """What is seen of the knob, or why nothing is."""
    with closing(Bench(environment, "custom", key_sets=key_sets)) as bench:
        bench.begin(600)
        answer = ask_policy(bench, known_knobs()[knob], load_chosen([], scenarios))
    return answer.seen.value if answer.seen else answer.why


@pytest.mark.parametrize(
    ("knob", "scenario", "value"),
    [
        ("several_spaces_after_scheme", "tr-two-spaces", True),
        ("tab_after_scheme", "tr-two-spaces", False),
        ("token_in_form", "tr-token-elsewhere", False),
        ("empty_kid_refused", "kid-empty", True),
        ("head_as_get", "perm-head", True),
        ("malformed_crit_refused", "hdr-crit-malformed", True),
    ],
)
def test_the_value_that_a_policy_has_is_found(
    environment: MakeEnvironment, knob: str, scenario: str, value: bool
) -> None:
    """That of the reference, whatever its profile declares."""
    assert asked(environment(), knob, scenario) is value


def test_a_service_that_does_otherwise_answers_otherwise(environment: MakeEnvironment) -> None:
    assert asked(environment("m-exp-optional"), "exp_required", "time-exp-missing") is False


def test_why_nothing_was_found_is_told(environment: MakeEnvironment) -> None:
    service = environment()
    assert asked(service, "timed_refresh", "rot-zero-downtime") == "No short case asks for it."
    late = asked(service, "duplicate_kid", "jwks-duplicate-kid-same-kty")
    assert late == "Its cases change the key set, which the service takes up late."


def test_a_case_that_proves_nothing_is_no_answer(environment: MakeEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is neither value's, though it didn't pass; the reason is told."""
    judged = Bench.run

    def undecided(bench: Bench, *case: Any) -> list[CellResult]:
        return [replace(one, verdict=INCONCLUSIVE, reason="the machine was too busy") for one in judged(bench, *case)]

    monkeypatch.setattr(Bench, "run", undecided)
    said = asked(environment(), "head_as_get", "perm-head")
    assert "could not be judged: the machine was too busy" in said


def misdeeds(environment: Environment, *scenarios: str) -> list[str]:
    with closing(Bench(environment, "custom", key_sets=False)) as bench:
        bench.begin(600)
        return [one.scenario for one in find_misdeeds(bench, load_chosen([], scenarios))]


def test_what_no_service_may_do_is_found(environment: MakeEnvironment) -> None:
    """And nothing is, where the service does it well."""
    assert misdeeds(environment("m-no-exp-check"), "time-exp-past", "sig-alg-none") == ["time/expiry/time-exp-past"]
    assert misdeeds(environment(), "time-exp-past", "sig-alg-none", "id-aud-wrong") == []


def limit_of(environment: Environment, longest: float) -> tuple[bool, dict[str, Any]]:
    with watching(environment, "custom", longest) as watch:
        return watch.has_end(), {one.name: one.value for one in watch.lines()}


def test_a_rest_between_fetches_is_told_from_none(environment: MakeEnvironment) -> None:
    """The fetch that comes after it is one for an unknown kid; without one in time there is none."""
    has_end, lines = limit_of(environment(unknown_kid_cooldown_seconds="3"), 9)
    assert (has_end, lines.pop("unknown_kid_refetches")) == (True, True)
    assert lines.pop("unknown_kid_cooldown_seconds") >= 3
    assert limit_of(environment("m-never-refresh-unknown-kid"), 0.1) == (True, {"unknown_kid_refetches": False})
    assert limit_of(environment(), 9) == (False, {})


PROFILE = """
[routes.read]
method = "GET"
path = "/v1/tasks"
permission = "tasks:list"

[refusal]
without_credentials = [401, 403]

[policy]
leeway_seconds = 30
tab_after_scheme = true
several_spaces_after_scheme = true
"""


def test_the_lines_that_a_service_contradicts_are_told(
    environment: MakeEnvironment, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its line; what is as declared is not, nor what the service refuses in one of several ways."""
    monkeypatch.setattr(survey_module, "ON_ONE", ("exp-leeway", "answer-no-credentials"))
    monkeypatch.setattr(survey_module, "own_rows", lambda *_: ["start-up-fetch"])
    file = tmp_path / "old.toml"
    file.write_text(profile_text("jwks", "configure", "restart", routes=PROFILE), encoding="utf-8")
    scenarios = load_chosen([], ["tr-two-spaces"])
    wanted = Wanted()
    work = Survey(environment(), wanted, "Old", file, known_knobs(), scenarios, [], lambda _: None)
    found: Compared = compare(work, load_profile(file), TomlSource(file), "custom")
    text = file.read_text(encoding="utf-8").splitlines()
    assert [text[one.line - 1] for one in found.contradictions] == ["leeway_seconds = 30", "tab_after_scheme = true"]
    assert found.agreed == 3
    assert found.not_compared == ()


def test_a_route_that_has_come_to_stand_open_is_told(environment: MakeEnvironment, tmp_path: Any) -> None:
    """With the line of its table."""
    file = tmp_path / "old.toml"
    routes = PROFILE.partition("[policy]")[0] + '[routes.other]\nmethod = "GET"\npath = "/health"\npermission = "x:y"\n'
    file.write_text(profile_text("jwks", "configure", "restart", routes=routes), encoding="utf-8")
    found = list(_routes(replace(environment(), profile=load_profile(file)), "custom", TomlSource(file)))
    told = [one for one in found if one is not None]
    assert [one.declared for one in told] == ["routes.other: GET /health"]
    assert told[0].evidence.startswith("lets in who has no token: 200")
