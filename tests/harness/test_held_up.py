"""Whether somebody waited for a processor: asked of the kernel, and of the harness's own waits."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from harness.base import held_up
from harness.base.held_up import OWN_DELAYS, HeldUp, Pulse, waits_of

_DEADLINE_SECONDS = 30.0
_COMPUTE = "while True: pass"


@pytest.fixture
def pulse() -> object:
    pulse = Pulse()
    yield pulse
    pulse.stop()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the kernel tells it on Linux only")
def test_of_two_processes_on_one_processor_each_waits_for_the_other() -> None:
    """The kernel counts it for each thread."""
    processor = {min(os.sched_getaffinity(0))}
    with ExitStack() as stack:
        processes = []
        for _ in range(2):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", _COMPUTE]))
            stack.callback(process.kill)
            os.sched_setaffinity(process.pid, processor)
            processes.append(process.pid)
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not all(max(waits_of(pid).values(), default=0.0) > 0.1 for pid in processes):
            assert time.monotonic() < deadline, [waits_of(pid) for pid in processes]


def test_a_service_that_waited_is_named(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a thread had waited before the case doesn't count; a new thread has waited during the case alone."""
    waits = {"1": 100.0}
    monkeypatch.setattr(held_up, "waits_of", lambda pid: dict(waits))
    since = HeldUp(pulse, 1)
    assert "the service" not in since.reason(1)
    waits["2"] = 50.0
    assert since.reason(1).startswith("the service had to wait 50.0 s for a processor in the ")
    assert "run it on a quieter machine" in since.reason(1)


@pytest.mark.parametrize("seconds", [-3600.0, -2.0, 2.0, 86_400.0])
def test_a_clock_that_was_set_is_named(pulse: Pulse, seconds: float) -> None:
    """Forwards or backwards, by hand or because the machine slept: tokens began and ended at other times than meant."""
    ahead = [5.0]
    since = HeldUp(pulse, None, wall=lambda: time.monotonic() + ahead[0])
    assert "clock" not in since.reason(None)
    ahead[0] += seconds
    assert since.reason(None).startswith(f"the clock of this machine was set by {seconds:+.1f} s in the ")


def test_a_clock_that_is_slewed_is_nothing_to_speak_of(pulse: Pulse) -> None:
    """As time daemons do all the time."""
    ahead = [0.0]
    since = HeldUp(pulse, None, wall=lambda: time.monotonic() + ahead[0])
    ahead[0] += 0.2
    assert "clock" not in since.reason(None)


def test_children_of_the_service_count_too() -> None:
    """A service may be a process that another one started."""
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    with subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        waits = waits_of(process.pid)
        process.communicate(b"\n")
    if not waits:
        pytest.skip("this kernel doesn't tell")
    assert str(process.pid) in waits
    assert len(waits) >= 2


@pytest.mark.parametrize("pid", [None, 2**22 + 1])
def test_of_an_unknown_process_nothing_is_known(pid: int | None) -> None:
    assert waits_of(pid) == {}


def test_a_wait_of_the_harness_that_ended_late_counts(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the kernel doesn't tell."""
    monkeypatch.setattr(held_up, "_PROC", held_up.Path("/nowhere"))
    since = HeldUp(pulse, None)
    OWN_DELAYS.add(held_up.ALLOWED_SECONDS / 2)
    OWN_DELAYS.add(50.0)
    assert since.reason(None).startswith("the harness had to wait 50.5 s for a processor")
    assert "50" not in HeldUp(pulse, None).reason(None), "another case begins anew"


def test_each_thread_sees_its_own_delays() -> None:
    """Cells run side by side."""
    before = OWN_DELAYS.seconds
    thread = threading.Thread(target=OWN_DELAYS.add, args=(5.0,))
    thread.start()
    thread.join()
    assert OWN_DELAYS.seconds == before


def test_delays_that_no_case_could_notice_do_not_add_up() -> None:
    """A tool that polls wakes up a little late each time."""
    before = OWN_DELAYS.seconds
    for _ in range(100):
        OWN_DELAYS.add(0.05)
    assert OWN_DELAYS.seconds == before


def test_a_pulse_that_was_stopped_does_not_begin_again() -> None:
    pulse = Pulse()
    pulse.seconds()
    pulse.stop()
    pulse.stop()
    pulse.seconds()
    assert not any(
        thread.name == "pulse" and thread.is_alive() and thread is pulse._thread for thread in threading.enumerate()
    )
