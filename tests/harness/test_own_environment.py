"""The environment of this process, copied while another thread changes it."""

from __future__ import annotations

import os
from collections import UserDict
from collections.abc import Iterator

import pytest

from harness.base.own_environment import own_environment


class Changing(UserDict[str, str]):
    """Loses a variable while it is read, twice in two ways."""

    def __init__(self) -> None:
        super().__init__(KEPT="1")
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        self.read += 1
        yield "KEPT"
        if self.read == 1:
            yield "GONE"
        if self.read == 2:
            raise RuntimeError("dictionary changed size during iteration")


def test_a_variable_that_goes_meanwhile_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service was not started for it: KeyError: 'PYTEST_CURRENT_TEST'."""
    environ = Changing()
    monkeypatch.setattr(os, "environ", environ)
    copied = own_environment()
    monkeypatch.undo()
    assert (copied, environ.read) == ({"KEPT": "1"}, 3)
