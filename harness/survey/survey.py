"""From a command line or an address to the portrait of a service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from harness.cell.environment import Environment
from harness.declared.profile import Profile, load_profile
from harness.grammar.model import Route, Scenario
from harness.grammar.policies import Knob
from harness.measure.reading import ERROR, Reading
from harness.measure.runner import measure, select_experiments
from harness.survey.capabilities import capabilities_of, lacks_of, words_of
from harness.survey.fetch_limit import FetchWatch, instead_of, watching
from harness.survey.further import Further, find_more
from harness.survey.one_service import measure_on_one
from harness.survey.opening import Opened, Say, Wanted, audience_for, opened
from harness.survey.portrait import FoundRoute, Portrait, Seen
from harness.survey.questions import cost, of_account, questions
from harness.survey.rows import ON_ONE, algorithms_seen, key_set_is_quick, lines_of, own_rows
from harness.survey.trials import Bench, ask_policy, find_misdeeds
from harness.survey.writing import profile_text
from harness.targets import make_target
from harness.targets.within_reach import as_run_by

# Said by a table of its own.
_ELSEWHERE: Final = ("permissions_form",)
# As long as a person waits who doesn't know yet whether it is worth it.
_POLICY_SECONDS, _MISDEED_SECONDS = 90.0, 90.0
# Where the step `openapi` of scenarios looks for the document with the permission of each operation.
_DOCUMENT: Final = "/api-docs/openapi.json"


@dataclass(frozen=True)
class Survey:
    """What a survey works with: `file` is where the profile will stand, `say` gets a line for each thing found."""

    environment: Environment
    wanted: Wanted
    title: str
    file: Path
    knobs: Mapping[str, Knob]
    scenarios: Sequence[Scenario]
    directories: Sequence[Path]
    say: Say


@dataclass(frozen=True)
class Surveyed:
    """The portrait, its text as a profile, and the path by which the service shows that it is ready ("" for none).

    `start_seconds` is how long it took to start, `cell_seconds` a case, on the average.
    """

    portrait: Portrait
    text: str
    health: str
    start_seconds: float = 0.0
    cell_seconds: float = 0.0


def survey(work: Survey) -> Surveyed:
    """Ask the service, and draw its portrait. Raises `HarnessError` when nothing can be found out."""
    environment = work.environment
    audience, why = audience_for(environment.target, environment.options, work.wanted)
    plain = Profile(
        name=work.file.stem,
        title=work.title,
        capabilities=frozenset({"jwks"}),
        lacks={},
        routes={"read": Route("read", "GET", "/")},
        policy={},
        audience=audience,
    )
    environment = replace(environment, profile=as_run_by(environment.target, plain))
    with opened(environment, work.wanted, work.say) as found:
        further = find_more(found.asker, found.door, found.operations)
        audience, why = (
            (audience, why) if not environment.options.issuer else (found.asker.issuer.audience, "the issuer's")
        )
        for name, one in further.routes.items():
            work.say(f"routes.{name}: {one.route.method} {one.route.path}: {one.evidence}")
    if not environment.target.can_restart:
        # From here on it is asked as a service of the new profile: for the target that is another one.
        options = work.environment.options
        again = make_target(options.target, options.target_settings())
        work = replace(work, environment=replace(work.environment, target=again))
    portrait = _first(work, found, further, audience, why)
    with watching(environment_for(work, portrait), portrait.style) as watch:
        portrait, quick = _measured(work, portrait, watch)
        with closing(Bench(environment_for(work, portrait), portrait.style, key_sets=quick)) as bench:
            portrait = _asked(work, portrait, bench)
            bench.environment = environment_for(work, portrait)
            work.say("trying what no service may do")
            bench.begin(_MISDEED_SECONDS)
            portrait = replace(portrait, misdeeds=tuple(find_misdeeds(bench, work.scenarios, work.say)))
        if not watch.is_done():
            work.say("waiting whether an unknown kid makes it fetch after a rest, as with many libraries")
        for line in (told := watch.lines()):
            work.say(f"{line.table}.{line.name} = {line.value!r}: {line.evidence}")
    portrait = replace(portrait, seen=instead_of(portrait.seen, told))
    text = profile_text(portrait, work.knobs)
    return Surveyed(portrait, text, found.health, found.start_seconds, bench.cell_seconds)


def environment_for(work: Survey, portrait: Portrait) -> Environment:
    """The environment in which the service is judged by the profile that the portrait makes."""
    text = profile_text(portrait, work.knobs)
    profile = load_profile(work.file, work.directories, text=text)
    return replace(work.environment, profile=as_run_by(work.environment.target, profile))


def _first(work: Survey, found: Opened, further: Further, audience: str, why: str) -> Portrait:
    door, target = found.door, work.environment.target
    routes = {"read": FoundRoute(door.route, door.evidence), **further.routes}
    evidence: dict[str, str] = {}
    against: dict[str, str] = {}
    if {"jwks", "discovery"} & {*found.fetched} or not (words := words_of(target)) or words & {"jwks_url", "issuer"}:
        evidence["jwks"] = (
            f"it asked the identity provider for: {', '.join(found.fetched) or 'nothing while it was asked'}"
        )
    for name, route in (("item-route", "item"), ("other-resource", "other")):
        if route in routes:
            evidence[name] = f"{routes[route].route.method} {routes[route].route.path}, {routes[route].evidence}"
        else:
            against[name] = "no such route was found"
    if further.body_is_read:
        evidence["parses-body"] = further.body_is_read
    else:
        against["parses-body"] = (
            further.body_is_not_read or "no route was found that a token with its permission writes to"
        )
    if found.openapi == _DOCUMENT and any(one.permissions for one in found.operations):
        evidence["openapi"] = f"{found.openapi} names permissions"
    else:
        said = f"what is at {found.openapi} isn't at {_DOCUMENT}" if found.openapi else "no document was found"
        against["openapi"] = f"{said}, so its permissions are not compared with it"
    # Whether it can be told ES256 shows later.
    beyond = as_run_by(target, work.environment.profile).cannot_set
    if target.can_restart and "allowed_algorithms" not in beyond:
        evidence["ec-keys"] = "it can be told the algorithms"
    had = capabilities_of(target, beyond, evidence, against)
    public = list(further.public)
    if found.health and found.health not in [one.path for one in public]:
        public.insert(0, Route(found.health, "GET", found.health))
    return Portrait(
        title=work.title,
        style=found.style,
        audience=audience,
        audience_evidence=why,
        routes=routes,
        place=door.place,
        place_evidence=door.place_evidence,
        capabilities=had,
        lacks=lacks_of(target, beyond, had, against),
        permissions=tuple(further.permissions),
        public=tuple(public),
    )


def _measured(work: Survey, portrait: Portrait, watch: FetchWatch) -> tuple[Portrait, bool]:
    """The portrait with what the rows of the card say, and whether a changed key set is taken up at once."""
    environment = environment_for(work, portrait)
    readings, quick = measure_rows(environment, portrait.style, watch, work.say)
    seen = lines_of(readings, work.knobs)
    for one in seen:
        work.say(f"{one.table}.{one.name} = {one.value!r}: {one.evidence}")
    portrait = replace(portrait, seen=tuple(seen))
    if elliptic := [one for one in algorithms_seen(readings) if one.startswith("ES")]:
        had = {**portrait.capabilities, "ec-keys": f"tokens with {', '.join(elliptic)} were let in"}
        portrait = replace(portrait, capabilities=had, lacks=_without(portrait.lacks, "ec-keys"))
    return portrait, quick


def measure_rows(environment: Environment, style: str, watch: FetchWatch, say: Say) -> tuple[list[Reading], bool]:
    """The rows of the card that say something for a profile, and whether a changed key set is taken up at once.

    Meanwhile the fetches are watched, on a service of its own; where there is only one, behind all rows.
    """
    if not has_one_service(environment):
        watch.begin()
    say(f"measuring: {', '.join(ON_ONE)}")
    readings = measure_on_one(environment, style, [*ON_ONE])
    rows = own_rows(environment.profile, readings)
    say(f"measuring: {', '.join(rows)}")
    readings += measure(environment, style, select_experiments(rows), rows)
    for one in readings:
        if one.status == ERROR:
            say(f"{one.name} could not be measured: {one.reason}")
    quick = key_set_is_quick(readings) and not watch.has_end()
    if has_one_service(environment):
        watch.limit()
    return readings, quick


def has_one_service(environment: Environment) -> bool:
    """Whether nothing can be asked beside something else."""
    return bool(environment.options.issuer or getattr(environment.target, "one_at_a_time", False))


def _asked(work: Survey, portrait: Portrait, bench: Bench) -> Portrait:
    """The portrait with the policies that cases can tell, and why the others are unknown."""
    work.say("asking for the policies that documents leave open, by the cases that depend on them")
    known = portrait.values("policy")
    judged = bench.environment.profile, known, work.environment.target.name, portrait.style
    counting = of_account(work.scenarios, *judged)
    seen, unknown = ask_policies(bench, work, [name for name in work.knobs if name in counting], known)
    moot = [name for name in work.knobs if name not in {*known, *counting, *_ELSEWHERE}]
    portrait = replace(portrait, seen=(*portrait.seen, *seen), unknown=unknown, moot=tuple(moot))
    told = portrait.sure("policy").get("es256_supported")
    if portrait.capabilities.get("ec-keys", "").startswith("it can be told") and told is not True:
        had = _without(portrait.capabilities, "ec-keys")
        lacks = {**portrait.lacks, "ec-keys": "no token with ES256 was let in, also where it was told that algorithm"}
        return replace(portrait, capabilities=had, lacks=lacks)
    return portrait


def ask_policies(
    bench: Bench, work: Survey, names: Iterable[str], known: Mapping[str, Any]
) -> tuple[list[Seen], dict[str, str]]:
    """Lines for the policies with these names, and why there is none for the others; `known` ones were seen before.

    What any running service answers comes first, and what needs a start of its own last.
    """
    seen: list[Seen] = []
    unknown: dict[str, str] = {}
    known = dict(known)
    bench.begin(_POLICY_SECONDS)
    knobs = [work.knobs[name] for name in names if name not in _ELSEWHERE]
    for knob in sorted(knobs, key=lambda one: cost(questions(one, work.scenarios))):
        name = knob.name
        answer = ask_policy(bench, knob, work.scenarios, known)
        if answer.seen:
            work.say(f"policy.{name} = {answer.seen.value!r}: {answer.seen.evidence}")
            seen.append(answer.seen)
            known[name] = answer.seen.value
        else:
            unknown[name] = answer.why
    return seen, unknown


def _without(table: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in table.items() if key != name}
