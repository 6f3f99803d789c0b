"""The scenario files that come with the harness."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from mistakes import BEYOND_A_SCHEMA, MISTAKES
from scenario_files import HEAD

from harness.base.bundled import bundled_directory
from harness.base.verdicts import SKIPPED, UNDECLARED
from harness.declared.expected import load_expected
from harness.declared.profile import load_profile
from harness.reference.faults import FAULTS
from harness.scenario.loader import load_all, load_file
from harness.scenario.plan import plan
from harness.scenario.schema import scenario_schema

FOLDER = bundled_directory()
SCHEMA = scenario_schema()
FILES = sorted(file for file in FOLDER.glob("*/*.toml") if file.parent.name not in ("profiles", "expected"))
PROFILES = sorted((FOLDER / "profiles").glob("*.toml"))


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def test_there_are_files() -> None:
    assert len(FILES) > 10


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_loads(file: Path) -> None:
    assert load_file(file)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_file_keeps_to_the_schema_for_editors(file: Path) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    problems = validator.iter_errors(tomllib.loads(file.read_text(encoding="utf-8")))
    assert [f"{problem.json_path}: {problem.message}" for problem in problems] == []


def test_the_schema_file_is_the_one_made_from_the_vocabulary() -> None:
    """`scenarios/schema.json` is what editors read."""
    assert json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")) == SCHEMA


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("mistake", sorted(MISTAKES.keys() - BEYOND_A_SCHEMA))
def test_the_schema_refuses_what_the_loader_refuses(mistake: str) -> None:
    """An editor shows it while it is written."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert not validator.is_valid(tomllib.loads(HEAD + MISTAKES[mistake][0]))


@pytest.mark.parametrize("key", ["title", "requirement", "level", "severity"])
def test_the_schema_misses_a_required_key(key: str) -> None:
    """In the table of a scenario."""
    table = {"title": "T", "requirement": "R", "level": "must", "severity": "low", "expect": "accept"}
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert validator.is_valid({"title": "A topic", "a-case": table})
    assert not validator.is_valid({"title": "A topic", "a-case": {name: table[name] for name in table.keys() - {key}}})


def properties(schema: object) -> Iterator[tuple[str, dict[str, object]]]:
    """The members of all tables that a schema describes, each with its name and its schema."""
    if isinstance(schema, dict):
        for keyword, argument in schema.items():
            yield from argument.items() if keyword == "properties" else ()
            yield from properties(argument)
    elif isinstance(schema, list):
        for one in schema:
            yield from properties(one)


def test_the_schema_says_something_of_every_member() -> None:
    """None may be just anything, but what stands for any JSON value by design."""
    unsaid = {name for name, schema in properties(SCHEMA) if not schema.keys() - {"title", "description", "default"}}
    assert unsaid == {"$json"}


def test_slugs_are_unique() -> None:
    """`show`, `run` and the expected findings name scenarios by their slug alone."""
    slugs = [scenario.slug for scenario in load_all()]
    assert sorted(slugs) == sorted(set(slugs))


def test_every_fault_that_a_scenario_kills_exists() -> None:
    named = {(name, scenario.id) for scenario in load_all() for name in scenario.kills}
    assert {(name, where) for name, where in named if name not in FAULTS} == set()


@pytest.mark.parametrize("file", PROFILES, ids=name_of)
def test_a_profile_loads(file: Path) -> None:
    profile = load_profile(file)
    assert profile.routes["read"].permission or profile.permissions_place.form == "none"


@pytest.mark.parametrize("file", sorted((FOLDER / "expected").glob("*.toml")), ids=name_of)
def test_expected_findings_name_scenarios_that_exist(file: Path) -> None:
    assert load_expected(file.stem, load_all())


def untried(profile: str) -> set[tuple[str, str]]:
    """The scenarios, with their variants, that the reference of that profile does not run in every style."""
    planned = plan(load_all(), load_profile(FOLDER / "profiles" / f"{profile}.toml"), "reference")
    return {(one.cell.scenario.id, one.cell.variant.name) for one in planned if one.verdict in (SKIPPED, UNDECLARED)}


def test_the_reference_runs_every_scenario() -> None:
    """Its profile declares every policy; what it lacks, such as scope as one string, the other has."""
    assert untried("reference") & untried("rfc9068") == set()
