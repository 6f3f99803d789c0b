"""The sessions of one process: warm ones that cells share, and one each for timed cells, which run side by side."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from harness.environment import Environment
from harness.errors import HarnessError
from harness.model import Cell
from harness.plan import TIMED_GROUP_SIZE
from harness.runner import blank_result, run_cell
from harness.session import Session
from harness.verdicts import ERROR, PASSED, CellResult

# Each warm session of a real service is a process; the least recently used one makes room.
WARM_SESSIONS = 6


class Sessions:
    """Runs cells on an environment; use it as a context manager.

    With `hold`, each cell has a session of its own, and those of cells that did not pass stay as the case left
    them until `close`, so that a person can repeat what was sent.
    """

    def __init__(self, environment: Environment, *, hold: bool = False) -> None:
        self.environment = environment
        self._hold = hold
        self._held: list[Session] = []
        self._warm: OrderedDict[tuple[object, ...], Session] = OrderedDict()
        self._timed: dict[str, Future[CellResult]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def run(self, cell: Cell, neighbours: Sequence[Cell] = ()) -> CellResult:
        """Run a cell and return its result.

        A timed cell takes its `neighbours` with it: those of its group that this process will be asked for
        too. They run at the same time, and their results are kept until they are asked for.
        """
        if not cell.scenario.timed and not self._hold:
            return self._run_warm(cell)
        if cell.id not in self._timed:
            wanted = [*neighbours] if any(one.id == cell.id for one in neighbours) else [cell, *neighbours]
            if self._pool is None:
                self._pool = ThreadPoolExecutor(TIMED_GROUP_SIZE, thread_name_prefix="timed")
            # All services start before the first case begins: starting costs processor time that would
            # disturb cases which are about time.
            started = {one.id: self._pool.submit(self._start_alone, one) for one in wanted}
            wait(started.values())
            for one in wanted:
                self._timed.setdefault(one.id, self._pool.submit(self._run_alone, one, started[one.id]))
        return self._timed[cell.id].result()

    def _run_warm(self, cell: Cell) -> CellResult:
        key = (cell.style, cell.config_key)
        try:
            if key not in self._warm:
                while len(self._warm) >= WARM_SESSIONS:
                    self._warm.popitem(last=False)[1].close()
                self._warm[key] = Session(self.environment, cell.style, cell.variant.config)
            self._warm.move_to_end(key)
            result = run_cell(cell, self._warm[key])
            if result.verdict == ERROR:
                # Nobody knows in which state it is: the next cell gets a new one.
                self._warm.pop(key).close()
            return result
        except HarnessError as problem:
            return self._error(cell, problem)

    def _start_alone(self, cell: Cell) -> Session:
        session = Session(self.environment, cell.style, cell.variant.config)
        try:
            if cell.scenario.start == "automatic":
                session.start_service()
        except BaseException:
            session.close()
            raise
        return session

    def _run_alone(self, cell: Cell, started: Future[Session]) -> CellResult:
        try:
            session = started.result()
            held = False
            try:
                result = run_cell(cell, session, tidy=not self._hold)
                held = self._hold and result.verdict != PASSED
                return result
            finally:
                if held:
                    self._held.append(session)
                else:
                    session.close()
        except HarnessError as problem:
            return self._error(cell, problem)

    def _error(self, cell: Cell, problem: HarnessError) -> CellResult:
        result = blank_result(cell, self.environment.options.target)
        result.verdict, result.reason = ERROR, f"{type(problem).__name__}: {problem}"
        return result

    def close(self) -> None:
        """End everything that was started."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        try:
            while self._warm or self._held:
                (self._held.pop() if self._held else self._warm.popitem()[1]).close()
        finally:
            self.environment.target.close()

    def __enter__(self) -> Sessions:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
