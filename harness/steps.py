"""What scenarios can do: the step `publish-key` is the function `publish_key`.

Each function takes the running cell and the step's arguments; it raises `Deviation` when the service broke the
requirement and `HarnessError` when the harness could not do its part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.cell_run import CellRun, Sent
from harness.model import Table
from harness.verdicts import Deviation


def make_key(run: CellRun, name: str, **settings: Any) -> None:
    """A key that is never published."""
    run.session.add_key(name, state="hidden", **settings)


def publish_key(run: CellRun, name: str, state: str = "next", **settings: Any) -> None:
    """Add a key to the JWKS: published, and with state `current` also the one that signs."""
    if settings.get("kid") == "{kid}":
        settings["kid"] = run.session.first_kid
    run.session.add_key(name, state=state, **settings)


def set_key_state(run: CellRun, key: str, state: str) -> None:
    """Move a key to another state of its life."""
    run.session.issuer.set_key_state(run.session.kid(key), state)
    run.session.forget_plain_tokens()


def publish_only(run: CellRun, keys: list[str]) -> None:
    """Publish exactly these keys; the first of them signs. Without keys the JWKS is empty."""
    session = run.session
    wanted = [session.kid(name) for name in keys]
    for number, kid in enumerate(wanted):
        session.issuer.set_key_state(kid, "current" if number == 0 else "previous")
    for key in session.issuer.key_list():
        if key["kid"] not in wanted and key["state"] in ("next", "current", "previous"):
            session.issuer.set_key_state(key["kid"], "retired")
    session.forget_plain_tokens()


def rotate_keys(run: CellRun) -> None:
    """One rotation as the style's vendor does it."""
    answer = run.session.issuer.rotate()
    run.session.kids[f"rotation-{len(run.session.kids)}"] = answer["signing"]
    run.session.forget_plain_tokens()


def edit_jwks(
    run: CellRun, before: list[Any] | None = None, after: list[Any] | None = None, edit: Table | None = None
) -> None:
    """Serve raw entries around the key set, or change members of its keys."""
    session = run.session
    edit = {session.kids.get(name, name): change for name, change in (edit or {}).items()}
    session.issuer.edit_jwks({"before": _raw_jwks(run, before), "after": _raw_jwks(run, after), "edit": run.fill(edit)})


def _raw_jwks(run: CellRun, entries: list[Any] | None) -> list[Any]:
    made = []
    for entry in entries or []:
        if isinstance(entry, Mapping) and "$jwk" in entry:
            kid = run.session.kid(entry["$jwk"])
            jwk = next(key["jwk"] for key in run.session.issuer.key_list() if key["kid"] == kid)
            entry = {**jwk, **{name: value for name, value in entry.items() if name != "$jwk"}}
        elif isinstance(entry, Mapping) and "$json" in entry:
            entry = entry["$json"]
        made.append(run.fill(entry))
    return made


def fault(run: CellRun, **settings: Any) -> None:
    """Let the identity provider misbehave until it is told to stop, or `times` times."""
    run.session.issuer.fault(**run.fill(settings))


def clear_faults(run: CellRun) -> None:
    run.session.issuer.clear_faults()


def release_faults(run: CellRun) -> None:
    """Let the answers that a fault holds go on."""
    run.session.issuer.release_faults()


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
    run.session.environment.pause(run.profile.duration(duration))


def wait_for_fetch(run: CellRun, on: str, count: int = 1, within: Table | None = None) -> None:
    """Wait until the service has asked the identity provider `count` times since the last mark."""
    seconds = run.profile.duration(within or {"seconds": 10})
    seen = run.session.issuer.wait_for_requests(on, count, run.last_mark, seconds)
    if seen is None:
        came = len(run.session.issuer.requests(since=run.last_mark, endpoint=on))
        raise Deviation(f"{count} request(s) for the {on} within {seconds:g} s", f"{came}")


def mark(run: CellRun, name: str) -> None:
    """Remember this moment for `expect-fetches`."""
    run.mark(name)


def expect_fetches(
    run: CellRun,
    on: str = "jwks",
    since: str = "start",
    at_most: int | None = None,
    at_least: int | None = None,
    timer: bool = True,
    cooldown: bool = False,
) -> None:
    """Count what the service fetched since a mark; with `timer` the refreshes that its interval allows are added."""
    run.count_fetches(on, since, at_most, at_least, timer, cooldown)


def start_service(run: CellRun) -> None:
    run.session.start_service()


def stop_service(run: CellRun) -> None:
    run.session.stop_service()


def restart_service(run: CellRun) -> None:
    run.session.stop_service()
    run.session.start_service()


def send_to_routes(run: CellRun, routes: Any, permissions: Any, expect: str) -> None:
    """Ask every route of a set, each with a token that has its own permission, all others, or the given ones."""
    run.send_to_routes(routes, permissions, expect)


def create_resource(run: CellRun) -> None:
    """Make a resource; `{created}` is its id from then on."""
    run.create_resource()


def remember_resources(run: CellRun) -> None:
    """Count the service's resources, to compare with later."""
    run.resources = run.count_resources()


def expect_same_resources(run: CellRun) -> None:
    """The number of resources must be what it was."""
    count = run.count_resources()
    if count != run.resources:
        raise Deviation(f"still {run.resources} resources", f"{count}: a refused write had an effect")


def step_function(name: str) -> Callable[..., None]:
    """The function of a step; the loader has checked that it exists."""
    function: Callable[..., None] = globals()[name.replace("-", "_")]
    return function
