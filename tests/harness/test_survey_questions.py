"""Which cases a policy is asked for by, and what is made of what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from harness.base.verdicts import FAILED, INCONCLUSIVE, PASSED, CellResult
from harness.declared.profile import find_profile, load_profile
from harness.grammar.model import Scenario, Variant
from harness.grammar.policies import known_knobs
from harness.scenario.chosen import load_chosen
from harness.survey.questions import cost, of_account, questions, thresholds, values
from harness.survey.trials import Answer, ask_policy

KNOBS = known_knobs()


class Told:
    """A bench whose cells come out as a test says; None is one that can't be run."""

    is_over = False

    def __init__(self, knob: str, outcome: Callable[[str, Any], str | None]) -> None:
        self._knob, self._outcome = knob, outcome

    def fits(self, variant: Variant) -> bool:
        return True

    def run(self, scenario: Scenario, variants: Sequence[Variant], policy: Mapping[str, Any]) -> list[CellResult]:
        verdicts = [self._outcome(one.name, policy[self._knob]) for one in variants]
        return [_result(scenario, one) for one in verdicts if one]


def _result(scenario: Scenario, verdict: str) -> CellResult:
    said = {"requirement": "", "level": "must", "severity": "low", "target": "told", "config": {}}
    names = {"scenario": scenario.id, "variant": "", "style": "custom", "title": "", "id": scenario.id}
    return CellResult(**names, **said, verdict=verdict, expected="this", actual="that", reason="", duration_s=0.0)


def answer(knob: str, scenario: str, outcome: Callable[[str, Any], str | None]) -> Answer:
    bench: Any = Told(knob, outcome)
    return ask_policy(bench, KNOBS[knob], load_chosen([], [scenario]))


def found(said: Answer) -> tuple[Any, bool]:
    """The value, and whether it is doubtful."""
    assert said.seen, said.why
    return said.seen.value, bool(said.seen.doubt)


def verdict(passed: bool) -> str:
    return PASSED if passed else FAILED


def test_a_case_that_asks_in_one_of_its_steps_is_a_question() -> None:
    """And so is one that is for services with another policy, too."""
    for knob, scenario in (
        ("jti_one_time", "replay-plain"),
        ("x5c_keys", "jwks-x5c-only"),
        ("mixed_permission_array_accepted", "perm-array-mixed"),
        ("distinguish_expired", "leak-uniform-401"),
    ):
        assert [one.scenario.slug for one in questions(KNOBS[knob], load_chosen([], [scenario]))] == [scenario]


def test_no_short_case_is_a_timed_one() -> None:
    assert questions(KNOBS["timed_refresh"], load_chosen([], ["rot-zero-downtime"])) == []


def test_cases_that_need_a_start_cost_most() -> None:
    def costs(knob: str, scenario: str) -> int:
        return cost(questions(KNOBS[knob], load_chosen([], [scenario])))

    assert costs("head_as_get", "perm-head") == 0
    assert costs("x5c_keys", "jwks-x5c-only") == 1
    assert costs("es256_supported", "base-es256") == 2


def test_the_value_with_which_each_case_asks_for_something_comes_first() -> None:
    asked = questions(KNOBS["empty_kid_refused"], load_chosen([], ["kid-empty"]))
    assert values(KNOBS["empty_kid_refused"], asked) == [True, False]


@pytest.mark.parametrize(
    ("at_most", "value", "doubtful"), [(99_000, 65_000, False), (41_000, 41_000, False), (8_000, 16_383, True)]
)
def test_a_number_is_the_largest_that_was_taken(at_most: int, value: int, doubtful: bool) -> None:
    """How much less than the smallest it takes nobody has tried: that is for a person to say."""
    scenarios = load_chosen([], ["tr-large-header"])
    numbers = thresholds(questions(KNOBS["longest_token_bytes"], scenarios), "longest_token_bytes")
    assert [*numbers] == [16_384, 41_000, 65_000]
    by_name = {variant.name: number for number, cases in numbers.items() for _, variant in cases}

    def outcome(name: str, declared: Any) -> str:
        """Passed where the service takes such a token, and it is declared so; or neither."""
        return verdict((by_name[name] <= at_most) == (by_name[name] <= declared))

    assert found(answer("longest_token_bytes", "tr-large-header", outcome)) == (value, doubtful)


def owners(passed: Callable[[str], bool]) -> Callable[[str, Any], str | None]:
    """Cases that are for services which have declared the policy true."""
    return lambda name, declared: verdict(passed(name)) if declared is True else None


def test_cases_for_services_with_a_policy_tell_that_one_by_passing_and_the_other_by_failing() -> None:
    """Where some do this and some that, it is doubtful."""

    def crit(passed: Callable[[str], bool]) -> tuple[Any, bool]:
        return found(answer("malformed_crit_refused", "hdr-crit-malformed", owners(passed)))

    assert crit(lambda _: True) == (True, False)
    assert crit(lambda _: False) == (False, False)
    assert crit(lambda name: name != "string") == (False, True)


def test_a_policy_of_which_only_one_value_can_be_tried_is_told_by_that_one() -> None:
    """The other's cases aren't run; where none is, that is told."""
    one_way = answer("jti_one_time", "replay-plain", lambda _, declared: None if declared else PASSED)
    assert found(one_way) == (False, False)
    assert answer("jti_one_time", "replay-plain", lambda *_: None).why == "Its cases can't be run here."
    neither = answer("jti_one_time", "replay-plain", lambda *_: FAILED)
    assert neither.why.startswith("It does neither throughout")
    undecided = answer("longest_token_bytes", "tr-large-header", lambda *_: INCONCLUSIVE)
    assert "could not be judged" in undecided.why


def test_a_policy_counts_where_a_run_would_call_a_case_undeclared_for_want_of_it() -> None:
    """One of which the service's documents, or an experiment, say something counts no longer."""
    profile = load_profile(find_profile("rfc9068"))
    scenarios = load_chosen([], ["tr-two-spaces", "key-and-bearer"])
    bare = type(profile)(**{**vars(profile), "policy": {}})

    def counting(**known: Any) -> set[str]:
        return {*of_account(scenarios, bare, known, "process", "custom")}

    assert counting() == {"several_spaces_after_scheme", "tab_after_scheme"}
    assert counting(tab_after_scheme=True) == {"several_spaces_after_scheme"}
