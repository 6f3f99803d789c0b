"""Reads scenario files strictly: a word that doesn't exist is an error with its line and the nearest known one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from harness import placeholders, value_checks
from harness import vocabulary as words
from harness.errors import ScenarioFileError
from harness.model import Policy, Scenario, Step, Table, Variant
from harness.toml_source import Place, TomlSource

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOLDERS_OF_OTHER_DATA = {"profiles", "expected"}


def bundled_directory() -> Path:
    """The folder of the scenarios that come with the harness: inside the installed package, or in the checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "_scenarios"
    return packaged if packaged.is_dir() else here.parent / "scenarios"


def load_all(directories: Iterable[Path] | None = None) -> list[Scenario]:
    """Every scenario of the directories (default: the bundled ones), in the order of their ids.

    Raises `ScenarioFileError` for the first thing that is wrong, also when one id stands in two directories.
    """
    found: dict[str, Scenario] = {}
    for directory in directories or [bundled_directory()]:
        if not directory.is_dir():
            raise ScenarioFileError(directory, 1, "is no directory of scenarios")
        for file in sorted(directory.glob("*/*.toml")):
            if file.parent.name in _FOLDERS_OF_OTHER_DATA:
                continue
            for scenario in load_file(file):
                if scenario.id in found:
                    raise ScenarioFileError(
                        file, scenario.line, f"{scenario.id} stands in {found[scenario.id].file} too"
                    )
                found[scenario.id] = scenario
    return [found[key] for key in sorted(found)]


def load_file(file: Path) -> list[Scenario]:
    """The scenarios of one file `<area>/<topic>.toml`. Raises `ScenarioFileError`."""
    source = TomlSource(file)
    tables = dict(source.data)
    title = tables.pop("title", None)
    if not isinstance(title, str):
        source.fail(("title",), 'the file needs a title = "..." that says what it is about')
    if not tables:
        raise ScenarioFileError(file, 1, "the file has no scenario")
    return [_scenario(source, slug, table) for slug, table in tables.items()]


def _scenario(source: TomlSource, slug: str, table: Any) -> Scenario:
    if not _SLUG.fullmatch(slug):
        source.fail((slug,), f"the slug {slug!r} must be words of a-z and 0-9 joined by single hyphens")
    source.check_keys(table, words.SCENARIO_KEYS, (slug,), f"scenario {slug}")
    for key in words.REQUIRED_KEYS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            source.fail((slug,), f'scenario {slug} needs {key} = "..."')
    source.check_word(table["level"], words.LEVELS, (slug, "level"), "level")
    source.check_word(table["severity"], words.SEVERITIES, (slug, "severity"), "severity")
    kills, positive = table.get("kills", []), table.get("positive_control", False)
    if kills and positive:
        source.fail((slug,), f"scenario {slug} has either kills = [mutants] or positive_control = true, not both")
    start = table.get("start", "automatic")
    source.check_word(start, ("automatic", "manual"), (slug, "start"), "way to start")
    raw_variants = table.get("variants", {"": {}})
    if not isinstance(raw_variants, dict) or not raw_variants:
        source.fail((slug, "variants"), "variants must be a table with one entry for each variant")
    base = {key: value for key, value in table.items() if key != "variants"}
    area, topic = source.file.parent.name, source.file.stem
    return Scenario(
        id=f"{area}/{topic}/{slug}",
        title=table["title"],
        requirement=table["requirement"],
        level=table["level"],
        severity=table["severity"],
        file=source.file,
        line=source.line(slug),
        variants=tuple(_variant(source, slug, name, base, raw) for name, raw in raw_variants.items()),
        kills=tuple(kills),
        positive_control=bool(positive),
        source=table.get("source", ""),
        note=table.get("note", ""),
        timed=bool(table.get("timed", False)),
        start=start,
        preflight=bool(table.get("preflight", False)),
    )


def _variant(source: TomlSource, slug: str, name: str, base: Table, raw: Any) -> Variant:
    path = (slug, "variants", name) if name else (slug,)
    if name and not _SLUG.fullmatch(name):
        source.fail(path, f"the variant {name!r} must be words of a-z and 0-9 joined by single hyphens")
    source.check_keys(raw, words.VARIANT_KEYS, path, f"variant {name}")
    table = merge(base, raw)
    if {"expect", "policy"} <= table.keys():
        source.fail((*path, "policy"), "a scenario has expect or policy, not both")
    styles = table.get("styles", list(words.STYLES))
    for style in styles:
        source.check_word(style, words.STYLES, (*path, "styles"), "style")
    for capability in table.get("needs", []):
        source.check_word(capability, words.CAPABILITIES, (*path, "needs"), "capability")
    config = table.get("config", {})
    source.check_keys(table.get("jwks", {}), words.JWKS_KEYS, (*path, "jwks"), "jwks")
    value_checks.check_scenario(source, table, path)
    policy = _policy(source, table.get("policy"), path)
    _check_texts(source, table, path)
    control = table.get("control")
    if control is not None:
        _check_send(source, control, (*path, "control"), ("token", "request", "expect"))
    return Variant(
        name=name,
        steps=_steps(source, table, path, policy),
        control=control,
        policy=policy,
        styles=tuple(styles),
        needs=frozenset(table.get("needs", [])) | _implied_needs(table),
        config=config,
    )


def _steps(source: TomlSource, table: Table, path: Place, policy: Policy | None) -> tuple[Step, ...]:
    if "steps" not in table:
        send = {
            key: table[key] for key in ("token", "request", "expect", "policy", "answer", "fetches") if key in table
        }
        if "expect" not in send and policy is None:
            source.fail(path, "a scenario without steps needs expect or policy")
        _check_send(source, send, path, (*send,))
        return (Step("send", send),)
    steps = []
    for number, raw in enumerate(table["steps"]):
        place = (*path, "steps", number)
        if not isinstance(raw, dict) or "do" not in raw:
            source.fail((*path, "steps"), f'each step is a table with do = "..."; this one isn\'t: {raw!r}')
        source.check_word(raw["do"], words.STEPS, place, "step")
        args = {key: value for key, value in raw.items() if key != "do"}
        required, optional = words.STEPS[raw["do"]]
        for key in required:
            if key not in args:
                source.fail(place, f"step {raw['do']} needs {key}")
        if "*" not in optional:
            source.check_keys(args, (*required, *optional), place, f"step {raw['do']}")
        value_checks.check_step(source, raw["do"], args, place)
        if raw["do"] == "edit-jwks":
            args = args or table.get("jwks", {})
        if raw["do"] == "fault":
            args = args or table.get("fault", {})
            if not {"on", "kind"} <= args.keys():
                source.fail(place, "a fault needs on and kind, in the step or in the scenario's fault")
        if raw["do"] == "expect-alike":
            _policy(source, args.get("policy"), place, ("alike", "survive"))
        for number_of_request, request in enumerate(args["requests"] if raw["do"] == "send-pipeline" else ()):
            _check_send(
                source, request, (*place, "requests", number_of_request), ("lines", "token", "request", "expect")
            )
        for key in ("first", "second") if raw["do"] == "compare-times" else ():
            _check_send(source, args[key], (*place, key), ("token", "request"))
        if "token" in required + optional:
            inherited = ("token", "request", "expect", "policy", "answer")
            for key in [key for key in inherited if key in required + optional]:
                judged = {"expect", "policy"} & args.keys() if key in ("expect", "policy") else False
                if key in table and key not in args and not judged:
                    args[key] = table[key]
            _check_send(source, args, place, (*required, *optional))
        steps.append(Step(raw["do"], args))
    value_checks.check_names(source, steps, (*path, "steps"))
    if "fetches" in table:
        steps.append(Step("expect-fetches", table["fetches"]))
    return tuple(steps)


def _check_send(source: TomlSource, send: Any, path: Place, keys: Iterable[str]) -> None:
    source.check_keys(send, set(keys), path, "this request")
    source.check_keys(send.get("token", {}), words.TOKEN_KEYS, (*path, "token"), "token")
    value_checks.check_send(source, send, path)
    request = send.get("request", "read")
    if not isinstance(request, str):
        source.check_keys(request, words.REQUEST_KEYS, (*path, "request"), "request")
    expect = send.get("expect")
    if isinstance(expect, str):
        source.check_word(expect, words.EXPECTATIONS, (*path, "expect"), "expectation")
    elif expect is not None and not (
        isinstance(expect, list) and expect and all(type(s) is int or s == "closed" for s in expect)
    ):
        source.fail((*path, "expect"), 'expect is a word or a list such as [401, 404] or [413, "closed"]')
    _policy(source, send.get("policy"), path)


def _policy(source: TomlSource, raw: Any, path: Place, outcomes: Iterable[str] = words.EXPECTATIONS) -> Policy | None:
    if raw is None:
        return None
    path = (*path, "policy")
    source.check_keys(raw, words.POLICY_KEYS, path, "policy")
    if not {"knob", "then", "otherwise"} <= raw.keys() or ("is" in raw) == ("at_least" in raw):
        source.fail(path, "policy needs knob, then, otherwise and either is or at_least")
    for key in ("then", "otherwise"):
        source.check_word(raw[key], outcomes, (*path, key), "expectation")
    return parse_policy(raw)


def parse_policy(raw: Table) -> Policy:
    """The policy of a table that the loader has checked."""
    return Policy(raw["knob"], raw["then"], raw["otherwise"], raw.get("is"), raw.get("at_least"))


def _check_texts(source: TomlSource, table: Table, path: Place) -> None:
    parts = [table.get(key) for key in ("token", "request", "control", "fault", "jwks", "steps")]
    for text, problem in placeholders.problems(parts):
        source.fail_at(text, path, problem)


def _implied_needs(table: Table) -> frozenset[str]:
    """What the words of a scenario need by themselves, so that nobody has to write it."""
    needs = set()
    config = table.get("config", {})
    if config or table.get("timed"):
        needs.add("configure")
    if config.get("verification") == "public_key":
        needs.add("static-key")
    else:
        needs.add("jwks")
    if table.get("start") == "manual" or "restart-service" in repr(table.get("steps", "")):
        needs.add("restart")
    for key, capability in words.CONFIG_NEEDS.items():
        if key in config:
            needs.add(capability)
    if any(step["do"] in ("scrape-metrics", "expect-counter") for step in table.get("steps", [])):
        needs.add("metrics")
    if "{attacker" in repr(table):
        needs.add("attacker-listener")
    if "{api_key." in repr(table):
        needs.add("api-keys")
    return frozenset(needs)


def merge(base: Table, change: Table) -> dict[str, Any]:
    """`base` with `change` laid over it: tables merge, everything else is replaced."""
    merged = dict(base)
    for key, value in change.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged
