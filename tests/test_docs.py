"""The pages in `docs/`: what they show works, and what exists is named in them, no more and no less."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import click
import pytest
from doc_pages import PAGES, Page, Row
from doc_shell import DocShell, matches
from doc_tables import written

from harness.base.verdicts import VERDICTS, CellResult
from harness.cli import cli as idp_harness
from harness.declared import profile_checks
from harness.declared.card_rows import THRESHOLD_KEYS
from harness.declared.quantities import QUANTITIES
from harness.grammar import placeholders, tables
from harness.grammar import vocabulary as words
from harness.grammar.kinds import keys_of, resolved, schema_of
from harness.grammar.mock_words import Token
from harness.grammar.policies import known_knobs
from harness.idp.mock_issuer import MockIssuer
from harness.lint.judge import RULES
from harness.measure.reading import Reading
from harness.pytest_plugins import scenario_plugin
from harness.scenario.loader import load_all
from harness.steps import STEPS
from harness.targets.process import PLACEHOLDERS
from harness.targets.registry import TARGETS
from mock_idp.cli import main as mock_idp
from mock_idp.cli.serve import serve
from mock_idp.cli.setting import Setting
from mock_idp.control.registry import OPERATIONS
from mock_idp.control.schemas import SCHEMAS
from mock_idp.jose.algorithms import SIGNING_ALGORITHMS
from mock_idp.jose.members import schemas
from mock_idp.jose.mutations import MUTATIONS
from mock_idp.jose.ring import KEY_STATES
from mock_idp.plans.faults.registry import FAULTS
from mock_idp.plans.stubs.schema import STUB_SPEC
from mock_idp.vendors import VENDORS

SCENARIOS, PLUGIN = PAGES["scenarios.md"], PAGES["pytest-plugin.md"]
CARD, LINT = PAGES["behaviour-card.md"], PAGES["lint.md"]
CONFIGURATION = PAGES["configuration.md"]
MOCK_IDP, JUDGING = PAGES["mock-idp.md"], PAGES["judging-your-service.md"]
PROGRAMS: dict[str, click.Group] = {"idp-harness": idp_harness, "mock-idp": mock_idp}
# Options of other programs that the pages name: curl, Docker, pytest, pytest-xdist, python -m harness.reference, and
# python -m tests.fidelity.keycloak.
OTHER_OPTIONS = {
    *("--json", "--connect-to", "--add-host", "--pyargs", "--dist", "--list-faults", "--row"),
    *("--version", "--archive", "--start-seconds", "--only", "--explained", "--at", "--from", "--save"),
}
_SEND = set(STEPS["send"].arguments)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the pages' commands need curl")
@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_works(name: str, tmp_path: Path) -> None:
    """Its files load, its commands run, and they print what it says."""
    with DocShell(tmp_path) as shell:
        shell.work_through(PAGES[name])


def test_the_scenarios_beside_public_vectors_exist() -> None:
    """A table that names one which is gone says that something is covered which isn't."""
    table = (Path(__file__).parent.parent / "docs" / "mutants.md").read_text(encoding="utf-8")
    table = table[table.index("## Public vectors") : table.index("Not covered, and why")]
    rows = [line.split("|")[2] for line in table.splitlines() if line.count("|") == 3]
    ours = {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)}
    assert len(ours) > 30
    assert ours <= {scenario.slug for scenario in load_all()}


@pytest.mark.parametrize(
    ("wanted", "output", "fits"),
    [
        ("a ... c", "a  b   c\n", True),
        ("a ... c", "a  c\n", True),
        ("a\n...\nd", "a\nb\nc\nd\n", True),
        ("...\nd", "d\n", True),
        ("a", "a\nb\n", False),
        ("a...", "b\n", False),
        ("a.c", "abc\n", False),
    ],
)
def test_output_is_compared_with_what_a_page_shows(wanted: str, output: str, fits: bool) -> None:
    """Three dots stand for any text or any lines, blanks count once, and the rest must be there."""
    assert matches(wanted, output) is fits


# What exists, and the column of a table that lists it: page, section, the column's header.
LISTS: dict[str, tuple[Page, str, str, Iterable[str]]] = {
    "scenario keys": (SCENARIOS, "Keys of a scenario", "key", keys_of(tables.ScenarioTable)),
    "token keys": (SCENARIOS, "Token", "key", resolved(schema_of(Token))["properties"]),
    "request keys": (SCENARIOS, "Request", "key", keys_of(tables.RequestTable)),
    "expectations": (SCENARIOS, "Expectations", "expectation", words.EXPECTATIONS),
    "steps": (SCENARIOS, "Steps", "step", STEPS),
    "arguments of send": (
        SCENARIOS,
        "Arguments of `send`",
        "argument",
        _SEND - {"token", "request", "expect", "policy"},
    ),
    "durations": (SCENARIOS, "Durations", "part", keys_of(tables.DurationTable)),
    "filters": (SCENARIOS, "Placeholders", "filter", placeholders.FILTERS),
    "config": (SCENARIOS, "Configuration of the service", "key of `config`", keys_of(tables.ConfigTable)),
    "capabilities": (SCENARIOS, "Capabilities", "capability", words.CAPABILITIES),
    "profile keys": (SCENARIOS, "Profiles", "key", profile_checks.PROFILE_KEYS),
    "knobs": (SCENARIOS, "Profiles", "knob", known_knobs()),
    "verdicts": (SCENARIOS, "Running them", "verdict", VERDICTS),
    "mutations": (PLUGIN, "Mutations", "mutation", MUTATIONS),
    "styles": (MOCK_IDP, "Styles", "style", VENDORS),
    "commands": (MOCK_IDP, "Serve", "command", set(mock_idp.commands) - {"serve"}),
    "issuer keys": (
        MOCK_IDP,
        "Issuers from a file",
        "key of an issuer",
        {*SCHEMAS["IssuerSpec"]["properties"], "mount"},
    ),
    "calls": (MOCK_IDP, "The control API", "call", [f"{one.method} {one.path}" for one in OPERATIONS]),
    "key states": (MOCK_IDP, "Keys", "state", KEY_STATES),
    "token spec": (MOCK_IDP, "TokenSpec", "member", SCHEMAS["TokenSpec"]["properties"]),
    "faults": (MOCK_IDP, "Faults", "kind", FAULTS),
    "steps of a script": (MOCK_IDP, "Scripted answers", "member of a step", STUB_SPEC["properties"]),
    "targets": (JUDGING, "Targets", "target", TARGETS),
    "words of a command": (JUDGING, "process", "word", [f"{{{name}}}" for name in PLACEHOLDERS]),
    "fields": (JUDGING, "results.jsonl", "field", [one.name for one in fields(CellResult)]),
    "rows of the card": (CARD, "Rows", "row", QUANTITIES),
    "rules of lint": (LINT, "Rules", "rule", RULES),
    "members of a reading": (CARD, "JSON", "member of a reading", [one.name for one in fields(Reading)]),
}


@pytest.mark.parametrize("name", [name for name in PAGES if "<!-- table: " in PAGES[name].path.read_text("utf-8")])
def test_the_tables_between_comments_are_up_to_date(name: str) -> None:
    """`python tests/doc_tables.py` writes them (`cargo make fix-docs`)."""
    text = PAGES[name].path.read_text(encoding="utf-8")
    assert text == written(text)


@pytest.mark.parametrize("what", LISTS)
def test_a_table_lists_what_exists(what: str) -> None:
    """Nothing is left out, and nothing is there that doesn't exist."""
    page, section, header, existing = LISTS[what]
    assert sorted(page.column(section, header)) == sorted(existing)


def test_the_placeholders_are_those_that_exist() -> None:
    """Each word that stands alone, each part of a route, those that take a name, and the fillers."""
    listed = {word.strip("{}") for word in SCENARIOS.column("Placeholders", "placeholder")}
    listed = {re.sub(r"\.(LENGTH|COUNT)$", ".NUMBER", word) for word in listed}
    parts = {f"read.{part}" for part in placeholders.ROUTE_PARTS}
    named = {
        "kid.NAME",
        "n.NAME",
        "x.NAME",
        "y.NAME",
        "x5c.NAME",
        "issuer.NAME",
        "key_file.NAME",
        "pem.NAME",
        "api_key.full",
        "api_key.read",
        "api_key.none",
    }
    named |= {f"{filler}.NUMBER" for filler in placeholders.FILLERS}
    assert listed == placeholders.WORDS | parts | named


def test_the_members_of_the_issuer_are_those_that_exist() -> None:
    """The fixture has them all, and the page names them all."""
    listed = {re.split(r"\W", word)[0] for word in PLUGIN.column("`issuer`", "member")}
    assert listed == {name for name in vars(MockIssuer) if not name.startswith("_")}


# Page, section, and words that its prose names somewhere.
NAMED: dict[str, tuple[Page, str, Iterable[str]]] = {
    "levels": (SCENARIOS, "Keys of a scenario", words.LEVELS),
    "severities": (SCENARIOS, "Keys of a scenario", words.SEVERITIES),
    "styles of scenarios": (SCENARIOS, "Keys of a scenario", words.STYLES),
    "variant keys": (SCENARIOS, "Variants", keys_of(tables.VariantTable)),
    "policy keys": (SCENARIOS, "Policies", keys_of(tables.PolicyTable)),
    "time keys": (SCENARIOS, "Token", ("leeways", "seconds")),
    "fetches": (SCENARIOS, "Counting fetches", keys_of(tables.FetchesTable)),
    "route keys": (SCENARIOS, "Profiles", profile_checks.ROUTE_KEYS),
    "timing keys": (SCENARIOS, "Profiles", profile_checks.TIMING_KEYS),
    "config words": (
        SCENARIOS,
        "Configuration of the service",
        [f'"{word}"' for allowed in words.CONFIG_WORDS.values() for word in allowed],
    ),
    "sets of routes": (SCENARIOS, "Steps", [f'"{word}"' for word in (*words.ROUTE_SETS, *words.PERMISSION_SETS)]),
    "key settings": (MOCK_IDP, "Issuers from a file", SCHEMAS["KeySpec"]["properties"]),
    "algorithms": (MOCK_IDP, "Serve", SIGNING_ALGORITHMS),
    "members of a record": (MOCK_IDP, "Request log", SCHEMAS["Request"]["properties"]),
    "thresholds": (CARD, "Thresholds", THRESHOLD_KEYS),
    "options of the marker": (PLUGIN, "Scenarios in your own suite", scenario_plugin._OVERRIDES),
}


@pytest.mark.parametrize("what", NAMED)
def test_a_section_names_what_exists(what: str) -> None:
    """Every one of the words is set as code there."""
    page, section, existing = NAMED[what]
    assert set(existing) - page.words(section) == set()


def rows(page: Page, section: str, header: str) -> dict[str, Row]:
    return {word: row for row in page.table(section, header) for word in row.words(0)}


@pytest.mark.parametrize(
    ("section", "header", "sentences"),
    [("Expectations", "expectation", words.EXPECTATIONS), ("Capabilities", "capability", words.CAPABILITIES)],
    ids=["expectations", "capabilities"],
)
def test_a_word_means_what_the_vocabulary_says(section: str, header: str, sentences: dict[str, str]) -> None:
    """The page and the reports explain it alike."""
    assert {word: row.cells[1] for word, row in rows(SCENARIOS, section, header).items()} == sentences


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_listed_with_its_arguments(step: str) -> None:
    """All of them, and in bold those that it needs and can't take from the scenario."""
    arguments, row = set(STEPS[step].arguments), rows(SCENARIOS, "Steps", "step")[step]
    assert set(row.bold(1)) == (set() if STEPS[step].says.takes else set(STEPS[step].required))
    listed = arguments - _SEND if step != "send" and arguments >= _SEND else arguments
    assert listed - set(row.words(1)) == set()
    assert row.cells[2]


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_listed_with_its_options(name: str) -> None:
    """And with the words that an option can be."""
    options = MUTATIONS[name].options.values()
    existing = {option.name for option in options} | {word for option in options for word in option.choices}
    assert existing - set(rows(PLUGIN, "Mutations", "mutation")[name].words(1)) == set()


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_listed_with_its_parameters(kind: str) -> None:
    """No more and no less."""
    listed = rows(MOCK_IDP, "Faults", "kind")[kind].words(1)
    values = {
        word for schema in schemas(FAULTS[kind]).values() for word in (*schema.get("enum", ()), schema.get("default"))
    }
    assert set(listed) - values == set(schemas(FAULTS[kind])) - values


@pytest.mark.parametrize("style", VENDORS)
def test_a_style_is_described_as_it_is(style: str) -> None:
    """Paths, claim, lifetime, habit and options."""
    vendor = VENDORS[style]
    options = {name: schema["default"] for name, schema in vendor.option_schemas.items()}
    cells = rows(MOCK_IDP, "Styles", "style")[style].cells
    assert cells[2] == f"`{vendor.jwks_path(options)}`"
    assert cells[3] == f"`{vendor.token_path(options)}`"
    assert cells[4] == f"`{vendor.default_permissions_claim}`"
    assert cells[5] == f"{vendor.default_token_lifetime_seconds} s"
    assert cells[6] == vendor.rotation_habit
    assert set(options) - set(re.findall(r"`([^`]+)`", cells[7])) == set()


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_is_listed_with_its_options(name: str) -> None:
    """All but `profile`, for which `--profile` stands."""
    assert set(rows(JUDGING, "Targets", "target")[name].words(2)) == set(TARGETS[name].options) - {"profile"}


def options_of(command: click.Command) -> set[str]:
    """Also those of the commands below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    own = {name for one in command.params if isinstance(one, click.Option) for name in one.opts} - {"--version"}
    return own.union(*map(options_of, below))


def test_the_settings_are_those_of_serve() -> None:
    """Option, TOML key, variable and default of each, as they are."""
    listed = rows(CONFIGURATION, "Configuration of the mock identity provider", "option")
    settings = {option.opts[0]: option for option in serve.params if isinstance(option, Setting)}
    assert {name.split()[0]: row.words(2) for name, row in listed.items()} == {
        name: [option.envvar] for name, option in settings.items()
    }
    for name, row in listed.items():
        option = settings[name.split()[0]]
        assert row.words(1) == ([] if option.name == "config" else [option.name])
        default = "false" if option.is_flag else option.to_info_dict()["default"]
        assert default is None or row.words(3) == [str(default)] or (option.multiple and row.cells[3] == "none")


def pytest_options(config: pytest.Config) -> set[str]:
    """The options that the plugins add to pytest."""
    return {f"--{name.replace('_', '-')}" for name in vars(config.option) if name.startswith("idp_")}


def test_every_option_is_named(pytestconfig: pytest.Config) -> None:
    """Those of both commands and of the pytest plugin."""
    existing = {name for group in PROGRAMS.values() for one in group.commands.values() for name in options_of(one)}
    named = {word for page in PAGES.values() for word in page.words()}
    assert (existing | pytest_options(pytestconfig)) - named == set()


def test_every_option_that_is_named_exists(pytestconfig: pytest.Config) -> None:
    """A renamed option is noticed."""
    existing = {name for group in PROGRAMS.values() for one in group.commands.values() for name in options_of(one)}
    named = {word for page in PAGES.values() for word in page.words() if re.fullmatch(r"--[a-z-]+", word)}
    assert named - existing - pytest_options(pytestconfig) - OTHER_OPTIONS == set()


def test_every_command_is_named() -> None:
    """Each subcommand of both programs."""
    text = "\n".join(page.path.read_text(encoding="utf-8") for page in PAGES.values())
    named = set(re.findall(r"(idp-harness|mock-idp) ([a-z-]+)", text))
    assert {(program, name) for program, group in PROGRAMS.items() for name in group.commands} - named == set()


def lines_of(program: str) -> list[str]:
    """Every command line of a program in the blocks of all pages, those too that no test runs."""
    return [
        line
        for page in PAGES.values()
        for block in page.blocks
        if block.kind in ("sh", "console")
        for line in block.lines
        if line.startswith(program + " ")
    ]


@pytest.mark.parametrize("line", [line for program in PROGRAMS for line in lines_of(program)])
def test_a_command_line_parses(line: str) -> None:
    """Also where running it takes too long for a test."""
    program, name, *arguments = shlex.split(line.partition(" < ")[0].partition(" > ")[0])
    command: click.Command = PROGRAMS[program].commands[name]
    if isinstance(command, click.Group):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    # Whether a file is there is found out by those that run.
    assert command.make_context(name, [*arguments], resilient_parsing=True)
    # `start` hands what it doesn't know to `serve`.
    known = options_of(command) | (options_of(mock_idp.commands["serve"]) if name == "start" else set())
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments  # What follows is another program's.
    assert {one.partition("=")[0] for one in ours if one.startswith("--")} - known == set()


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_links_to_exists(name: str) -> None:
    """Files, and headings in pages."""
    page, dead = PAGES[name], []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.path.read_text(encoding="utf-8")):
        file, _, fragment = link.partition("#")
        target = PAGES.get(file or name)
        exists = (page.path.parent / file).exists() if target is None else not fragment or fragment in target.anchors()
        dead += [] if exists else [link]
    assert dead == []
