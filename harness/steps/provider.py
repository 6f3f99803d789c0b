"""Steps that let the identity provider misbehave, and that look at what was asked of it."""

from __future__ import annotations

from typing import Annotated

from harness.base.errors import HarnessError
from harness.base.verdicts import Deviation, judging
from harness.cell.cell_run import CellRun
from harness.grammar.kinds import gives, uses
from harness.grammar.mock_words import Endpoint, Fault
from harness.grammar.tables import Certificate, Count, Duration, Style, Times
from harness.shown.foreign_text import foreign
from harness.steps.jwk_values import filled
from harness.steps.registry import step

Mark = Annotated[str, uses("mark")]


@step(takes="fault", needs=("jwks",))
def fault(run: CellRun, **settings: Fault) -> None:
    """The provider misbehaves at an endpoint (`jwks`, `discovery`, `token`, ...) until it is told to stop, or `times`
    times.
    """
    run.session.issuer.fault(**filled(run, settings))


@step()
def clear_faults(run: CellRun) -> None:
    """Ends all faults."""
    run.session.issuer.clear_faults()


@step()
def release_faults(run: CellRun) -> None:
    """Lets the answers that a fault holds go on."""
    run.session.issuer.release_faults()


@step()
def make_issuer(run: CellRun, name: Annotated[str, gives("make-issuer")], style: Style | None = None) -> None:
    """Another issuer at the same provider, such as another realm or tenant, with keys of its own; `issuer = NAME` mints
    its tokens, `{issuer.NAME}` is its `iss`.
    """
    run.session.make_issuer(name, style)
    run.refresh_words()


@step(config="tls", needs=("jwks",))
def present_certificate(run: CellRun, kind: Certificate) -> None:
    """The certificate that the provider shows from now on: `trusted`, `self-signed`, `wrong-host`, `expired`,
    `unknown-ca`, or `tls-1.0` (a good one over an old protocol); connections that are open are closed.
    """
    if run.session.tls is None:
        raise HarnessError("present-certificate needs config.tls = true")
    run.session.tls.present(kind)


@step(counts=True, needs=("jwks",))
def wait_for_fetch(run: CellRun, on: Endpoint, count: Times = 1, within: Duration | None = None) -> None:
    """Waits until the service has asked the provider that often since the last mark, 10 s at most unless `within` says
    something else.
    """
    seconds = run.duration(within or {"seconds": 10})
    seen = run.session.issuer.wait_for_requests(on, count, run.fetches.last_mark, seconds)
    if seen is None:
        came = len(run.session.issuer.requests(since=run.fetches.last_mark, endpoint=on))
        raise Deviation(f"{count} request(s) for the {on} within {seconds:g} s", f"{came}")


@step()
def mark(run: CellRun, name: Annotated[str, gives("mark")]) -> None:
    """Remembers this moment; `start` is the beginning of the case."""
    run.script.show_fetches("jwks")
    run.fetches.mark(name)


@step(counts=True, needs=("jwks",))
def expect_fetches(
    run: CellRun,
    on: Endpoint = "jwks",
    since: Mark = "start",
    at_most: Count | None = None,
    at_least: Count | None = None,
    timer: bool = True,
    cooldown: bool = False,
    sets_up: bool = False,
) -> None:
    """Counts what the service fetched since a mark; with `timer` the refreshes that its interval allows are added."""
    run.script.show_fetches(on)
    with judging(sets_up):
        run.fetches.judge(on, since, at_most, at_least, timer, cooldown)


@step(counts=True, needs=("jwks",))
def expect_requests(
    run: CellRun,
    on: Endpoint = "jwks",
    since: Mark = "start",
    method: str | None = None,
    without_headers: list[str] | None = None,
    lacks: list[str] | None = None,
) -> None:
    """Looks at what the service asked the provider: its method, headers that must not be there, texts that must not be
    in it.
    """
    for entry in run.fetches.requests(since, on):
        asked = f"{foreign(entry['method'])} {foreign(entry['path'])}"
        if method is not None and entry["method"] != method:
            raise Deviation(f"{method} for the {on}", asked)
        sent = {*entry["headers"], *entry.get("credentials", ())}
        for name in without_headers or ():
            if name.lower() in sent:
                raise Deviation(f"no header {name} in the request for the {on}", f"{asked} with it")
    # The log doesn't show everything, but can be asked for it.
    for text in run.fill(lacks or []):
        for entry in run.fetches.requests(since, on, text) if text else ():
            asked = f"{foreign(entry['method'])} {foreign(entry['path'])}"
            raise Deviation(f"no {text[:20]!r} in the request for the {on}", f"{asked} with it")
