"""How a service says no: by what its profile declares, or by any answer that keeps the caller out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import LINE, Kind, check_kinds, items

CLOSED: Final = "closed"
ANSWERS: Final = ("without_credentials", "bad_token", "no_permission")


@dataclass(frozen=True)
class Refusal:
    """The statuses of its refusals, `"closed"` for a closed connection among them; `None` where none are declared.

    `error_member` is the member of a JSON body by which an answer with a 2xx status says no, as GraphQL and JSON-RPC
    do; empty when there is none.
    """

    without_credentials: Sequence[int | str] | None = None
    bad_token: Sequence[int | str] | None = None
    no_permission: Sequence[int | str] | None = None
    error_member: str = ""

    def declared(self, answer: str) -> Sequence[int | str] | None:
        """What is declared of one of `ANSWERS`."""
        statuses: Sequence[int | str] | None = getattr(self, answer)
        return statuses

    @property
    def of_any_status(self) -> Refusal:
        """Any answer that keeps the caller out, whatever status is declared."""
        return Refusal(error_member=self.error_member)

    def is_error(self, status: int | None, body: bytes) -> bool:
        """Whether an answer has a 2xx status and an error in its body."""
        if not self.error_member or status is None or not 200 <= status < 300:
            return False
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return False
        answers = document if isinstance(document, list) else [document]
        return any(isinstance(one, dict) and one.get(self.error_member) not in (None, [], {}, "") for one in answers)


UNDECLARED: Final = Refusal()

_STATUSES = items(
    Kind(
        f'a status from 200 to 499, or "{CLOSED}"',
        lambda value: value == CLOSED or (type(value) is int and 200 <= value <= 499),
    ),
    f'a list of statuses from 200 to 499 and "{CLOSED}", one at least',
    some=True,
)
_KINDS: Mapping[str, Kind] = {**dict.fromkeys(ANSWERS, _STATUSES), "error_member": LINE}


def check_refusal(source: TomlSource, table: Any) -> None:
    """Check the table `refusal` of a profile. Raises `ScenarioFileError` with the line of what is wrong."""
    source.check_keys(table, _KINDS, ("refusal",), "refusal")
    check_kinds(source, table, _KINDS, ("refusal",))
    for answer in ANSWERS:
        if "error_member" not in table and any(status in range(200, 300) for status in table.get(answer, ())):
            source.fail(("refusal", answer), f"a 2xx in {answer} says no only with an error_member in its body")


def read_refusal(table: Mapping[str, Any]) -> Refusal:
    """What the table says, once it is checked."""
    statuses = {answer: tuple(table[answer]) for answer in ANSWERS if answer in table}
    return Refusal(**statuses, error_member=table.get("error_member", ""))
