"""What several variants of a scenario have in common is looked at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.grammar.checking import check
from harness.grammar.kinds import Mark, Place, Schema
from harness.grammar.names import all_marks
from harness.grammar.placeholders import problems
from harness.grammar.policies import Knobs, check_asked, check_when
from harness.grammar.toml_source import TomlSource


class Once:
    """Checks values, and finds what stands in them; the same object is not looked at again.

    `made_from` is the object that counts where `value` is a changed copy of it.
    """

    def __init__(self, source: TomlSource, knobs: Knobs) -> None:
        self._source, self._knobs = source, knobs
        self._read: dict[int, Any] = {}
        self._checked: dict[tuple[int, int], Any] = {}
        self._found: dict[tuple[int, int], tuple[Any, list[Mark]]] = {}

    def check(self, value: Any, schema: Schema, place: Place, name: str = "", made_from: Any = None) -> None:
        """Check a value. Raises `ScenarioFileError`."""
        one = value if made_from is None else made_from
        if (id(one), id(schema)) not in self._checked:
            check(self._source, value, schema, place, name)
            self._checked[id(one), id(schema)] = one  # Kept, as another object could be given its address.

    def check_texts(self, value: Any, place: Place) -> None:
        """Check the placeholders in a value. Raises `ScenarioFileError`."""
        if id(value) not in self._read:
            for text, problem in problems(value):
                self._source.fail_at(text, place, problem)
            self._read[id(value)] = value

    def check_policy(self, policy: Mapping[str, Any], place: Place) -> None:
        """Check what a policy asks of the profile. Raises `ScenarioFileError`."""
        check_asked(self._source, policy, self._knobs, place)

    def check_when(self, when: Mapping[str, Any], place: Place) -> None:
        """Check the policies that a scenario is for. Raises `ScenarioFileError`."""
        check_when(self._source, when, self._knobs, place)

    def marks(self, value: Any, schema: Schema, place: Place = (), made_from: Any = None) -> list[Mark]:
        """What stands in a value that keeps to its schema; `place` is where it is in the whole."""
        one = value if made_from is None else made_from
        key = id(one), id(schema)
        if key not in self._found:
            self._found[key] = one, list(all_marks(value, schema, place))
        return self._found[key][1]
