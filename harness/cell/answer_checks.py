"""What an answer must say, or must not say, beside its status: headers and texts."""

from __future__ import annotations

from collections.abc import Iterable

from harness.grammar.model import Table
from harness.shown.foreign_text import LINE, foreign, header_text
from harness.wire.exchange import Exchange


def deviation_of(exchange: Exchange, wanted: Table, secrets: Iterable[str] = ()) -> tuple[str, str] | None:
    """What the answer should have had and what it has instead; None when all is as wanted.

    `wanted` is the `answer` table of a scenario with its placeholders filled in: `headers` (name to true, false or
    a table of `contains` and `lacks`), `contains`, `lacks`, `lacks_secrets`. Texts are compared without case.
    """
    for name, wish in wanted.get("headers", {}).items():
        values = [value for key, value in exchange.headers if key.lower() == name.lower()]
        if wish is False:
            if values:
                return f"no header {name}", f"{name}: {header_text(values[0])}"
            continue
        if not values:
            return f"a header {name}", f"{exchange.summary()} without it"
        if wish is not True:
            text = ", ".join(values)
            if problem := _texts(f"{name}: ", text, _list(wish.get("contains")), _list(wish.get("lacks"))):
                return problem
    body = exchange.judged_text(1_000_000)
    everything = "\n".join([body, *(f"{name}: {value}" for name, value in exchange.headers)])
    if problem := _texts("", body, _list(wanted.get("contains")), ()):
        return problem
    if problem := _texts("", everything, (), _list(wanted.get("lacks"))):
        return problem
    if wanted.get("lacks_secrets"):
        for secret in secrets:
            if secret in everything:
                return "an answer without the secrets of the configuration", f"one with {secret[:3]}… in it"
    return None


def _texts(where: str, text: str, contains: Iterable[str], lacks: Iterable[str]) -> tuple[str, str] | None:
    low = text.lower()
    for part in contains:
        if part.lower() not in low:
            return f"{part!r} in the answer", f"{where}{foreign(text, LINE)}" or "nothing"
    for part in lacks:
        found = low.find(part.lower())
        if part and found >= 0:
            return (
                f"no {part!r} in the answer",
                f"{where}…{foreign(text[max(0, found - 40) : found + len(part) + 40])}…",
            )
    return None


def _list(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
