"""The threads behind the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from mock_idp.run import workers as workers_module
from mock_idp.run.workers import Workers

SECONDS = 10
MOST = workers_module._USUAL_THREADS + 5


@pytest.fixture
def workers() -> Iterator[Workers]:
    """More than there are usually."""
    workers = Workers(MOST, "worker-under-test")
    yield workers
    workers.close()


def threads() -> list[threading.Thread]:
    """Those of the workers under test."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("worker-under-test")]


def test_what_the_function_returns_arrives(workers: Workers) -> None:
    """It runs in another thread."""

    async def ask() -> tuple[int, str]:
        return await workers.run(len, "four"), await workers.run(lambda _: threading.current_thread().name, None)

    assert asyncio.run(ask()) == (4, "worker-under-test-0")


def test_what_the_function_raises_arrives(workers: Workers) -> None:
    """The thread goes on with the next one."""

    async def ask() -> int:
        with pytest.raises(ValueError, match="no number"):
            await workers.run(int, "no number")
        return await workers.run(int, "3")

    assert asyncio.run(ask()) == 3


def test_one_after_another_needs_one_thread(workers: Workers) -> None:
    """More are started only for what comes at the same time."""

    async def ask() -> int:
        for _ in range(20):
            await workers.run(str, 1)
        return len(threads())

    assert asyncio.run(ask()) == 1


def test_as_many_as_allowed_run_at_once(workers: Workers) -> None:
    """Each waits until all are there, so that the usual threads would never get on."""
    barrier = threading.Barrier(MOST)

    async def ask() -> list[int]:
        return await asyncio.gather(*(workers.run(barrier.wait, SECONDS) for _ in range(MOST)))

    assert sorted(asyncio.run(ask())) == list(range(MOST))


def test_a_crowd_that_gets_on_has_the_usual_threads(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them would only be in each other's way."""
    monkeypatch.setattr(workers_module, "_PATIENCE_SECONDS", float(SECONDS))  # However busy the machine is.

    async def ask() -> int:
        await asyncio.gather(*(workers.run(str, 1) for _ in range(100)))
        return len(threads())

    assert asyncio.run(ask()) == workers_module._USUAL_THREADS


def test_what_does_not_fit_waits_its_turn(workers: Workers) -> None:
    """It is done when a thread is free again."""
    go = threading.Event()

    async def ask() -> tuple[list[bool], bool]:
        held = [workers.run(go.wait, SECONDS) for _ in range(MOST)]
        late = workers.run(bool, 1)
        await asyncio.wait([late], timeout=0.05)
        waited = not late.done()
        go.set()
        return await asyncio.gather(*held, late), waited

    assert asyncio.run(ask()) == ([True] * (MOST + 1), True)


def test_a_result_nobody_waits_for_is_dropped(workers: Workers) -> None:
    """As when the request was cancelled."""
    go = threading.Event()

    async def ask() -> str:
        workers.run(go.wait, SECONDS).cancel()
        go.set()
        return await workers.run(str, 1)

    assert asyncio.run(ask()) == "1"


def test_a_crowd_that_has_gone_leaves_the_usual_threads(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were started for it end, and the next crowd gets others."""
    monkeypatch.setattr(workers_module, "_IDLE_SECONDS", 0.01)
    barrier = threading.Barrier(MOST)

    async def ask() -> list[int]:
        counts = []
        for _ in range(2):
            await asyncio.gather(*(workers.run(barrier.wait, SECONDS) for _ in range(MOST)))
            for _ in range(int(SECONDS / 0.01)):
                if len(threads()) <= workers_module._USUAL_THREADS:
                    break
                await asyncio.sleep(0.01)
            counts.append(len(threads()))
        return counts

    assert asyncio.run(ask()) == [workers_module._USUAL_THREADS] * 2


def test_a_machine_with_few_threads(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was started does the work; with none at all the caller is told."""
    usual_start = threading.Thread.start

    def no_more(thread: threading.Thread) -> None:
        if threads() or not allowed:
            raise RuntimeError("can't start new thread")
        usual_start(thread)

    monkeypatch.setattr(threading.Thread, "start", no_more)

    async def ask() -> list[str]:
        return await asyncio.gather(*(workers.run(str, number) for number in range(10)))

    allowed = False
    with pytest.raises(RuntimeError, match="no thread left"):
        asyncio.run(ask())
    allowed = True
    assert asyncio.run(ask()) == [str(number) for number in range(10)]


def test_closing_ends_the_threads() -> None:
    """All of them, at once."""
    workers = Workers(3, "worker-under-test")
    asyncio.run(_once(workers))
    workers.close()
    assert not threads()


async def _once(workers: Workers) -> None:
    await workers.run(str, 1)
