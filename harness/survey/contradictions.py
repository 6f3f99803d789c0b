"""An old profile beside the service: which of its lines the service contradicts now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from harness.base.verdicts import Inconclusive
from harness.cell.environment import Environment
from harness.cell.session import Session
from harness.declared.profile import Profile
from harness.grammar.toml_source import TomlSource
from harness.measure.reading import ERROR, Reading, is_number
from harness.survey.asker import Asker, keeps_out, lets_in
from harness.survey.fetch_limit import comparable_lines, instead_of, watching
from harness.survey.portrait import Seen
from harness.survey.rows import lines_of
from harness.survey.survey import Survey, ask_policies, measure_rows
from harness.survey.trials import Bench
from harness.targets.within_reach import as_run_by

# What a leeway that was declared as a round number may differ by from the second in which a token is refused.
_ROUNDING = 2.0


@dataclass(frozen=True)
class Contradiction:
    """A line of the profile, where it stands, and what was seen instead."""

    line: int
    declared: str
    evidence: str


@dataclass(frozen=True)
class Compared:
    """`agreed` counts the lines that were seen to be so; `not_compared` names what could not be found out."""

    contradictions: tuple[Contradiction, ...]
    agreed: int
    not_compared: tuple[str, ...]


def compare(work: Survey, profile: Profile, source: TomlSource, style: str) -> Compared:
    """Hold each line of the profile that can be found out against the service.

    Raises `Inconclusive` when the plain token isn't let in by the route `read`: then nothing means anything.
    """
    declared = as_run_by(work.environment.target, profile)
    environment = replace(work.environment, profile=declared)
    found = list(_routes(environment, style, source))
    with watching(environment, style) as watch:
        readings, quick = measure_rows(environment, style, watch, work.say)
        seen = lines_of(readings, work.knobs)
        contradictions = [one for one in found if one is not None]
        agreed = len(found) - len(contradictions)
        told = source.data.get("policy", {})
        known = {one.name for one in seen if one.table == "policy"}
        with closing(Bench(environment, style, key_sets=quick)) as bench:
            seen += ask_policies(bench, work, [name for name in told if name not in known], declared.policy)[0]
        limit = watch.limit()
        seen = [*instead_of(seen, comparable_lines(limit) if limit else ())]
    not_compared = [name for name in told if name not in {one.name for one in seen}]
    for one in seen:
        if one.name not in source.data.get(one.table, {}):
            continue
        said = source.data[one.table][one.name]
        if _same(said, one):
            agreed += 1
        else:
            line = f"{one.table}.{one.name} = {said!r}"
            contradictions.append(
                Contradiction(source.line(one.table, one.name), line, f"{one.value!r}: {one.evidence}")
            )
    not_compared += _errors(readings)
    return Compared(tuple(sorted(contradictions, key=lambda one: one.line)), agreed, tuple(not_compared))


def _routes(environment: Environment, style: str, source: TomlSource) -> Iterator[Contradiction | None]:
    """Each route keeps out who has no token, and lets in who has its permission; None for one that does."""
    with closing(Session(environment, style, {})) as session:
        try:
            session.start_service()
            session.controls.preflight()
            if problem := session.controls.canary(3.0):
                raise Inconclusive(problem)
            asker = Asker(session)
            for name, route in environment.profile.routes.items():
                anonymous = asker.anonymous(route)
                with_token = asker.ask(route, session.plain_token(route))
                line = source.line("routes", name)
                said = f"routes.{name}: {route.method} {route.path}"
                if lets_in(anonymous):
                    yield Contradiction(line, said, f"lets in who has no token: {anonymous.summary()}")
                elif with_token.status not in (*route.success, *route.let_in) and keeps_out(anonymous):
                    wanted = " or ".join(map(str, (*route.success, *route.let_in)))
                    yield Contradiction(line, said, f"with its permission {with_token.summary()}, not {wanted}")
                else:
                    yield None
            for route in environment.profile.public:
                answer = asker.get(route.path)
                said = f"vocabulary.public: {route.path}"
                shut = answer.status not in route.success
                yield Contradiction(source.line("vocabulary", "public"), said, answer.summary()) if shut else None
        finally:
            session.tidy()


def _same(said: Any, seen: Seen) -> bool:
    if seen.table == "refusal" and isinstance(said, list):
        return set(seen.value) <= set(said)
    if is_number(said) and is_number(seen.value):
        return bool(abs(said - seen.value) <= _ROUNDING)
    return bool(said == seen.value)


def _errors(readings: Sequence[Reading]) -> list[str]:
    return [f"{one.name}: {one.reason}" for one in readings if one.status == ERROR]
