"""Judges the faults of one process side by side: those that only time can tell wait while others run."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass

from harness.base.fair_semaphore import FairSemaphore
from harness.cell.environment import Options
from harness.matrix.sessions import Sessions
from harness.matrix.target_runs import TargetRuns
from harness.mutants.fault_file import origin
from harness.mutants.kill_order import Killers, Phase
from harness.mutants.mutant_run import MutantResult, judge_mutant
from harness.mutants.related import ranks_of

# So many faults and timed cells at once, in all processes together: each cell has a service of its own.
FAULTS_AT_ONCE, TIMED_AT_ONCE = 32, 48
# Cells that never wait need the processor: more faults at once in a process would only disturb the timed ones.
QUICK_AT_ONCE = 2
# Gets verdicts by the names of faults.
Listener = Callable[[Mapping[str, str]], None]
# So often it is told which faults are judged while one is waited for; and Ctrl-C is seen.
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, eq=False)
class Mutant:
    """A fault to be judged: how the reference runs with it, and the scenarios there are for it.

    `equivalent` is why a derived fault is none; only when `thorough` it is tried on all scenarios all the same.
    """

    name: str
    killers: Killers
    options: Options
    all_kills: bool
    equivalent: str = ""
    thorough: bool = True

    @property
    def is_slow(self) -> bool:
        return self.killers.is_slow(self.name)

    def phases(self) -> Iterator[Phase]:
        """The cells to try, in the order in which they are tried."""
        from harness.reference.known_faults import is_derived  # The reference service loads Flask.

        if not is_derived(self.name):
            return self.killers.phases(self.name, own=origin(self.name) is not None)
        listed = bool(self.equivalent) and not self.thorough
        return self.killers.phases_by_rank(ranks_of(self.name, self.killers.scenarios, listed=listed), timed=not listed)

    def blank_result(self) -> MutantResult:
        """The result before anything has run."""
        from harness.reference.known_faults import derived_fault_of, fault_of  # The reference service loads Flask.

        fault, derived = fault_of(self.name), derived_fault_of(self.name)
        file = derived.source if derived else origin(self.name)
        named_by = [scenario.id for scenario in self.killers.naming(self.name)]
        return MutantResult(
            self.name,
            fault.sentence,
            fault.component,
            fault.method,
            fault.precedent,
            str(file or ""),
            named_by,
            equivalent=self.equivalent,
        )


class MutantPool:
    """Use it as a context manager; `processes` is how many of them share the machine."""

    def __init__(self, runs: TargetRuns, processes: int = 1) -> None:
        self._runs = runs
        self._pool = ThreadPoolExecutor(max(2, FAULTS_AT_ONCE // processes), thread_name_prefix="mutants")
        self._quick, self._timed = FairSemaphore(QUICK_AT_ONCE), FairSemaphore(max(2, TIMED_AT_ONCE // processes))
        self._results: dict[Mutant, Future[MutantResult]] = {}
        self._running: dict[Mutant, Sessions] = {}
        self._judged: deque[tuple[str, str]] = deque()
        self._lock = threading.Lock()
        self._over = False

    def begin(self, mutants: Iterable[Mutant]) -> None:
        """Let faults be judged in the background, the slow ones first; `judge` waits for their results."""
        for mutant in sorted(mutants, key=lambda one: not one.is_slow):
            if mutant not in self._results:
                future: Future[MutantResult] = Future()
                self._results[mutant] = future
                self._pool.submit(self._work, mutant, future)

    def judge(
        self, mutant: Mutant, meanwhile: Callable[[Mapping[str, str]], None] = lambda judged: None
    ) -> MutantResult:
        """Judge a fault, or wait for one that has begun already. Raises `HarnessError` when it can't be set up.

        While it waits, `meanwhile` is called now and then with the verdicts of the faults that were judged since, this
        one or others, by their names; there may be none.
        """
        self.begin([mutant])
        future = self._results[mutant]
        while not wait([future], timeout=_LOOK_SECONDS).done:
            meanwhile(dict(self._judged.popleft() for _ in range(len(self._judged))))
        return future.result()

    def _work(self, mutant: Mutant, future: Future[MutantResult]) -> None:
        try:
            with self._lock:  # The first run of a process starts what all of them share.
                if self._over:
                    future.cancel()
                    return
                self._running[mutant] = sessions = self._runs.of(mutant.options).sessions
            result = mutant.blank_result()
            judge_mutant(result, mutant.phases(), sessions, all_kills=mutant.all_kills, turn=self._turn)
            self._judged.append((mutant.name, result.verdict))
            future.set_result(result)
        except BaseException as problem:  # `judge` raises it.
            future.set_exception(problem)
        finally:
            # After the result: nobody has to wait for cells that were still running when the fault was caught.
            self._end(mutant)

    def _turn(self, phase: Phase) -> AbstractContextManager[None]:
        return self._timed.take(len(phase)) if phase[0].scenario.timed else self._quick.take(1)

    def _end(self, mutant: Mutant) -> None:
        sessions = self._running.pop(mutant, None)
        if sessions is not None:
            sessions.environment.ended.set()
            sessions.environment.target.close()  # A request that hangs ends with its service.
            self._runs.end(mutant.options)

    def close(self) -> None:
        """End everything, also faults that are being judged."""
        with self._lock:
            self._over = True
            running = list(self._running.values())
        for sessions in running:
            sessions.environment.ended.set()
            sessions.environment.target.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> MutantPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
