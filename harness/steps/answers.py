"""Steps that compare answers with each other."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated

from harness.base.verdicts import Deviation
from harness.cell.cell_run import CellRun
from harness.cell.sent import Sent
from harness.grammar.kinds import uses
from harness.grammar.tables import AlikePolicy
from harness.shown.foreign_text import foreign
from harness.steps.registry import step

# What may differ between two answers to the same question: the time, and the numbers that name a request.
_CHANGING_HEADERS = frozenset({"date", "x-request-id", "x-correlation-id", "traceparent", "server-timing", "age"})
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TIMESTAMP = r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?|\d{10,}"
_CHANGING_TEXT = re.compile(f"{_UUID}|{_TIMESTAMP}", re.IGNORECASE)


@step()
def expect_alike(
    run: CellRun, answers: list[Annotated[str, uses("remember")]], policy: AlikePolicy | None = None
) -> None:
    """The answers that `send` remembered say the same, but for times and ids; the outcomes of its policy are `alike`
    and `survive`.
    """
    if policy and run.expectation({"policy": policy}) != "alike":
        return
    for first, second in pairwise(answers):
        one, other = _seen(run.answer(first)), _seen(run.answer(second))
        if one != other:
            raise Deviation(f"the same answer to {first} and {second}", f"{_difference(one, other)}")


def _seen(one: Sent) -> dict[str, str]:
    """What a caller sees of an answer, without what changes from request to request."""
    exchange = one.exchange
    facts = {"status": str(exchange.status or exchange.problem)}
    facts |= {
        f"header {name.lower()}": value for name, value in exchange.headers if name.lower() not in _CHANGING_HEADERS
    }
    return facts | {"body": _CHANGING_TEXT.sub("…", exchange.judged_text(4000))}


def _difference(one: dict[str, str], other: dict[str, str]) -> str:
    for name in sorted(one.keys() | other.keys(), key=lambda name: (name == "header content-length", name)):
        if one.get(name) != other.get(name):
            return f"{foreign(name)}: {foreign(one.get(name, 'none'))!r} and {foreign(other.get(name, 'none'))!r}"
    return "no difference"
