"""Tokens that a case has kept: sent again as they are, or one made of the parts of several."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.grammar.model import Table

PARTS = ("header", "payload", "signature")
_SWAPPED = " | tr A-Za-z a-zA-Z"


@dataclass(frozen=True)
class InScript:
    """How a script calls a token: its variable, what prints it where it is made of others, and whether it is minted."""

    variable: str
    command: str = ""
    is_new: bool = False


class KeptTokens:
    """The tokens by the names that steps gave them."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def keep(self, name: str, token: str) -> InScript:
        """Remember a token under a name."""
        self._tokens[name] = token
        return InScript(_variable(name), is_new=True)

    def again(self, resend: str | Table) -> tuple[str, InScript]:
        """The token of that name, or one of the parts that the table takes from those of its names."""
        if isinstance(resend, str):
            return self._tokens[resend], InScript(_variable(resend))
        parts = [self._tokens[resend[part]].split(".")[number] for number, part in enumerate(PARTS)]
        cuts = [f'$(cut -d. -f{number} <<<"${_variable(resend[part])}")' for number, part in enumerate(PARTS, 1)]
        if resend.get("swap_case"):
            parts[2] = parts[2].swapcase()
            cuts[2] = f"{cuts[2][:-1]}{_SWAPPED})"
        return ".".join(parts), InScript("KEPT_PARTS", f'echo "{".".join(cuts)}"')


def _variable(name: str) -> str:
    return "KEPT_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
