"""What to change first: why a broken requirement matters, and how common libraries are told to keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypedDict

from harness.base.bundled import bundled_directory
from harness.grammar.checking import check
from harness.grammar.kinds import Kind, schema_of
from harness.grammar.tables import Text
from harness.grammar.toml_source import TomlSource

FILE = "advice.toml"

AdviceTable = TypedDict(  # `for` is no name in Python.
    "AdviceTable",
    {
        "for": Annotated[list[Text], Kind({"description": "Beginnings of scenarios' ids"})],
        "why": Text,
        "libraries": dict[str, Text],
    },
    total=False,
)


@dataclass(frozen=True)
class Advice:
    """`why` is one line; `libraries` says for some, or for `all`, what to write."""

    name: str
    why: str
    libraries: Mapping[str, str]


def advice_for(scenario_id: str) -> Advice | None:
    """The advice of the longest beginning of the scenario's id; None for a scenario of somebody's own."""
    known = _read(bundled_directory() / FILE)
    parts = scenario_id.split("/")
    beginnings = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((known[one] for one in beginnings if one in known), None)


@lru_cache
def _read(file: Path) -> Mapping[str, Advice]:
    source = TomlSource(file)
    found: dict[str, Advice] = {}
    for name, table in source.data.items():
        check(source, table, schema_of(AdviceTable), (name,), f"advice {name}")
        source.check_has(table, ("for", "why"), (name,), f"advice {name}")
        for beginning in table["for"]:
            if beginning in found:
                source.fail((name, "for"), f"{beginning!r} stands in {found[beginning].name} too")
            found[beginning] = Advice(name, table["why"], table.get("libraries", {}))
    return found
