"""Scenarios as questions: which way a policy goes that the documents leave open, and what no service may do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.base.mishaps import MISHAPS
from harness.base.verdicts import FAILED, PASSED, CellResult
from harness.cell.environment import Environment
from harness.cell.session import Session
from harness.declared.profile import Profile
from harness.grammar.model import Cell, Scenario, Variant
from harness.grammar.policies import Knob
from harness.matrix.cell_runner import run_cell
from harness.scenario.plan import plan
from harness.survey.portrait import Misdeed, Seen, is_error
from harness.survey.questions import questions, takes_up_keys, thresholds, values

# Which of a policy's answers are left to a person: what lets somebody in whom an RFC or common sense would keep out.
LENIENT: Final[Mapping[str, Any]] = {
    "exp_required": False,
    "iss_required": False,
    "audience_required": False,
    "nbf_checked": False,
    "global_wildcard": True,
    "token_in_query": True,
    "numeric_text_dates": True,
    "jwks_redirects_followed": True,
    "mixed_audience_array_accepted": True,
    "mixed_permission_array_accepted": True,
}
_NOT_HERE: Final = "Its cases can't be run here."
_NOTHING: Final[Mapping[str, Any]] = {}
_GRAVE: Final = ("catastrophic", "critical")
_AREAS: Final = ("signature", "identity", "time", "header", "kid", "permissions", "replay", "tenant")


class Bench:
    """Runs untimed cells one after the other, those of one service on one session, which `close` ends.

    `key_sets` says whether the service takes up a changed key set at once.
    """

    def __init__(self, environment: Environment, style: str, *, key_sets: bool) -> None:
        self.environment, self._style, self._key_sets = environment, style, key_sets
        self._sessions: dict[object, Session] = {}
        self._until = 0.0
        self._cells, self._seconds = 0, 0.0

    @property
    def cell_seconds(self) -> float:
        """How long a cell took, on the average."""
        return self._seconds / self._cells if self._cells else 0.0

    def begin(self, seconds: float) -> None:
        """From now on there is so much time."""
        self._until = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._until

    def fits(self, variant: Variant) -> bool:
        """Whether the case takes a moment only. One that changes the key set does where that is taken up at once."""
        return self._key_sets or not takes_up_keys(variant)

    def run(self, scenario: Scenario, variants: Sequence[Variant], policy: Mapping[str, Any]) -> list[CellResult]:
        """The results of the variants for a service with these policies beside its own; [] where one can't be run."""
        profile = self.environment.profile
        profile = replace(profile, policy={**profile.policy, **policy})
        chosen = replace(scenario, variants=tuple(variants))
        planned = plan([chosen], profile, self.environment.target.name, (self._style,))
        return [self._run(one.cell, profile) for one in planned if not one.verdict]

    def _run(self, cell: Cell, profile: Profile) -> CellResult:
        session = self._sessions.pop(cell.service, None)
        if session is not None and session.suspect and session.is_lost():
            session.close()
            session = None
        environment = replace(self.environment, profile=profile)
        if session is None:
            session = Session(environment, cell.style, cell.variant.config)
        session.environment, session.profile = environment, profile
        result = run_cell(cell, session)
        self._cells, self._seconds = self._cells + 1, self._seconds + result.duration_s
        if result.verdict in (PASSED, FAILED):
            session.suspect = result.verdict == FAILED
            self._sessions[cell.service] = session
        else:
            with suppress(*MISHAPS):  # Nobody knows in which state it is; what is left ends with the target.
                session.close()
        return result

    def close(self) -> None:
        while self._sessions:
            with suppress(*MISHAPS):
                self._sessions.popitem()[1].close()


@dataclass(frozen=True)
class Answer:
    """What came of asking for a policy: a line, or why there is none."""

    seen: Seen | None
    why: str = ""


def ask_policy(bench: Bench, knob: Knob, scenarios: Iterable[Scenario], known: Mapping[str, Any] = _NOTHING) -> Answer:
    """Which value of the knob makes all cases pass that ask for it; `known` are the policies that were seen before."""
    asked = questions(knob, scenarios)
    if not asked:
        return Answer(None, "No short case asks for it.")
    asked = [replace(one, variants=fit) for one in asked if (fit := tuple(v for v in one.variants if bench.fits(v)))]
    if not asked:
        return Answer(None, "Its cases change the key set, which the service takes up late.")
    if bench.is_over:
        return Answer(None, "There was no time left to ask for it.")
    if numbers := thresholds(asked, knob.name):
        return _ask_number(bench, knob, numbers, known)
    tried = ""
    for value in values(knob, asked):
        results = [two for one in asked for two in bench.run(one.scenario, one.variants, {**known, knob.name: value})]
        if not results:
            continue
        bad = [one for one in results if one.verdict != PASSED]
        if not bad:
            return Answer(seen_policy(knob.name, value, f"{_cases(results)} came out so, {_count(len(results))}"))
        if undecided := [one for one in bad if one.verdict != FAILED]:
            return Answer(None, f"{undecided[0].id} could not be judged: {undecided[0].reason}")
        said = f"{bad[0].id}: expected {bad[0].expected}; got {bad[0].actual}"
        if knob.type == "flag" and not any(one.policies for one in asked):
            return Answer(_otherwise(knob, not value, said, len(bad), len(results)))
        tried = tried or said
    return Answer(None, f"It does neither throughout: {tried}" if tried else _NOT_HERE)


def _otherwise(knob: Knob, value: bool, said: str, bad: int, all_of_them: int) -> Seen:
    """What those cases tell that are for services with the other value, when they fail."""
    if bad == all_of_them:
        return seen_policy(knob.name, value, said)
    doubt = f"The other {all_of_them - bad} of {all_of_them} cells came out as if it were {str(not value).lower()}"
    return Seen("policy", knob.name, value, said, doubt)


def _ask_number(
    bench: Bench, knob: Knob, numbers: Mapping[float, Sequence[tuple[Scenario, Variant]]], known: Mapping[str, Any]
) -> Answer:
    """The largest number that the cases know and the service reaches."""
    reached: float | None = None
    evidence = ""
    for number, cases in numbers.items():
        below = number - 1 if reached is None else reached
        for value in (number, below):
            results = [two for one, case in cases for two in bench.run(one, [case], {**known, knob.name: value})]
            if undecided := [one for one in results if one.verdict not in (PASSED, FAILED)]:
                return Answer(None, f"{undecided[0].id} could not be judged: {undecided[0].reason}")
            if results and all(one.verdict == PASSED for one in results):
                break
        else:
            return Answer(None, f"It does neither at {number}: {_cases(results)}" if results else _NOT_HERE)
        if value == number:
            reached, evidence = number, f"{_cases(results)}: {number} is taken; more was not tried"
        elif reached is None:
            doubt = "How much less it takes was not tried: put the number there that the documents promise"
            return Answer(Seen("policy", knob.name, below, f"{_cases(results)}: {number} is not taken", doubt))
        else:
            evidence = f"{_cases(results)}: {reached} is taken, {number} is not"
            break
    return Answer(seen_policy(knob.name, reached, evidence))


def _cases(results: Iterable[CellResult]) -> str:
    return ", ".join(dict.fromkeys(one.scenario.rpartition("/")[2] for one in results))


def _count(cells: int) -> str:
    return "1 cell" if cells == 1 else f"{cells} cells"


def seen_policy(name: str, value: Any, evidence: str) -> Seen:
    """A line of the table policy, with a doubt where it is lenient."""
    lenient = name in LENIENT and LENIENT[name] is value
    return Seen("policy", name, value, evidence, "It lets more in than it has to: is that meant?" if lenient else "")


def find_misdeeds(
    bench: Bench, scenarios: Iterable[Scenario], progress: Callable[[str], None] = lambda _: None
) -> list[Misdeed]:
    """The grave requirements that the service breaks, of those that can be tried in a moment."""
    found = []
    for scenario in scenarios:
        if scenario.timed or scenario.start != "automatic" or scenario.level != "must":
            continue
        if scenario.severity not in _GRAVE or scenario.id.partition("/")[0] not in _AREAS or not scenario.requirement:
            continue
        if bench.is_over:
            progress(f"the time is over: from {scenario.id} on nothing was tried; a run does it")
            break
        variants = [one for one in scenario.variants if not one.config and bench.fits(one)]
        failed = [one for one in bench.run(scenario, variants, {}) if one.verdict == FAILED]
        failed.sort(key=lambda one: is_error(one.actual))
        if failed:
            progress(f"{scenario.id}: {failed[0].actual}")
            found.append(
                Misdeed(
                    scenario.id,
                    scenario.title,
                    scenario.requirement,
                    scenario.severity,
                    tuple(one.id for one in failed),
                    failed[0].actual,
                    tuple(dict.fromkeys(one.variant for one in failed if one.variant)),
                )
            )
    return sorted(found, key=lambda one: (is_error(one.actual), _GRAVE.index(one.severity)))
