"""How far a card is: a bar on a terminal, a line for each experiment elsewhere."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from harness.measure.experiment import Experiment


class MeasureProgress:
    """Follows `total` experiments on `target`; a context manager, so that the bar goes away in any case."""

    def __init__(self, console: Console, total: int, target: str) -> None:
        self._console, self._total, self._count, self._began = console, total, 0, time.monotonic()
        self._progress = Progress(
            TextColumn(f"measuring {target}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("measuring", total=total, note="")

    def done(self, experiment: Experiment) -> None:
        """An experiment has ended."""
        self._count += 1
        names = ", ".join(experiment.quantities)
        self._progress.update(self._task, advance=1, note=names)
        if not self._console.is_terminal:
            seconds = time.monotonic() - self._began
            self._console.print(
                f"{self._count}/{self._total} {seconds:5.1f} s  {names}", highlight=False, soft_wrap=True
            )

    def __enter__(self) -> MeasureProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
