"""`idp-harness show`: one scenario in full."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.commands.options import all_scenarios, scenarios_option
from harness.errors import UsageError
from harness.model import Scenario, Variant
from harness.terminal import say, say_in_colour
from harness.toml_source import nearest


@click.command()
@click.argument("scenario_id", metavar="ID")
@scenarios_option
def show(scenario_id: str, directories: tuple[Path, ...]) -> None:
    """Show what a scenario requires, sends and expects, and where its file is. ID may be the slug alone.

    \b
    Example:
      idp-harness show time-exp-past
    """
    scenarios = all_scenarios(directories)
    found = [one for one in scenarios if scenario_id in (one.id, one.slug)]
    if not found:
        words = [one.slug for one in scenarios]
        raise UsageError(f"there is no scenario {scenario_id!r}{nearest(scenario_id.rpartition('/')[2], words)}")
    for scenario in found:
        _show(scenario)


def _show(scenario: Scenario) -> None:
    say_in_colour(scenario.id, bold=True)
    say(f"  {scenario.title}")
    rows = {
        "requirement": scenario.requirement,
        "level": f"{scenario.level}, severity {scenario.severity}",
        "precedent": scenario.source,
        "note": scenario.note,
        "catches": ", ".join(scenario.kills) or "(a positive control)",
        "file": f"{scenario.file}:{scenario.line}",
    }
    for name, text in rows.items():
        if text:
            say(f"  {name:<12}{text}")
    for variant in scenario.variants:
        _show_variant(variant)


def _show_variant(variant: Variant) -> None:
    say()
    say(f"  variant {variant.name or '(the only one)'}   styles {', '.join(variant.styles)}")
    if variant.config:
        say(f"    configured {_json(variant.config)}")
    for number, step in enumerate(variant.steps, 1):
        say(f"    {number}. {step.do} {_json(step.args)}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
