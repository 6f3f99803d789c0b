"""Every entry of a fixture is compared: with another value it shows as a difference. The others are listed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from . import fixture
from .compare import PARTS
from .leaves import alterations, dotted, leaves
from .recorded import RECORDED
from .repeatable import RepeatableServed
from .vendors import VENDORS

REPOSITORY = Path(__file__).resolve().parents[2]
LISTED = Path(__file__).with_name("elsewhere")


@cache
def unnoticed(name: str) -> Mapping[str, Any]:
    """Path and value of the entries that could say otherwise without a difference."""
    vendor = VENDORS[name]
    facts = fixture.load(vendor.name)
    with RepeatableServed(vendor) as served:

        def differences(document: Mapping[str, Any]) -> set[str]:
            served.again()
            return {str(one) for part in PARTS for one in part(vendor, document, served)}

        usual = differences(facts)
        return {
            dotted(path): value
            for path, value in leaves(facts)
            if any(not differences(other) - usual for other in alterations(facts, path, value))
        }


def listed(name: str) -> dict[str, str]:
    """Where else an entry is looked after, by a pattern of its path."""
    files = (LISTED / "common.toml", LISTED / f"{VENDORS[name].name}.toml")
    return {pattern: where for file in files for pattern, where in tomllib.loads(file.read_text("utf-8")).items()}


@pytest.mark.parametrize("name", RECORDED)
def test_every_entry_is_compared(name: str) -> None:
    """Or it is listed with what looks after it."""
    patterns = listed(name)
    left = {
        path: value
        for path, value in unnoticed(name).items()
        if not any(fnmatchcase(path, pattern) for pattern in patterns)
    }
    assert left == {}


@pytest.mark.parametrize("name", RECORDED)
def test_nothing_is_listed_that_is_compared(name: str) -> None:
    """The list has no more than what is left."""
    own = tomllib.loads((LISTED / f"{VENDORS[name].name}.toml").read_text("utf-8"))
    assert [pattern for pattern in own if not any(fnmatchcase(path, pattern) for path in unnoticed(name))] == []


@pytest.mark.parametrize("name", RECORDED)
def test_what_is_listed_is_there(name: str) -> None:
    """The tests that look after an entry exist, and so do the words of the vendor's page."""
    page = " ".join((REPOSITORY / "docs" / "vendors" / f"{VENDORS[name].name}.md").read_text("utf-8").split())
    assert [where for where in listed(name).values() if not _exists(where, page)] == []


def _exists(where: str, page: str) -> bool:
    kind, _, what = where.partition(": ")
    if kind == "page":
        return " ".join(what.split()) in page
    if kind == "test":
        file, _, test = what.partition("::")
        text = (REPOSITORY / file).read_text("utf-8") if (REPOSITORY / file).exists() else ""
        return re.search(rf"^def {test}\(", text, re.MULTILINE) is not None
    return kind == "why" and bool(what)
