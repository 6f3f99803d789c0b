"""Faults are loaded from a file of somebody else, or the file is refused with its line and nothing changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_call import idp_harness
from fault_files import BACKDOOR, write_faults

from harness.mutants import fault_file as mutants_from
from harness.mutants.fault_file import FaultFileError, load_faults, origin
from harness.mutants.fault_trial import try_faults
from harness.reference.faults import FAULTS

HEAD = '\n@fault("m-house-broken")\n'
DOC = '    """Something is wrong."""\n'
METHOD = "    def check_expiry(self, claims): pass\n"
OTHER_METHOD = "    def check_audience(self, claims): pass\n"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The list of faults is the process's: each test leaves it as it was."""
    faults, loaded = dict(FAULTS), dict(mutants_from._LOADED)
    yield
    FAULTS.clear()
    FAULTS.update(faults)
    mutants_from._LOADED.clear()
    mutants_from._LOADED.update(loaded)


def test_a_fault_of_a_file_is_one_of_the_references(tmp_path: Path) -> None:
    file = write_faults(tmp_path / "mine.py")
    assert load_faults([file]) == ("m-house-backdoor",)
    assert FAULTS["m-house-backdoor"].sentence == "The tokens of one subject never expire."
    assert origin("m-house-backdoor") == file
    assert origin("m-no-exp-check") is None


def test_a_file_is_loaded_once(tmp_path: Path) -> None:
    """The command and a run in its own process both ask for it."""
    file = write_faults(tmp_path / "mine.py")
    assert load_faults([file, file]) == load_faults([file]) * 2


@pytest.mark.parametrize(
    ("body", "line", "sentence"),
    [
        ("def f(:\n", 4, "is no Python: "),
        ("x = 1 / 0\n", 4, "ZeroDivisionError: division by zero"),
        ("import no_such_module\n", 4, "ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = 1\n", 1, "the file defines no fault: decorate a subclass of a part"),
        (BACKDOOR.replace("m-house-backdoor", "m-no-exp-check"), 5, "'m-no-exp-check' is taken by harness.reference"),
        (BACKDOOR.replace("m-house-backdoor", "backdoor"), 5, "'backdoor' is no name of a fault: it begins with m-"),
        (f"{HEAD}class One:\n{DOC}{METHOD}", 5, "m-house-broken is no direct subclass of a part"),
        (f"{HEAD}class One(dict):\n{DOC}{METHOD}", 5, "m-house-broken is no direct subclass of a part"),
        (f"{HEAD}def one(): pass\n", 5, "m-house-broken is no direct subclass of a part"),
        (f"{HEAD}class One(ClaimsChecker):\n{METHOD}", 5, "m-house-broken needs a docstring that says what is wrong"),
        (f"{HEAD}class One(ClaimsChecker):\n{DOC}", 5, "m-house-broken overrides nothing of ClaimsChecker"),
        (
            f"{HEAD}class One(ClaimsChecker):\n{DOC}{METHOD}{OTHER_METHOD}",
            5,
            "m-house-broken overrides check_expiry, check_audience: a fault overrides exactly one method",
        ),
        (
            f"{HEAD}class One(ClaimsChecker):\n{DOC}{METHOD.replace('expiry', 'expiri')}",
            5,
            "ClaimsChecker has no method check_expiri; did you mean 'check_expiry'?",
        ),
        (f"{HEAD}class One(ClaimsChecker):\n{DOC}    check_expiry = 1\n", 5, "by something that can't be called"),
    ],
    ids=[
        *("syntax", "error", "import", "no-fault", "name-taken", "malformed-name", "no-part", "another-class"),
        *("function", "no-docstring", "no-method", "two-methods", "unknown-method", "no-function"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, body: str, line: int, sentence: str) -> None:
    """And registers nothing, not even the faults that stand before the mistake."""
    file, before = write_faults(tmp_path / "wrong.py", body), dict(FAULTS)
    with pytest.raises(FaultFileError) as caught:
        load_faults([file])
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert sentence in str(caught.value)
    assert before == FAULTS


def test_the_faults_before_a_mistake_are_not_registered_either(tmp_path: Path) -> None:
    file, before = write_faults(tmp_path / "wrong.py", BACKDOOR + BACKDOOR), dict(FAULTS)
    with pytest.raises(FaultFileError, match="'m-house-backdoor' is taken"):
        load_faults([file])
    assert before == FAULTS


ENDINGS = {
    "exit": ("import sys\nsys.exit(0)\n", 5, "the file ends the process that loads it (SystemExit: 0)"),
    "quit": ("quit()\n", 4, "the file ends the process that loads it (SystemExit: None)"),
    "raise": ("raise SystemExit('bye')\n", 4, "the file ends the process that loads it (SystemExit: bye)"),
    "interrupt": ("raise KeyboardInterrupt\n", 4, "KeyboardInterrupt: "),
    "exception": ("class End(BaseException): pass\nraise End('x')\n", 5, "End: x"),
    "os-exit": ("import os\nos._exit(0)\n", 1, "the file ends the process that loads it (exit status 0)"),
    "signal": ("import os\nos.kill(os.getpid(), 9)\n", 1, "the file ends the process that loads it (signal SIGKILL)"),
    "brackets": ("(" * 5000 + ")" * 5000, 4, "is no Python: too many nested parentheses"),
}


@pytest.mark.parametrize(("body", "line", "sentence"), ENDINGS.values(), ids=ENDINGS)
def test_a_file_that_ends_its_process_ends_only_that(tmp_path: Path, body: str, line: int, sentence: str) -> None:
    """The process that judges goes on, with a sentence."""
    with pytest.raises(FaultFileError) as caught:
        try_faults([write_faults(tmp_path / "wrong.py", body)])
    assert (caught.value.line, sentence in caught.value.sentence) == (line, True), caught.value


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("while True:\n    pass\n", (4, 5)),
        ("while True:\n    try:\n        f()\n    except BaseException: pass\n", (4, 5, 6, 7)),
        ("import time\ntime.sleep(999)\n", (5,)),
    ],
    ids=["loop", "loop-that-catches", "sleep"],
)
def test_a_file_that_keeps_its_process_is_given_up(tmp_path: Path, body: str, lines: tuple[int, ...]) -> None:
    """With the line where it was: an endless loop also when it catches whatever is thrown at it."""
    with pytest.raises(FaultFileError, match="the file still ran after 1 s") as caught:
        try_faults([write_faults(tmp_path / "wrong.py", body)], seconds=1)
    assert caught.value.line in lines


def test_a_file_that_is_fine_is_tried_without_a_trace(tmp_path: Path) -> None:
    """In a process of its own: this one knows nothing of it."""
    before = dict(FAULTS)
    try_faults([write_faults(tmp_path / "mine.py", BACKDOOR + "print('hello', flush=True)\n")])
    assert before == FAULTS


@pytest.mark.parametrize("command", [("mutants", "--no-baseline"), ("run", "--target", "reference")])
def test_a_file_that_exits_is_exit_status_2(tmp_path: Path, command: tuple[str, ...]) -> None:
    """It was 0, with nothing run."""
    write_faults(tmp_path / "mine.py", "import sys\nsys.exit(0)\n")
    done = idp_harness(*command, "--mutants-from", "mine.py", "-n", "0", folder=tmp_path)
    assert (done.returncode, done.stderr) == (
        2, "idp-harness: mine.py:5: the file ends the process that loads it (SystemExit: 0)\n"
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "mine.py"
    os.mkfifo(file) if kind == "fifo" else file.mkdir()
    with pytest.raises(FaultFileError, match=r"mine\.py:1: can't be read: it is a"):
        load_faults([file])


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FaultFileError, match="can't be read: No such file or directory"):
        load_faults([tmp_path / "missing.py"])
