"""Steps that send requests and judge the answers."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict, Unpack

from harness.base.verdicts import Deviation, SetUpFailed
from harness.cell.cell_run import CellRun
from harness.cell.sent import Sent
from harness.grammar.kinds import gives, uses
from harness.grammar.mock_words import Token
from harness.grammar.tables import (
    AboveZero,
    Answer,
    Count,
    Duration,
    DurationTable,
    Expect,
    Fetches,
    OtherIssuer,
    Policy,
    Request,
    Resend,
    Times,
)
from harness.steps.registry import itself, step


class PlainTable(TypedDict, total=False):
    """A request, and what is expected of its answer."""

    token: Token
    request: Request
    expect: Expect


class SendTable(PlainTable, total=False):
    """The arguments of `send`."""

    policy: Policy
    repeat: Times
    concurrent: Times
    unique_kid: bool
    keep: Annotated[str, gives("keep")]
    resend: Resend
    connection: Literal["same"]
    answer_within: Duration
    fetches: Fetches
    answer: Answer
    remember: Annotated[str, gives("remember")]
    issuer: OtherIssuer
    sets_up: bool


@step(sends=itself)
def send(run: CellRun, **args: Unpack[SendTable]) -> None:
    """Sends and judges every answer."""
    run.judge_all(run.send_all(args), args)


@step(sends=itself)
def send_until(
    run: CellRun, within: Duration, unread: Literal["allowed"] | None = None, **args: Unpack[SendTable]
) -> None:
    """Sends again until the answer is as expected; fails when the deadline passes. With `unread = "allowed"` the case
    goes on then, if the service has fetched the key set since `take-up-keys`: it refuses the set as a whole, and from
    then on may say that it has no keys where `reject` is expected, as with `unavailable`.
    """
    try:
        run.until(lambda: run.send_all(args), args, run.duration(within))
    except (Deviation, SetUpFailed):
        if unread != "allowed" or not run.has_fetched_keys():
            raise
        run.unread, run.keyless = True, run.starts_for_keys


@step(sends=itself)
def send_in_background(
    run: CellRun, name: Annotated[str, gives("send-in-background", until="join")], **args: Unpack[SendTable]
) -> None:
    """Sends while the next steps run, on a connection of its own."""

    def work() -> list[Sent]:
        with run.new_connection() as connection:
            return run.send_all(args, connection)

    run.background.start(name, work, lambda sent: run.judge_all(sent, args))


@step()
def join(run: CellRun, name: Annotated[str, uses("send-in-background")]) -> None:
    """Waits for what was sent in the background and judges it."""
    run.background.join(name)


@step(sends=itself)
def start_traffic(
    run: CellRun,
    name: Annotated[str, gives("start-traffic", until="stop-traffic")],
    rate: AboveZero,
    **args: Unpack[PlainTable],
) -> None:
    """Sends at a steady rate (requests per second), each time with a fresh token."""
    connection = run.new_connection()
    run.background.start_traffic(
        name, rate, lambda: run.send_all(args, connection), lambda sent: run.judge_all(sent, args), connection.close
    )


@step()
def stop_traffic(run: CellRun, name: Annotated[str, uses("start-traffic")], at_least: Count = 1) -> None:
    """Ends the traffic and judges every answer; there must have been that many."""
    run.background.stop_traffic(name, at_least)


@step(waits=True)
def wait(run: CellRun, **duration: Unpack[DurationTable]) -> None:
    """Lets that time pass."""
    # Refresh intervals, stale windows and expiry are what the case is about.
    pause(run, run.duration(duration))


def pause(run: CellRun, seconds: float) -> None:
    """Let so many seconds pass, in the case and in the script that repeats it."""
    run.script.steps.pause(seconds)
    run.session.environment.pause(seconds)
