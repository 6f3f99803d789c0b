"""Places are given in the order in which they were asked for."""

from __future__ import annotations

import threading

from harness.base.fair_semaphore import FairSemaphore

SECONDS = 10.0


def test_nobody_gets_more_than_there_is() -> None:
    """Who asks for more than all has all."""
    semaphore = FairSemaphore(2)
    with semaphore.take(5):
        pass
    with semaphore.take(2):
        pass


def test_a_small_wish_does_not_overtake_a_big_one() -> None:
    """So that the big one has its turn at all."""
    semaphore, order, asked = FairSemaphore(2), list[str](), threading.Event()

    def take(name: str, places: int) -> None:
        asked.set()
        with semaphore.take(places):
            order.append(name)

    threads = []
    with semaphore.take(1):
        for name, places in (("big", 2), ("small", 1)):
            asked.clear()
            threads.append(threading.Thread(target=take, args=(name, places)))
            threads[-1].start()
            assert asked.wait(SECONDS)
            waiting = len(threads)
            with semaphore._changed:
                assert semaphore._changed.wait_for(lambda waiting=waiting: len(semaphore._queue) == waiting, SECONDS)
        assert order == []
    for thread in threads:
        thread.join(SECONDS)
    assert order == ["big", "small"]
