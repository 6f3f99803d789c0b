"""Targets are made by name, from options that may be text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.base.errors import UsageError
from harness.targets import TARGETS, make_target

OPTIONS = {
    "process": {"command": "true {port}"},
    "url": {"base_url": "http://127.0.0.1:1"},
    "app": {"app": "wsgiref.simple_server:demo_app"},
}


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_has_the_name_it_is_made_by(name: str) -> None:
    assert make_target(name, OPTIONS.get(name)).name == name


def test_an_unknown_target_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no target 'tasker'; did you mean 'tasker-worker'"):
        make_target("tasker")


def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no option 'jwks-hots'; did you mean 'jwks_host'"):
        make_target("tasker-worker", {"jwks-hots": "x"})


def test_an_option_may_be_written_with_dashes() -> None:
    assert make_target("url", {"base-url": "http://127.0.0.1:1"}).name == "url"


def test_a_missing_option_is_named() -> None:
    with pytest.raises(UsageError, match="process needs the option command"):
        make_target("process")


def test_text_that_is_no_number_is_refused() -> None:
    with pytest.raises(UsageError, match="option port of target tasker-worker must be a whole number from 0, not 'x'"):
        make_target("tasker-worker", {"port": "x"})


def test_a_boolean_is_read_from_text() -> None:
    with pytest.raises(UsageError, match="own_process of target reference must be true or false, not 'maybe'"):
        make_target("reference", {"own-process": "maybe"})
    assert [make_target("reference", {"own-process": text}).name for text in ("true", "False")] == ["reference"] * 2


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_says_whether_it_can_be_used_here(name: str) -> None:
    reason = make_target(name, OPTIONS.get(name)).available()
    assert reason is None or reason.strip()


def test_making_a_target_loads_no_web_framework() -> None:
    script = (
        "import sys; from harness.targets import make_target; make_target('reference'); make_target('tasker-worker'); "
        "print(sorted({'flask', 'requests', 'cryptography', 'jinja2', 'tasker_core'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path("/"))
    assert done.stdout == "[]\n"
