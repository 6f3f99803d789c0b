"""The cases that a client program is started with: variables in, and the headers that must arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.base.errors import UsageError
from harness.client.values import FIRST, unknown_word
from harness.grammar.toml_source import Place, TomlSource, nearest
from harness.grammar.value_kinds import FLAG, HEADERS, LINE, PATH, TEXT, Kind, check_kinds, items
from harness.grammar.vocabulary import LEVELS, SEVERITIES

BUNDLED = Path(__file__).parent
_FILE_KEYS = ("title", "apis", "environment", "public", "answers", "case")
_CASE_KEYS = (
    *("title", "requirement", "level", "severity", "environment", "expect", "expect_at", "transport", "may_refuse"),
)
_NEEDED = ("title", "requirement", "level", "severity", "environment", "expect")
TRANSPORTS = ("http/1.1", "grpc")
_ENVIRONMENT = Kind(
    "a table of variables, each with a text",
    lambda value: isinstance(value, dict) and all(isinstance(one, str) and "\0" not in one for one in value.values()),
)
_FILE_KINDS = {
    "title": LINE,
    "apis": items(LINE, "a list of names, one at least", some=True),
    "environment": _ENVIRONMENT,
    "public": items(PATH, "a list of paths"),
    "answers": Kind(
        "a table of paths, each with a text", lambda value: isinstance(value, dict) and _are_answers(value)
    ),
}
_CASE_KINDS = {
    "title": LINE,
    "requirement": TEXT,
    "environment": _ENVIRONMENT,
    "expect": HEADERS,
    "may_refuse": FLAG,
}


def _are_answers(table: Mapping[str, Any]) -> bool:
    return all(not PATH.missing(path) and isinstance(text, str) for path, text in table.items())


@dataclass(frozen=True)
class Case:
    """One start of the program. `expect` has for each API the headers that must arrive, none for no credential.

    In texts `{words}` stand for what is made anew for each run. `transport` is the one that must be used, if any. With
    `may_refuse` a program that calls nobody and ends with a status other than 0 has done right, too.
    """

    name: str
    title: str
    requirement: str
    level: str
    severity: str
    environment: Mapping[str, str]
    expect: Mapping[str, Mapping[str, str]]
    transport: str | None = None
    may_refuse: bool = False


@dataclass(frozen=True)
class CaseFile:
    """All cases of a file; `environment` is set in each. Under the paths `public` a call needs no credential.

    `apis` are the services that a program may call: each is one that records, with its name as the word for its URL.
    `answers` are the bodies that paths are answered with.
    """

    file: Path
    title: str
    apis: tuple[str, ...]
    environment: Mapping[str, str]
    public: tuple[str, ...]
    answers: Mapping[str, str]
    cases: tuple[Case, ...]

    @property
    def credential_headers(self) -> frozenset[str]:
        """The names of headers in which some case expects a credential, in lower case."""
        return frozenset(
            name.lower() for case in self.cases for headers in case.expect.values() for name in headers
        ) | {"authorization"}

    def chosen(self, names: tuple[str, ...], *, with_transport: bool) -> tuple[Case, ...]:
        """The cases of these names, or all; those that ask for a transport are among all only `with_transport`.

        Raises `UsageError` for a name that no case has.
        """
        known = {case.name: case for case in self.cases}
        for name in names:
            if name not in known:
                raise UsageError(f"{self.file} has no case {name!r}{nearest(name, known)}")
        if names:
            return tuple(known[name] for name in dict.fromkeys(names))
        return tuple(case for case in self.cases if with_transport or case.transport is None)


def bundled_file(name: str | Path, folder: Path = BUNDLED) -> Path:
    """The file that a name or a path stands for: `tasker` comes with the harness. Raises `UsageError`."""
    file = folder / f"{name}.toml"
    if file.is_file() and Path(name).name == str(name):
        return file
    if Path(name).is_file():
        return Path(name)
    known = ", ".join(sorted(one.stem for one in folder.glob("*.toml")))
    raise UsageError(f"there is no file {name}, and none of this name comes with the harness ({known})")


def load_cases(file: Path) -> CaseFile:
    """Read a file of cases strictly. Raises `ScenarioFileError` with the line of what is wrong."""
    source = TomlSource(file)
    source.check_keys(source.data, _FILE_KEYS, (), "a file of cases")
    source.check_has(source.data, ("title", "apis", "case"), (), "a file of cases")
    check_kinds(source, source.data, _FILE_KINDS, ())
    apis = tuple(source.data["apis"])
    _check_words(source, source.data.get("environment", {}), ("environment",), apis)
    tables = source.data["case"]
    if not isinstance(tables, dict) or not tables:
        source.fail(("case",), "each case is a table [case.NAME], and there must be one at least")
    return CaseFile(
        file,
        source.data["title"],
        apis,
        source.data.get("environment", {}),
        tuple(source.data.get("public", ())),
        source.data.get("answers", {}),
        tuple(_case(source, name, table, apis) for name, table in tables.items()),
    )


def _case(source: TomlSource, name: str, table: Any, apis: tuple[str, ...]) -> Case:
    place = ("case", name)
    source.check_keys(table, _CASE_KEYS, place, f"the case {name}")
    source.check_has(table, _NEEDED, place, f"the case {name}")
    check_kinds(source, table, _CASE_KINDS, place)
    for key, words in (("level", LEVELS), ("severity", SEVERITIES), ("transport", TRANSPORTS)):
        if key in table:
            source.check_word(table[key], words, (*place, key), key)
    special = table.get("expect_at", {})
    source.check_keys(special, apis, (*place, "expect_at"), "expect_at")
    for api, headers in special.items():
        check_kinds(source, {api: headers}, {api: HEADERS}, (*place, "expect_at"))
    expect = {api: special.get(api, table["expect"]) for api in apis}
    _check_words(source, table["environment"], (*place, "environment"), apis)
    for headers in expect.values():
        _check_words(source, headers, (*place, "expect"), apis)
    return Case(
        name,
        table["title"],
        table["requirement"],
        table["level"],
        table["severity"],
        table["environment"],
        expect,
        table.get("transport"),
        table.get("may_refuse", False),
    )


def _check_words(source: TomlSource, texts: Mapping[str, str], place: Place, apis: tuple[str, ...]) -> None:
    for name, text in texts.items():
        if word := unknown_word(text, apis):
            known = ", ".join(
                f"{{{one}}}" for one in ("token.NAME", "key.NAME", "private_key", "minted", *FIRST, *apis)
            )
            source.fail((*place, name), f"{{{word}}} stands for nothing; known: {known}")
