"""Steps that let the identity provider misbehave, and that look at what was asked of it."""

from __future__ import annotations

from typing import Any

from harness.cell_run import CellRun
from harness.errors import HarnessError
from harness.foreign_text import foreign
from harness.model import Table
from harness.steps.jwk_values import filled
from harness.verdicts import Deviation


def fault(run: CellRun, **settings: Any) -> None:
    """Let the identity provider misbehave until it is told to stop, or `times` times."""
    run.session.issuer.fault(**filled(run, settings))


def clear_faults(run: CellRun) -> None:
    run.session.issuer.clear_faults()


def release_faults(run: CellRun) -> None:
    """Let the answers that a fault holds go on."""
    run.session.issuer.release_faults()


def make_issuer(run: CellRun, name: str, style: str | None = None) -> None:
    """Another issuer at the same identity provider, such as another realm or tenant; it has keys of its own."""
    run.session.make_issuer(name, style)
    run.refresh_words()


def present_certificate(run: CellRun, kind: str) -> None:
    """From now on the provider's TLS end shows this certificate; connections that are open are closed."""
    if run.session.tls is None:
        raise HarnessError("present-certificate needs config.tls = true")
    run.session.tls.present(kind)


def wait_for_fetch(run: CellRun, on: str, count: int = 1, within: Table | None = None) -> None:
    """Wait until the service has asked the identity provider `count` times since the last mark."""
    seconds = run.profile.duration(within or {"seconds": 10})
    seen = run.session.issuer.wait_for_requests(on, count, run.fetches.last_mark, seconds)
    if seen is None:
        came = len(run.session.issuer.requests(since=run.fetches.last_mark, endpoint=on))
        raise Deviation(f"{count} request(s) for the {on} within {seconds:g} s", f"{came}")


def mark(run: CellRun, name: str) -> None:
    """Remember this moment for `expect-fetches`."""
    run.show_fetches("jwks")
    run.fetches.mark(name)


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
    run.show_fetches(on)
    run.fetches.judge(on, since, at_most, at_least, timer, cooldown)


def expect_requests(
    run: CellRun,
    on: str = "jwks",
    since: str = "start",
    method: str | None = None,
    without_headers: list[str] | None = None,
    lacks: list[str] | None = None,
) -> None:
    """Look at what the service asked the provider: its method, its headers, and texts that must not be in it."""
    for entry in run.fetches.requests(since, on):
        asked = f"{foreign(entry['method'])} {foreign(entry['path'])}"
        if method is not None and entry["method"] != method:
            raise Deviation(f"{method} for the {on}", asked)
        sent = {*entry["headers"], *entry.get("credentials", ())}
        for name in without_headers or ():
            if name.lower() in sent:
                raise Deviation(f"no header {name} in the request for the {on}", f"{asked} with it")
        said = f"{entry['path']}?{entry['query']} {entry['headers']}"
        for text in run.fill(lacks or []):
            if text and text in said:
                raise Deviation(f"no {text[:20]!r} in the request for the {on}", f"{asked} with it")
