"""No text of a stranger costs more time than its length: a run that works on one can't hear Ctrl-C."""

from __future__ import annotations

import ast
import importlib
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.base.errors import HarnessError
from harness.cell.answer_checks import deviation_of
from harness.cell.credentials import credential_in
from harness.cell.metrics_page import read_metrics
from harness.cell.service_documents import count_items, item_id, openapi_routes
from harness.measure.answers import shape
from harness.shown.foreign_text import ForeignText, visible
from harness.shown.redaction import Secrets
from harness.targets.base import ApiKey
from harness.wire.answer_reader import AnswerLimit, NoHttp, read_answer
from harness.wire.exchange import Exchange, Request

ROOT = Path(__file__).parents[2]
SIZES = (20_000, 50_000)
# What is linear takes milliseconds, what is quadratic minutes, and this long for 20 kB already.
MOST_CPU_SECONDS = 1.0
# What may stand in a text again and again, and what may end it so that a pattern does not fit after all.
UNITS = (
    *("a", "A", "1", " ", "\t", "\n", "\r\n", '"', "\\", '\\"', "{", "}", "[", "(", "=", "a=", "/", "/a", ".", "a."),
    *("-", "-a", "_", "a:", ";", "%", "é", "\0", "'", "#", "&", "@", "a ", "{a", "{a}", '"a', "1-", "1:", "//", "://"),
    *('a="', 'a="b",', "1.", "a-0", "[m-a"),
)  # fmt: skip
ENDS = ("", "\0")
# Patterns that meet only texts of our own.
OUR_OWN = {"mock_idp/jose/mutations/serialization.py:_JSON_TEXT": "JSON that was written a moment before"}
# Methods of a pattern that begin at every place of a text; the others begin at one.
_SEARCHING = ("search", "sub", "subn", "split", "findall", "finditer")


def took(work: Callable[[], object]) -> float:
    """The processor time of this thread, in seconds."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def patterns() -> Iterator[tuple[str, re.Pattern[Any], str]]:
    """Every regular expression of the code: where it stands, and the method that is used of it."""
    for file in sorted(file for package in ("harness", "mock_idp") for file in (ROOT / package).rglob("*.py")):
        text, place = file.read_text(), str(file.relative_to(ROOT))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
                method, pattern = ast.unparse(node.func)[3:], node.args[0]
                if method in ("match", "fullmatch", *_SEARCHING) and isinstance(pattern, ast.Constant):
                    yield f"{place}:{node.lineno}", re.compile(pattern.value), method
        if "re.compile(" in text:
            module = importlib.import_module(place.removesuffix(".py").replace("/", ".").removesuffix(".__init__"))
            for name, pattern in vars(module).items():
                if isinstance(pattern, re.Pattern):
                    used = re.findall(rf"\b{name}\.(\w+)\(", text)
                    searching = [method for method in used if method in _SEARCHING]
                    yield f"{place}:{name}", pattern, searching[0] if searching else "match"


PATTERNS = {place: (pattern, method) for place, pattern, method in patterns() if place not in OUR_OWN}


@pytest.mark.parametrize("place", PATTERNS)
def test_a_regular_expression_takes_linear_time(place: str) -> None:
    pattern, method = PATTERNS[place]
    begin = "search" if method in _SEARCHING else method
    for unit in UNITS:
        for end in ENDS:
            for size in SIZES:
                text: Any = unit * (size // len(unit)) + end
                if isinstance(pattern.pattern, bytes):
                    text = text.encode("latin-1")
                seconds = took(partial(getattr(pattern, begin), text))
                assert seconds < MOST_CPU_SECONDS, f"{place} on {size} bytes of {unit!r}, then {end!r}"


def exchange(body: str) -> Exchange:
    return Exchange(Request("GET", "/"), 200, (("X-A", body),), body.encode())


def quietly(read: Callable[[Any], object], text: Any) -> None:
    """Read a text that may be refused."""
    with suppress(HarnessError, AnswerLimit, NoHttp):
        read(text)


def answer_of(text: bytes) -> None:
    pieces = [text[at : at + 1000] for at in range(0, len(text), 1000)]
    read_answer(lambda: pieces.pop(0) if pieces else b"", "GET")


def answers(text: str) -> None:
    for beginning, end in (
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nX-A: ", b"\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    ):
        quietly(answer_of, beginning + text.encode() + end)


def documents(text: str) -> None:
    for document in (text, json.dumps({"paths": {f"/{text}": {}}}), json.dumps({"id": text})):
        quietly(lambda one: openapi_routes(one, []), document.encode())
        quietly(partial(count_items, member="id"), document.encode())
        quietly(partial(item_id, member="id"), document.encode())


def judged(text: str) -> None:
    one, other, keys = exchange(text), text[:50] + "x", [ApiKey("key-of-more-than-eight", ())]
    credential_in(one, f"{text[:20]}.{text[:21]}.{text[:22]}", keys)
    secrets = Secrets()
    secrets.add_token(text)
    secrets.add_text(text[:50])
    secrets.cut(text)
    visible(text)
    str(ForeignText(text))
    deviation_of(one, {"contains": [other], "lacks": [other], "headers": {"X-A": {"contains": other}}}, [other])
    one.summary()


READERS: dict[str, Callable[[str], object]] = {
    "answers": answers,
    "documents": documents,
    "judged": judged,
    "metrics": lambda text: read_metrics(text.encode()),
    "metrics with a name": lambda text: read_metrics(b"name" + text.encode()),
    "metrics with labels": lambda text: read_metrics(b"name{" + text.encode()),
    "metrics with a value": lambda text: read_metrics(b"name 1" + text.encode()),
    "metrics behind the value": lambda text: read_metrics(b"name 1 1" + text.encode()),
}


@pytest.mark.parametrize("name", READERS)
def test_a_text_of_a_service_takes_linear_time(name: str) -> None:
    for unit in UNITS:
        seconds = took(partial(READERS[name], unit * (SIZES[-1] // len(unit))))
        assert seconds < MOST_CPU_SECONDS, f"{SIZES[-1]} bytes of {unit!r}"


@pytest.mark.parametrize(
    "body", [list(range(100_000)), [{f"a{number}": number} for number in range(30_000)]], ids=["numbers", "tables"]
)
def test_a_body_of_many_different_things_has_a_shape_in_linear_time(body: list[Any]) -> None:
    assert took(lambda: shape(body)) < MOST_CPU_SECONDS


def test_a_deep_body_has_a_shape() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert "…" in repr(shape(deep))
