"""tests/seed_coverage.toml is true of what there is: each sentence is held or open, and what holds it exists."""

from __future__ import annotations

import ast
import itertools
from functools import cache

import pytest
from doc_pages import PAGES
from doc_tables import written
from seed_coverage import (
    COLUMNS,
    FINDING,
    HOLDERS,
    HOLDS,
    NOT_APPLICABLE,
    SERVICES,
    TESTS,
    TOOLS,
    VERDICTS,
    Statement,
    documents,
    expected_folder,
    known_scenarios,
    parted,
    read,
    statements,
    untrue,
)

from harness.client.case_file import BUNDLED, load_cases
from harness.client.known import load_known
from harness.declared.expected import ExpectedFinding, load_expected
from harness.lint.judge import RULES

STATEMENTS = statements()
CASES = {case.name for case in load_cases(BUNDLED / "tasker.toml").cases}
KEYS = {"document", "section", "says", "open", "leaves_open", "seen", *HOLDERS}
# Findings whose requirement names one of the documents, and which make no sentence of these untrue.
BESIDE = {
    "rotation/unknown-kid/rot-unknown-kid-cooldown": "unknown kids do cause fetches, as promised; RFC 8725 wants fewer",
    "rotation/unknown-kid/rot-unknown-kid-storm": "the same",
    "rotation/outage/rot-down-hang-latency": "jwks_max_stale_seconds stands on another page",
    "client-token-with-scheme": "an RFC's case, that tasker-py fails like all others",
    "client-token-with-line-end": "the same",
    "client-token-with-header": "the same",
    **dict.fromkeys(
        ("client-grpc", "client-grpc-api-key", "client-grpc-all"),
        "ADR-012 is about the services; how a client chooses the transport stands on no page",
    ),
}
each_statement = pytest.mark.parametrize("one", STATEMENTS, ids=lambda one: f"{one.document}-{one.says[:40]}")


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def exists(kind: str, name: str) -> bool:
    """Whether there is such a scenario, case, rule or test."""
    if kind == "tests":
        file, _, function = name.partition("::")
        return (TESTS / file).is_file() and function in functions(file)
    if kind == "scenarios":
        scenario, variant = parted(name)
        known_variants = known_scenarios()[scenario].variants if scenario in known_scenarios() else ()
        return bool(known_variants) and variant in ("", *(one.name for one in known_variants))
    known = {"cases": CASES, "rules": set(RULES)}
    return name in known[kind]


@each_statement
def test_a_statement_is_held_or_says_why_it_is_not(one: Statement) -> None:
    assert one.is_held or one.open, f"{one.says}: neither a scenario, case, rule nor test, nor why there is none"


@each_statement
def test_what_holds_a_statement_exists(one: Statement) -> None:
    assert [name for kind, names in one.holders.items() for name in names if not exists(kind, name)] == []


@each_statement
def test_what_was_seen_is_a_verdict_with_what_was_seen(one: Statement) -> None:
    """And it repeats nothing that the findings tell already."""
    assert set(one.seen) <= {*COLUMNS}
    for column, verdict in one.seen.items():
        assert verdict.word in VERDICTS
        assert verdict.why
        derived = Statement(one.document, one.section, one.says, one.holders, one.open, False, {}).verdict(column)
        assert derived.word != verdict.word, f"{column}: this is known without `seen`"


def test_the_file_has_known_keys_and_no_sentence_twice() -> None:
    assert set(read()) == {"documents", "statement"}
    assert [set(one) - KEYS for one in read()["statement"] if set(one) - KEYS] == []
    assert {one.document for one in STATEMENTS} == set(documents())
    said = [(one.document, one.section, one.says) for one in STATEMENTS]
    assert len(said) == len(set(said))


def test_a_name_that_does_not_exist_is_noticed() -> None:
    for kind, name in (
        ("scenarios", "public/open-routes/pub-closed"),
        ("scenarios", "configuration/patterns/cfg-pattern-works[nowhere]"),
        ("cases", "client-nothing"),
        ("rules", "no-rule"),
        ("tests", "test_seed_coverage.py::test_nothing"),
        ("tests", "test_nowhere.py::test_nothing"),
    ):
        assert not exists(kind, name)


def test_every_case_of_a_client_holds_a_sentence_or_is_about_an_rfc() -> None:
    """A case that no sentence names would not be seen on the page."""
    named = {name for one in STATEMENTS for name in one.holders["cases"]}
    assert {case for case in CASES - named if "token-with" not in case} <= {
        "client-grpc",
        "client-grpc-api-key",
        "client-grpc-all",
        "client-none",
    }


def test_the_page_is_up_to_date() -> None:
    """`cargo make fix` (`python tests/doc_tables.py`) writes it."""
    text = PAGES["seed-coverage.md"].path.read_text(encoding="utf-8")
    assert text == written(text)


def test_verdicts_follow_from_scenarios_and_findings() -> None:
    """One that deviates on the worker, one that passes there, one that isn't for it, and one that nobody runs."""

    def of(*scenarios: str) -> Statement:
        return Statement("auth", "", "", {**dict.fromkeys(HOLDERS, ()), "scenarios": scenarios}, "", False, {})

    patterns = "configuration/patterns/cfg-pattern-works"
    deviating, passing = "permissions/claim-name/perm-custom-claim", "public/open-routes/pub-open"
    assert of(passing).verdict("worker").word == HOLDS
    assert of(passing, deviating).verdict("worker").word == FINDING
    assert "permissions_claim has no effect" in of(deviating).verdict("worker").why
    assert of(f"{patterns}[jwks-completed]").verdict("worker").word == HOLDS
    assert of(f"{patterns}[jwks]").verdict("worker").word == FINDING
    assert of(deviating).verdict("reference").word == HOLDS
    assert of("windmill/claims/wm-user").verdict("worker").word == NOT_APPLICABLE
    assert of("windmill/claims/wm-user").verdict("reference").word == HOLDS
    assert of().verdict("worker").word == NOT_APPLICABLE


def test_a_finding_whose_requirement_names_a_document_stands_among_its_sentences() -> None:
    """Those of the services and of tasker-ctl: what breaks a sentence of the documents is in the first list."""
    named = {name for one, _ in untrue() for name, _ in map(parted, itertools.chain(*one.holders.values()))}
    names = tuple(documents().values())
    scenarios = known_scenarios().values()
    broken = {
        finding.scenario
        for service in SERVICES.values()
        for target in service
        if (expected_folder() / f"{target}.toml").is_file()
        for finding in load_expected(target, scenarios)
        if isinstance(finding, ExpectedFinding) and finding.requirement.startswith(names)
    }
    for tool in TOOLS:
        cases = load_known(BUNDLED / "expected" / f"{tool}.toml", load_cases(BUNDLED / "tasker.toml"))
        broken |= {case for case, one in cases.items() if one.requirement.startswith(names)}
    assert broken - named - BESIDE.keys() == set()
    assert BESIDE.keys() <= broken
