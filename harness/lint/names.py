"""Places of a configuration file as texts that can be shown."""

from __future__ import annotations

from harness.grammar.toml_source import Place
from harness.shown.foreign_text import foreign

_LONGEST = 80


def dotted(place: Place) -> str:
    """`worker.web.auth.api_keys[1].key`; entries of lists count from 0."""
    text = ""
    for part in place:
        text += (
            f"[{part}]"
            if isinstance(part, int)
            else f".{foreign(part, _LONGEST)}"
            if text
            else str(foreign(part, _LONGEST))
        )
    return text


def in_brackets(place: Place) -> str:
    """A table as its header has it."""
    return f"[{dotted(place)}]"
