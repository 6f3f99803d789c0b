"""Derived faults that are none, each with its reason: what changes there no caller can tell, or nobody demands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import harness.reference
from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import TEXTS, check_kinds

FILE = Path(harness.reference.__file__).parent / "faults" / "equivalent.toml"


@cache
def load_equivalent(file: Path = FILE) -> Mapping[str, str]:
    """The reason of each, by the fault's id. The file has a table for each reason, with `reason` and `faults`.

    Raises `ScenarioFileError` for an entry that names no derived fault, or one that another entry names, too.
    """
    from harness.reference.derived import derived_faults  # The reference service loads Flask.

    source, reasons = TomlSource(file), dict[str, str]()
    for name, table in source.data.items():
        source.check_keys(table, ("reason", "faults"), (name,), f"the entry {name}")
        source.check_has(table, ("reason", "faults"), (name,), f"the entry {name}")
        check_kinds(source, table, {"faults": TEXTS}, (name,))
        if not isinstance(table["reason"], str) or not table["reason"].strip():
            source.fail((name, "reason"), f"the entry {name} needs a reason in words")
        for id in table["faults"]:
            if id not in derived_faults():
                source.fail_at(id, (name,), f"there is no derived fault {id!r}: take it out")
            if id in reasons:
                source.fail_at(id, (name,), f"{id!r} is named twice")
            reasons[id] = table["reason"]
    return reasons
