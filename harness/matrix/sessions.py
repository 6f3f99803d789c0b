"""The sessions of one process: the cells of a service share one, a timed cell has its own; they run side by side."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress

from harness.base.held_up import HeldUp
from harness.base.mishaps import MISHAPS, sentence
from harness.base.verdicts import ERROR, FAILED, HELD_UP, INCONCLUSIVE, PASSED, SKIPPED, CellResult, NotPossible
from harness.base.waiting import result_of
from harness.cell.environment import Environment
from harness.cell.session import Session
from harness.grammar.model import Cell
from harness.idp.client import IdpError
from harness.matrix.cell_runner import blank_result, run_cell
from harness.matrix.idle_sessions import IdleSessions
from harness.steps import STEPS
from harness.targets.base import BringsIdp

# The name in a result's evidence of what came of it behind other cells, where it was run once more on a new service.
BEHIND_OTHERS = "behind_other_cells"
# The cells of so many services at once: two, so that one goes on while the other starts or waits.
SERVICES_AT_ONCE = 2
# Timed cells mostly wait, but each has a service of its own: so many at once, in all processes together.
TIMED_AT_ONCE = 48
# Making keys and starting services costs processor time, which would disturb the cases that are about time.
STARTS_AT_ONCE = 2
# A cell that wanted for processor time is run again on a service of its own. A timed one, which its like beside it
# disturb most, waits until nothing else of this process runs; others go on at once, as what comes after them is written
# down in order. For so long in all, as a machine that stays busy would keep the run for ever.
HELD_UP_TRIES = 3
HELD_UP_SECONDS = 300.0
# Each idle session of a real service is a process.
IDLE_SESSIONS = 6

Job = Sequence[tuple[Cell, "Future[CellResult]"]]
HeldUpCell = tuple[Cell, "Future[CellResult]", CellResult]


class Sessions:
    """Runs cells on an environment; use it as a context manager. `processes` is how many of them share the machine.

    `deviates` says of which cells it is known that they deviate: what proves nothing of them is that they pass.

    With `hold`, each cell has a session of its own, and those of cells that did not pass stay as the case left
    them until `close`, so that a person can repeat what was sent.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        processes: int = 1,
        hold: bool = False,
        deviates: Callable[[Cell], bool] = lambda _: False,
    ) -> None:
        self.environment = environment
        self._hold, self._deviates = hold, deviates
        alone = environment.options.issuer or getattr(environment.target, "one_at_a_time", False)
        if alone:
            # All sessions have the same issuer, or their services the same settings: a cell would see what another one
            # does to it.
            self._fast = self._timed = ThreadPoolExecutor(1, thread_name_prefix="cells")
        else:
            self._fast = ThreadPoolExecutor(SERVICES_AT_ONCE, thread_name_prefix="fast")
            self._timed = ThreadPoolExecutor(max(2, TIMED_AT_ONCE // processes), thread_name_prefix="timed")
        self._starts = threading.Semaphore(STARTS_AT_ONCE)
        self._results: dict[str, Future[CellResult]] = {}
        self._changing = threading.Lock()
        self._jobs = 0
        self._held_up: list[HeldUpCell] = []
        self._again_seconds = 0.0
        self._idle = IdleSessions(0 if alone else IDLE_SESSIONS)
        self._held: list[Session] = []

    def begin(self, cells: Iterable[Cell]) -> None:
        """Let cells run in the background, the first ones first; `run` waits for their results.

        Those of one service run one after the other, except for timed ones.
        """
        jobs: dict[object, list[tuple[Cell, Future[CellResult]]]] = {}
        for cell in cells:
            if cell.id not in self._results:
                result = self._results[cell.id] = Future()
                jobs.setdefault(cell.id if self._is_alone(cell) else cell.service, []).append((cell, result))
        with self._changing:
            self._jobs += len(jobs)
        for job in jobs.values():
            pool = self._timed if job[0][0].scenario.timed else self._fast
            pool.submit(self._work, job)

    def run(self, cell: Cell) -> CellResult:
        """Run a cell, or wait for one that has begun already, and return its result."""
        self.begin([cell])
        return result_of(self._results.pop(cell.id))

    def _is_alone(self, cell: Cell) -> bool:
        return cell.scenario.timed or self._hold

    def _work(self, job: Job) -> None:
        """Run the cells of a job, which belong to one service, one after the other."""
        waiting = deque(job)
        cell, result = job[0]
        session = None if self._is_alone(cell) else self._idle.take(cell.service)
        try:
            while waiting:
                cell, result = waiting[0]
                used = session
                session, outcome = self._run(cell, session)
                if used is not None and self._may_have_come_too_late(cell, outcome):
                    session, outcome = self._on_a_new_service(cell, session, outcome)
                if not cell.scenario.timed:
                    session, outcome = self._again(cell, session, outcome)
                if len(waiting) == 1 and session is not None:
                    # Before the result: whoever waits for it may ask for the next cell of the service.
                    self._put_away(cell, session, outcome)
                waiting.popleft()
                if cell.scenario.timed and self._proves_nothing(cell, outcome):
                    self._held_up.append((cell, result, outcome))
                else:
                    result.set_result(outcome)
        except BaseException as problem:  # `run` raises it.
            for _, result in waiting:
                result.set_exception(problem)
        self._job_is_done()

    def _job_is_done(self) -> None:
        """Once nothing else runs, those that were held up have their second try."""
        with self._changing:
            self._jobs -= 1
            if self._jobs or not self._held_up:
                return
            again, self._held_up = self._held_up, []
            self._jobs += 1
        self._try_again(again)

    def _try_again(self, held_up: list[HeldUpCell]) -> None:
        waiting = deque(held_up)
        try:
            while waiting:
                cell, result, outcome = waiting[0]
                session, outcome = self._again(cell, None, outcome)
                if session is not None:
                    self._put_away(cell, session, outcome)
                result.set_result(outcome)
                waiting.popleft()
        except BaseException as problem:  # `run` raises it.
            for _, result, _ in waiting:
                result.set_exception(problem)
        self._job_is_done()

    def _again(self, cell: Cell, session: Session | None, outcome: CellResult) -> tuple[Session | None, CellResult]:
        """More tries of a cell while the last one proves nothing; returns as `_run`."""
        tries = 1
        while tries < HELD_UP_TRIES and self._again_seconds <= HELD_UP_SECONDS and self._proves_nothing(cell, outcome):
            started, tries = time.monotonic(), tries + 1
            session, outcome = self._run(cell, None)
            with self._changing:
                self._again_seconds += time.monotonic() - started
        return session, outcome

    def _put_away(self, cell: Cell, session: Session, outcome: CellResult) -> None:
        try:
            if self._is_alone(cell):
                session.close()
            else:
                self._idle.put(cell.service, session)
        except MISHAPS as problem:
            outcome.verdict, outcome.reason = ERROR, _not_ended(outcome, problem)

    def _run(self, cell: Cell, session: Session | None) -> tuple[Session | None, CellResult]:
        """Run a cell on the session, or on a new one; returns the session for the next cell with the result."""
        watch = HeldUp(self.environment.pulse, None)
        try:
            self.environment.pause(0)  # Raises when the run has ended.
            if session is not None and session.suspect and session.is_lost():
                lost, session = session, None
                lost.close()
            session = session or self._start(cell)
            outcome = run_cell(cell, session, tidy=not self._hold)
            if self._proves_nothing(cell, outcome):
                late, session = session, None
                late.close()
        except NotPossible as problem:
            outcome = blank_result(cell, self.environment.options.target)
            outcome.verdict, outcome.reason = SKIPPED, str(problem)
        except MISHAPS as problem:
            outcome = blank_result(cell, self.environment.options.target)
            outcome.verdict, outcome.reason = ERROR, sentence(problem)
            # Our own provider gave no answer: nobody knows anything of the service yet.
            if isinstance(problem, IdpError) and (held_up := watch.reason(None)):
                outcome.verdict, outcome.reason = INCONCLUSIVE, f"{held_up}. {outcome.reason}"
                outcome.evidence = {HELD_UP: held_up}
        if session is None:
            return None, outcome
        if self._hold and outcome.verdict not in (PASSED, SKIPPED):
            self._held.append(session)
            return None, outcome
        if outcome.verdict == ERROR:
            try:
                session.close()  # Nobody knows in which state it is: the next cell gets a new one.
            except MISHAPS as problem:
                outcome.reason = _not_ended(outcome, problem)
            return None, outcome
        session.suspect = outcome.verdict not in (PASSED, SKIPPED)
        return session, outcome

    def _may_have_come_too_late(self, cell: Cell, outcome: CellResult) -> bool:
        """Whether the service may have no fetch left for the keys of this cell, after those for the cells before it.

        Libraries have a rate limit, such as five in a minute, and the profile may say nothing of it. Who was let in
        against the requirement was let in.
        """
        if self._hold or not self.environment.target.can_restart:
            return False
        if not any(STEPS[step.do].says.takes_up_keys for step in cell.variant.steps):
            return False
        if outcome.verdict == FAILED:
            return outcome.expected.startswith("accept") and not self._deviates(cell)
        return outcome.verdict == INCONCLUSIVE and HELD_UP not in outcome.evidence

    def _on_a_new_service(
        self, cell: Cell, used: Session | None, first: CellResult
    ) -> tuple[Session | None, CellResult]:
        """Run a cell where none has been before; returns as `_run`. What came `first` stays in the evidence."""
        if used is not None:
            with suppress(*MISHAPS):  # What is left ends with the target.
                used.close()
        session, outcome = self._run(cell, None)
        came = first.reason or f"expected {first.expected}; got {first.actual}"
        outcome.evidence = {**outcome.evidence, BEHIND_OTHERS: f"{first.verdict}: {came}"}
        return session, outcome

    def _proves_nothing(self, cell: Cell, outcome: CellResult) -> bool:
        """Whether the machine, and not the service, may have decided, so that it is worth another try."""
        if self._hold or HELD_UP not in outcome.evidence:
            return False
        if self._deviates(cell):
            return outcome.verdict == PASSED or (outcome.verdict == INCONCLUSIVE and not outcome.actual)
        return outcome.verdict == INCONCLUSIVE

    def _start(self, cell: Cell) -> Session:
        with self._starts:
            self.environment.pause(0)
            session = Session(self.environment, cell.style, cell.variant.config)
            try:
                if cell.scenario.start == "automatic":
                    session.start_service()
            except BaseException:
                with suppress(*MISHAPS):  # What is left ends with the target.
                    session.close()
                raise
            return session

    def close(self) -> None:
        """End everything that was started, also cells that still run; raises what went wrong with one part of it."""
        self.environment.ended.set()
        with ExitStack() as endings:
            endings.callback(self.environment.target.close)
            endings.callback(self.environment.pulse.stop)
            endings.callback(self._idle.close)
            for session in self._held:
                endings.callback(session.close)
            self._held = []
            # First the services: who waits for one of them, or for one that is only on its way up, waits no more.
            endings.callback(self._end_pools)
            # But a target that brings the identity provider would take the issuers of the sessions along.
            if not isinstance(self.environment.target, BringsIdp):
                endings.callback(self.environment.target.close)

    def _end_pools(self) -> None:
        for pool in (self._fast, self._timed):
            pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Sessions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _not_ended(outcome: CellResult, problem: BaseException) -> str:
    """The reason of a cell whose session could not be ended."""
    before = f"{outcome.reason}; then " if outcome.reason else ""
    return f"{before}what it had started could not be ended: {sentence(problem)}"
