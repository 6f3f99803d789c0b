"""`idp-harness show`: one scenario in full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from harness.base.errors import UsageError
from harness.cli.options import all_scenarios, scenarios_option
from harness.grammar.model import Demand, Scenario, Table, Variant
from harness.grammar.toml_source import nearest
from harness.grammar.vocabulary import STYLES
from harness.matrix.cell_runner import controlled
from harness.scenario.chosen import load_around
from harness.scenario.styles import styles_of
from harness.shown.terminal import indented, say, say_in_colour
from harness.steps import STEPS, StepDefinition

_INDENT = 14


@click.command()
@click.argument("scenario_id", metavar="ID")
@scenarios_option
def show(scenario_id: str, directories: tuple[Path, ...]) -> None:
    """Show what a scenario requires, sends and expects, what holds before and after, and where all of it is written.

    ID may be the slug alone.

    \b
    Example:
      idp-harness show time-exp-past
    """
    found = [one for one in load_around(directories, [scenario_id]) if scenario_id in (one.id, one.slug)]
    if not found:
        words = [one.slug for one in all_scenarios(directories)]
        raise UsageError(f"there is no scenario {scenario_id!r}{nearest(scenario_id.rpartition('/')[2], words)}")
    for scenario in found:
        _show(scenario)


def _show(scenario: Scenario) -> None:
    say_in_colour(scenario.id, bold=True)
    say(f"  {indented(scenario.title, 2)}")
    rows = {
        "requirement": scenario.requirement,
        **{f"in {name}": _demand(demand) for name, demand in scenario.documents.items()},
        "level": f"{scenario.level}, severity {scenario.severity}",
        "precedent": scenario.source,
        "note": scenario.note,
        "catches": ", ".join(scenario.kills) or "(a positive control)",
        "file": f"{scenario.file}:{scenario.line}",
    }
    for name, text in rows.items():
        if text:
            say(f"  {name:<12}{indented(text, _INDENT)}")
    for variant in scenario.variants:
        _show_variant(scenario, variant)


def _demand(demand: Demand) -> str:
    return demand.sentence + (f"  ({demand.level})" if demand.level else "")


def _show_variant(scenario: Scenario, variant: Variant) -> None:
    say()
    say(f"  variant {variant.name or '(the only one)'}   styles {_styles(scenario, variant)}")
    if variant.config:
        say(f"    configured {_json(variant.config)}")
    say(f"    control    {_control(scenario, variant)}")
    for number, step in enumerate(variant.steps, 1):
        say(f"    {number}. {step.do} {_json(step.args)}")
        say(f"       {_place(STEPS[step.do])}")
    canary = "none, as for the control" if scenario.preflight else "the plain token is accepted on read after the case"
    say(f"    canary     {canary}")


def _styles(scenario: Scenario, variant: Variant) -> str:
    """The styles in which it runs, and what else could be asked for."""
    own = styles_of(scenario, variant)
    others = [style for style in styles_of(scenario, variant, STYLES) if style not in own]
    return ", ".join(own or variant.styles) + (f"; with --all-styles {', '.join(others)} too" if others else "")


def _control(scenario: Scenario, variant: Variant) -> str:
    """What must be let in before the case."""
    if scenario.preflight:
        return "none: the scenario is itself about whether good tokens are let in"
    if scenario.start == "manual":
        return "none: its steps start the service"
    routes = [
        one if isinstance(one, str) else one.get("route", "read") for one in controlled(variant.steps, _expectations)
    ]
    if not routes:
        return "none: it expects no refusal"
    if variant.control is not None:
        return f"{_json(variant.control)} is accepted before the case"
    return f"the plain token is accepted on {', '.join(dict.fromkeys(routes))} before the case"


def _expectations(args: Table) -> list[Any]:
    """What may be expected of an answer: with a policy that is for the profile to say."""
    policy = args.get("policy")
    return [policy["then"], policy["otherwise"]] if policy else [args.get("expect", "accept")]


def _place(step: StepDefinition) -> str:
    """The function that carries a step out, and its file."""
    code = step.function.__code__
    file = Path(code.co_filename)
    shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    return f"{code.co_name} in {shown}:{code.co_firstlineno}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
