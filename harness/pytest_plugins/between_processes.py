"""How the records of a run come from the processes that judge to the one that writes them down."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any, Final

import pytest

# What a report holds of a cell or a mutant. On its way pytest-xdist bears no number below -2**31 and no half of a
# surrogate pair, as claims of a token have that is told as evidence. The text of JSON bears both.
_RECORDS: Final = ("idp_cell", "idp_mutant")


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    data = yield
    return _each(data, json.dumps)


@pytest.hookimpl(wrapper=True)
def pytest_report_from_serializable(data: dict[str, Any]) -> Generator[None, Any, Any]:
    data |= _each(data, json.loads)
    return (yield)


def _each(data: Any, turned: Any) -> Any:
    return {name: turned(value) if name in _RECORDS else value for name, value in data.items()} if data else data
