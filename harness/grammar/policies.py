"""The knobs of policies: what a profile may declare and a scenario may ask for. `policies.toml` says what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, TypedDict

from harness.base.bundled import bundled_directory
from harness.grammar.checking import check
from harness.grammar.kinds import Schema, schema_of, word
from harness.grammar.tables import Text
from harness.grammar.toml_source import Place, TomlSource
from harness.grammar.value_kinds import MOST, MOST_SECONDS

FILE: Final = "policies.toml"
_TYPES: Final[dict[str, Schema]] = {
    "flag": {"type": "boolean"},
    "seconds": {"type": "number", "minimum": 0, "maximum": MOST_SECONDS},
    "count": {"type": "integer", "minimum": 0, "maximum": MOST},
    "number": {"type": "number", "minimum": 0, "maximum": MOST},
}

# What a sentence calls a knob, so that it says where those stand that there are.
_CALLED: Final = f"policy of a {FILE}"


class _Said(TypedDict):
    type: Annotated[str, word("type of a policy", [*_TYPES, "word"])]
    sentence: Text
    source: Text


class KnobTable(_Said, total=False):
    """What `policies.toml` says of a knob."""

    words: list[Text]


@dataclass(frozen=True)
class Knob:
    """A policy by its name: `sentence` is what it says, `source` where documents leave it open.

    `type` is `flag`, `seconds`, `count`, `number`, or `word` with the `words` that there are.
    """

    name: str
    type: str
    sentence: str
    source: str
    words: tuple[str, ...] = ()

    @property
    def schema(self) -> Schema:
        """The JSON schema of what a profile may declare."""
        return word(f"{self.name} of a policy", self.words).schema if self.words else _TYPES[self.type]


Knobs = Mapping[str, Knob]


def known_knobs(directories: Iterable[Path] = ()) -> dict[str, Knob]:
    """The bundled knobs, and those that the `policies.toml` of directories of scenarios declare.

    Raises `ScenarioFileError` for a mistake in a file, and for a knob that stands in two.
    """
    bundled = bundled_directory()
    knobs = dict(_bundled(bundled))
    folders = dict.fromkeys(folder.resolve() for folder in directories)
    for folder in folders:
        if folder != bundled.resolve() and (folder / FILE).is_file():
            knobs |= _read(folder / FILE, knobs)
    return knobs


@lru_cache
def _bundled(folder: Path) -> Knobs:
    return _read(folder / FILE, {})


def _read(file: Path, known: Knobs) -> Knobs:
    source = TomlSource(file)
    knobs = {}
    for name, table in source.data.items():
        check(source, table, schema_of(KnobTable), (name,), f"policy {name}")
        if (table["type"] == "word") != ("words" in table):
            source.fail((name,), f'policy {name} has words = [...] with type = "word", and only then')
        if name in known:
            source.fail((name,), f"the policy {name!r} stands among the bundled ones or in another directory too")
        knobs[name] = Knob(name, table["type"], table["sentence"], table["source"], tuple(table.get("words", ())))
    return knobs


def check_declared(source: TomlSource, declared: Mapping[str, Any], knobs: Knobs, place: Place) -> None:
    """Check the policies of a profile. Raises `ScenarioFileError`."""
    for name, value in declared.items():
        source.check_word(name, knobs, (*place, name), _CALLED)
        check(source, value, knobs[name].schema, (*place, name), name)


def check_when(source: TomlSource, when: Mapping[str, Any], knobs: Knobs, place: Place) -> None:
    """Check the policies that a scenario is for, each with a value or a list of them. Raises `ScenarioFileError`."""
    for name, value in when.items():
        if value == []:
            source.fail((*place, name), f"{name} needs a value, or a list of some")
        for one in value if isinstance(value, list) else [value]:
            check_declared(source, {name: one}, knobs, place)


def check_asked(source: TomlSource, policy: Mapping[str, Any], knobs: Knobs, place: Place) -> None:
    """Check that the knob of a scenario's policy exists, and is compared with what it can be.

    Raises `ScenarioFileError`.
    """
    source.check_word(policy["knob"], knobs, (*place, "knob"), _CALLED)
    knob = knobs[policy["knob"]]
    if "is" in policy:
        check(source, policy["is"], knob.schema, (*place, "is"), knob.name)
    elif knob.type in ("flag", "word"):
        source.fail((*place, "at_least"), f"{knob.name} is a {knob.type}, and no number that could be at least one")
