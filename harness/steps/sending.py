"""Steps that send requests and judge the answers."""

from __future__ import annotations

from typing import Any

from harness.cell_run import CellRun, Sent
from harness.model import Table


def send(run: CellRun, **args: Any) -> None:
    """Send a request, or several, and judge every answer."""
    run.judge_all(run.send_all(args), args)


def send_until(run: CellRun, within: Table, **args: Any) -> None:
    """Send a request again and again until its answer is as expected; a deviation when the deadline passes."""
    run.until(lambda: run.send_all(args), args, run.profile.duration(within))


def send_in_background(run: CellRun, name: str, **args: Any) -> None:
    """Begin to send; `join` waits for the answers and judges them."""

    def work() -> list[Sent]:
        with run.new_connection() as connection:
            return run.send_all(args, connection)

    run.background.start(name, work, lambda sent: run.judge_all(sent, args))


def join(run: CellRun, name: str) -> None:
    """Wait for what was sent in the background and judge its answers."""
    run.background.join(name)


def start_traffic(run: CellRun, name: str, rate: float, **args: Any) -> None:
    """Send at a steady rate (requests per second) until `stop-traffic`."""
    connection = run.new_connection()
    run.background.start_traffic(
        name, rate, lambda: run.send_all(args, connection), lambda sent: run.judge_all(sent, args), connection.close
    )


def stop_traffic(run: CellRun, name: str, at_least: int = 1) -> None:
    """End the traffic; every answer must have been as expected, and there must have been some."""
    run.background.stop_traffic(name, at_least)


def wait(run: CellRun, **duration: float) -> None:
    """Let time pass in the service: refresh intervals, stale windows and expiry are what the case is about."""
    seconds = run.profile.duration(duration)
    run.journal.pause(seconds)
    run.session.environment.pause(seconds)
