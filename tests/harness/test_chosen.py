"""Scenarios that are named are found without a look into all bundled files, and are the same ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import HEAD, write_scenario

from harness.base.bundled import bundled_directory
from harness.base.errors import ScenarioFileError, UsageError
from harness.grammar.model import Scenario
from harness.scenario import loader
from harness.scenario.chosen import load_around, load_chosen
from harness.scenario.loader import load_all
from harness.scenario.plan import select


def names(scenarios: list[Scenario]) -> list[str]:
    return [one.id for one in scenarios]


def test_every_name_of_a_bundled_scenario_finds_it() -> None:
    """Of each file a slug, the id of a cell and the start of one; each area."""
    everything = load_all()
    of_files = {one.file: one for one in everything}.values()
    asked = {one.slug for one in of_files} | {f"{one.id}[okta]" for one in of_files} | {one.id[:-1] for one in of_files}
    asked |= {one.id.partition("/")[0] for one in of_files}
    for name in sorted(asked):
        assert names(load_chosen((), [name])) == names(select(everything, [name])), name


def test_only_files_in_which_one_can_be_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slug, a topic, one that stands in both, and a whole id: three files."""
    read: list[Path] = []
    load_file = loader.load_file
    monkeypatch.setattr(loader, "_LOADED", {})
    monkeypatch.setattr(loader, "load_file", lambda file, knobs: read.append(file) or load_file(file, knobs))
    load_chosen((), ["base-rs256-accept", "time/expiry", "time-exp-past", "time/numbers/time-exp-infinite[okta]"])
    assert [str(one.relative_to(bundled_directory())) for one in read] == [
        "baseline/plain-tokens.toml",
        "time/expiry.toml",
        "time/numbers.toml",
    ]


def test_a_name_that_is_none_has_the_nearest_of_all(tmp_path: Path) -> None:
    """Also of those in files that were not looked into."""
    with pytest.raises(UsageError, match="did you mean 'time-exp-past'"):
        load_chosen([tmp_path], ["time-exp-pats"])


def test_a_mistake_in_a_directory_of_ones_own_is_told(tmp_path: Path) -> None:
    """Whatever is asked for: its owner wants to know."""
    write_scenario(tmp_path, 'expect = "rejekt"\n')
    with pytest.raises(ScenarioFileError, match="rejekt"):
        load_chosen([tmp_path], ["time-exp-past"])


def test_an_id_that_stands_among_the_bundled_ones_too_is_told(tmp_path: Path) -> None:
    """Also where another one is asked for."""
    head = HEAD.replace("[a-case]", "[time-exp-past]")
    write_scenario(tmp_path, 'expect = "reject"\n', area="time", topic="expiry", head=head)
    with pytest.raises(ScenarioFileError, match="time/expiry/time-exp-past stands in"):
        load_chosen([tmp_path], ["base-rs256-accept"])


def test_those_of_ones_own_are_among_the_ones_around(tmp_path: Path) -> None:
    """Not only what was asked for."""
    write_scenario(tmp_path, 'expect = "reject"\n')
    assert "area/topic/a-case" in names(load_around([tmp_path], ["time-exp-past"]))
