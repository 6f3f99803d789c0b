"""Judging an app that is called in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from idp_harness.judgement import Judgement

if TYPE_CHECKING:
    from harness.base.verdicts import CellResult
    from harness.cell.environment import Options
    from harness.idp.mock_issuer import MockIssuer
    from harness.matrix.target_runs import TargetRuns
    from harness.scenario.plan import PlannedCell


def judge(
    app: Callable[..., Any] | str,
    *,
    profile: str | os.PathLike[str],
    select: str | Sequence[str] = (),
    style: str | Sequence[str] = (),
    issuer: MockIssuer | None = None,
    scenarios: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    one_at_a_time: bool = False,
    host: str = "testserver",
    fast: bool = False,
    strict: bool = False,
) -> Judgement:
    """Call a WSGI or ASGI app in this process with good and bad tokens, and say what it did with them.

    `app` is a function that makes an app. Its parameters say what the app has to be told, in the words of the target
    `process`: `issuer`, `jwks_url`, `audience`, `allowed_algorithms`, `refresh_seconds`, `api_keys` ... It is called
    for each configuration that the cells ask for, from threads of the harness, and several apps are there at once,
    unless `one_at_a_time` says that they share settings of the process. Or `app` is one that is there and trusts
    `issuer`, that of the fixture of this name: then no other configuration is tried. Or it is `module:name` of either.

    `profile` declares what the app promises: a TOML file, or the name of a bundled profile. `select` are the beginnings
    of the scenarios' ids, all of them unless some are named; `style` the vendors' styles, likewise, or that of the
    issuer. `scenarios` are folders of your own ones. With `fast` only cases that wait for nothing are run; with
    `strict` a broken `should` counts. `host` is the name that the app is called by.

    Raises `HarnessError` for a wrong argument or file.
    """
    from harness.cell.environment import Options
    from harness.matrix.planned_cells import planned_cells
    from harness.matrix.target_runs import TargetRuns

    started = time.perf_counter()
    styles = _texts(style) or ((issuer.style,) if issuer is not None else ())
    options = Options(
        target="app",
        profile=os.fspath(profile),
        target_options=(("app", app), ("one_at_a_time", one_at_a_time), ("host", host)),
        scenario_directories=tuple(_texts(scenarios)),
        idp_url=issuer.idp_url if issuer is not None else None,
        issuer=issuer.id if issuer is not None else None,
        strict=strict,
    )
    planned = planned_cells(options, _texts(select), styles, fast=fast)
    runs = TargetRuns()
    try:
        results = _results(options, planned, runs)
    finally:
        runs.close()
    return Judgement(results, time.perf_counter() - started, strict)


def _results(options: Options, planned: Sequence[PlannedCell], runs: TargetRuns) -> list[CellResult]:
    from harness.declared.expected import apply
    from harness.matrix.cell_runner import blank_result

    run = runs.of(options)
    run.sessions.begin(one.cell for one in planned if not one.verdict)
    results = []
    for one in planned:
        if one.verdict:
            result = blank_result(one.cell, options.target)
            result.verdict, result.reason = one.verdict, one.reason
        else:
            result = apply(run.sessions.run(one.cell), one.cell, run.findings)
        results.append(result)
    return results


def _texts(given: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> tuple[str, ...]:
    many = [given] if isinstance(given, str | os.PathLike) else given
    return tuple(os.fspath(one) for one in many)
