"""Reads scenario files strictly: a word that doesn't exist is an error with its line and the nearest known one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.base.bundled import bundled_directory
from harness.base.errors import ScenarioFileError
from harness.grammar.checking import check
from harness.grammar.kinds import Mark, marks, resolved, schema_of
from harness.grammar.mock_words import Token
from harness.grammar.model import Scenario, Step, Table, Variant, parse_demand, parse_policy
from harness.grammar.names import Names, named
from harness.grammar.once import Once
from harness.grammar.policies import Knobs, known_knobs
from harness.grammar.tables import ControlTable, Policy, ScenarioTable, VariantTable
from harness.grammar.toml_source import Place, TomlSource, shown
from harness.grammar.vocabulary import ABOUT_THE_KEY_SET, BEARER_HEADER, CONFIG_NEEDS, STYLES, USUAL_SETTINGS
from harness.steps import STEPS, StepDefinition

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOLDERS_OF_OTHER_DATA = {"profiles", "expected"}
_SCENARIO, _VARIANT = schema_of(ScenarioTable), schema_of(VariantTable)
_TOKEN, _POLICY, _CONTROL = schema_of(Token), schema_of(Policy), schema_of(ControlTable)
_NOTHING = object()
_LOADED: dict[Path, tuple[bytes, Knobs, list[Scenario]]] = {}
# What a step that sends takes from the scenario when it doesn't say it itself.
_INHERITED = ("token", "request", "expect", "policy", "answer")


def load_all(directories: Iterable[Path] | None = None, skipped: Collection[Path] = ()) -> list[Scenario]:
    """Every scenario of the directories (default: the bundled ones), in the order of their ids; no file of `skipped`.

    Raises `ScenarioFileError` for the first thing that is wrong, also when one id stands in two directories.
    """
    found: dict[str, Scenario] = {}
    directories = list(directories or [bundled_directory()])
    knobs = known_knobs(directory for directory in directories if directory.is_dir())
    for directory in directories:
        if not directory.is_dir():
            raise ScenarioFileError(directory, 1, "is no directory of scenarios")
        for file in sorted(directory.glob("*/*.toml")):
            if file.parent.name in _FOLDERS_OF_OTHER_DATA or file in skipped:
                continue
            for scenario in _unless_known(file, knobs):
                if scenario.id in found:
                    raise ScenarioFileError(
                        file, scenario.line, f"{scenario.id} stands in {found[scenario.id].file} too"
                    )
                found[scenario.id] = scenario
    return [found[key] for key in sorted(found)]


def _unless_known(file: Path, knobs: Knobs) -> list[Scenario]:
    """As `load_file`; one that reads as it did when it was last loaded in this process is not checked again.

    A run looks at all of them several times: what is chosen, what is planned, what is run.
    """
    try:
        text = file.read_bytes()
    except OSError:
        return load_file(file, knobs)  # It says what is wrong.
    known = _LOADED.get(file)
    if known is None or known[:2] != (text, knobs):
        known = _LOADED[file] = (text, knobs, load_file(file, knobs))
    return known[2]


def load_file(file: Path, knobs: Knobs | None = None) -> list[Scenario]:
    """The scenarios of one file `<area>/<topic>.toml`, whose policies ask for `knobs`.

    These are by themselves the bundled ones and those of the file's directory of scenarios. Raises `ScenarioFileError`.
    """
    source = TomlSource(file)
    knobs = known_knobs([file.parent.parent]) if knobs is None else knobs
    tables = dict(source.data)
    title = tables.pop("title", None)
    if not isinstance(title, str):
        source.fail(("title",), 'the file needs a title = "..." that says what it is about')
    if not tables:
        raise ScenarioFileError(file, 1, "the file has no scenario")
    return [_scenario(source, slug, table, knobs) for slug, table in tables.items()]


def _scenario(source: TomlSource, slug: str, table: Any, knobs: Knobs) -> Scenario:
    if not _SLUG.fullmatch(slug):
        source.fail((slug,), f"the slug {slug!r} must be words of a-z and 0-9 joined by single hyphens")
    what = f"scenario {slug}"
    source.check_keys(table, resolved(_SCENARIO)["properties"], (slug,), what)
    for key in resolved(_SCENARIO)["required"]:
        if not isinstance(table.get(key), str) or not table[key].strip():
            source.fail((slug,), f'scenario {slug} needs {key} = "..."')
    if not table.get("requirement") and not table.get("documents"):
        source.fail((slug,), f'scenario {slug} needs requirement = "..."')
    raw_variants = table.get("variants", {"": {}})
    if not isinstance(raw_variants, dict) or not raw_variants:
        source.fail((slug, "variants"), "variants must be a table with one entry for each variant")
    base = {key: value for key, value in table.items() if key != "variants"}
    check(source, base, _SCENARIO, (slug,), what)
    once = Once(source, knobs)
    kills, positive = table.get("kills", []), table.get("positive_control", False)
    if kills and positive:
        source.fail((slug,), f"scenario {slug} has either kills = [mutants] or positive_control = true, not both")
    area, topic = source.file.parent.name, source.file.stem
    return Scenario(
        id=f"{area}/{topic}/{slug}",
        title=table["title"],
        requirement=table.get("requirement", ""),
        level=table["level"],
        severity=table["severity"],
        file=source.file,
        line=source.line(slug),
        variants=tuple(_variant(source, slug, name, base, raw, once) for name, raw in raw_variants.items()),
        kills=tuple(kills),
        positive_control=positive,
        source=table.get("source", ""),
        note=table.get("note", ""),
        timed=table.get("timed", False),
        start=table.get("start", "automatic"),
        preflight=table.get("preflight", False),
        documents={name: parse_demand(one) for name, one in table.get("documents", {}).items()},
    )


def _variant(source: TomlSource, slug: str, name: str, base: Table, raw: Any, once: Once) -> Variant:
    path = (slug, "variants", name) if name else (slug,)
    if name and not _SLUG.fullmatch(name):
        source.fail(path, f"the variant {name!r} must be words of a-z and 0-9 joined by single hyphens")
    check(source, raw, _VARIANT, path, f"variant {name}")
    table = merge(base, raw)
    if {"expect", "policy"} <= table.keys():
        source.fail((*path, "policy"), "a scenario has expect or policy, not both")
    if "token" in table:  # What the scenario says and what the variant says, together.
        once.check(table["token"], _TOKEN, (*path, "token"))
    policy = table.get("policy")
    if policy is not None:
        once.check(policy, _POLICY, (*path, "policy"))
        once.check_policy(policy, (*path, "policy"))
    when = table.get("when", {})
    once.check_when(when, (*path, "when"))
    for key in ("token", "request", "control", "fault", "jwks", "steps"):
        once.check_texts(table.get(key), path)
    names = Names(source)
    control = table.get("control")
    if control is not None:
        names.take("control", once.marks(control, _CONTROL), lambda rest: (*path, "control", *rest))
    steps = _Steps(source, table, path, names, once).read()
    needs = frozenset(table.get("needs", [])) | _implied_needs(table, steps)
    found = [*names.marks, *(marks(policy, _POLICY) if policy is not None else ())]
    return Variant(
        name=name,
        steps=steps,
        control=control,
        policy=parse_policy(policy) if policy is not None else None,
        styles=tuple(table.get("styles", STYLES)),
        every_style=table.get("every_style", False),
        needs=needs,
        config={**table.get("config", {}), **({"grpc": True} if "grpc" in needs else {})},
        routes=frozenset(named(found, "x-route")).union(*(STEPS[step.do].says.routes for step in steps)),
        counters=frozenset(named(found, "x-counter")),
        knobs=tuple(dict.fromkeys((*when, *named(found, "x-knob"), *named(found, "x-needs-knob")))),
        when=when,
        settings=_chosen([table.get("config", {}), *(step.args.get("config") or {} for step in steps)]),
    )


class _Steps:
    """Reads the steps of one variant, whose whole table is `table` and stands at `path`."""

    def __init__(self, source: TomlSource, table: Table, path: Place, names: Names, once: Once) -> None:
        self._source, self._table, self._path, self._names, self._once = source, table, path, names, once

    def read(self) -> tuple[Step, ...]:
        """The steps; without any the one request that the scenario is about. Raises `ScenarioFileError`."""
        table, path = self._table, self._path
        if "steps" not in table:
            args = {key: table[key] for key in (*_INHERITED, "fetches") if key in table}
            if not {"expect", "policy"} & args.keys():
                self._source.fail(path, "a scenario without steps needs expect or policy")
            found = [mark for key, value in args.items() for mark in self._marks(key, value, STEPS["send"])]
            self._names.take("send", found, lambda rest: (*path, *rest))
            return (Step("send", args),)
        steps = [self._step(raw, (*path, "steps", number)) for number, raw in enumerate(table["steps"])]
        self._names.end()
        return (*steps, Step("expect-fetches", table["fetches"])) if "fetches" in table else tuple(steps)

    def _step(self, raw: Any, place: Place) -> Step:
        source, table, path = self._source, self._table, self._path
        if not isinstance(raw, dict) or "do" not in raw:
            source.fail(place[:-1], f'each step is a table with do = "..."; this one isn\'t: {shown(raw)}')
        source.check_word(raw["do"], STEPS, place, "step")
        step = STEPS[raw["do"]]
        args = {key: value for key, value in raw.items() if key != "do"}
        base = place
        if not args and step.says.takes in table:
            raw, base = table[step.says.takes], (*path, step.says.takes)
            args = dict(raw)
        self._once.check(args, step.schema, base, f"step {step.name}", raw)
        if "policy" in args:
            self._once.check_policy(args["policy"], (*place, "policy"))
        if {"expect", "policy"} <= args.keys():
            source.fail((*place, "policy"), "a request has expect or policy, not both")
        if step.says.config and table.get("config", {}).get(step.says.config) is not True:
            source.fail(place, f"step {step.name} needs config.{step.says.config} = true")
        found = list(self._once.marks(args, step.schema, (), raw))
        inherited = self._inherited(args, step.arguments)
        args = {**args, **inherited}

        def where(rest: Place) -> Place:
            return (*path, *rest) if rest and rest[0] in inherited else (*base, *rest)

        found += [mark for key, value in inherited.items() for mark in self._marks(key, value, step)]
        self._names.take(step.name, found, where, args.get("issuer"), args.get("kid", ""))
        return Step(step.name, args)

    def _marks(self, key: str, value: Any, step: StepDefinition) -> list[Mark]:
        return self._once.marks(value, step.arguments[key], (key,))

    def _inherited(self, args: Table, arguments: Iterable[str]) -> dict[str, Any]:
        """What a step that sends doesn't say itself and the scenario says for it."""
        if "token" not in arguments:
            return {}
        said = {*args, *(("expect", "policy") if {"expect", "policy"} & args.keys() else ())}
        return {key: self._table[key] for key in _INHERITED if key in arguments and key in self._table.keys() - said}


def _chosen(configs: Iterable[Table]) -> frozenset[str]:
    """The settings that a service has to be told, as they are not the usual ones."""
    return frozenset(
        key for config in configs for key, value in config.items() if value != USUAL_SETTINGS.get(key, _NOTHING)
    )


def _implied_needs(table: Table, steps: Iterable[Step]) -> set[str]:
    """What the words of a scenario need by themselves, so that nobody has to write it."""
    steps = tuple(steps)
    needs = {need for step in steps for need in STEPS[step.do].says.needs}
    if any("fetches" in step.args for step in steps):
        needs.add("jwks")
    config = table.get("config", {})
    if config or table.get("timed"):
        needs.add("configure")
    if config.get("verification") == "public_key":
        needs -= {"jwks"}
        needs.add("static-key")
    elif ABOUT_THE_KEY_SET & config.keys():
        needs.add("jwks")
    if table.get("start") == "manual":
        needs.add("restart")
    for key, capability in CONFIG_NEEDS.items():
        if key in config:
            needs.add(capability)
    if "'transport': 'grpc'" in repr(table):
        needs.add("grpc")
    sent = repr([table[key] for key in ("request", "steps", "control", "answer") if key in table])
    if any(word in sent for word in ("uthorization", "WWW-Authenticate", "{token")):
        needs.add(BEARER_HEADER)
    text = repr(table)
    if "{attacker" in text:
        needs.add("attacker-listener")
    if "{api_key." in text:
        needs.add("api-keys")
    return needs


def merge(base: Table, change: Table) -> dict[str, Any]:
    """`base` with `change` laid over it: tables merge, everything else is replaced."""
    merged = dict(base)
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged
