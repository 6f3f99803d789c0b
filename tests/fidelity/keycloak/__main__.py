"""`python -m tests.fidelity.keycloak`: a real Keycloak and the mock are asked the same, and what differs is printed.

Exit status: 0 every difference is explained on the page, 1 one isn't or an explanation is out of date, 2 wrong usage,
3 it could not run.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from harness.base.errors import HarnessError

from .areas import Area, all_areas
from .differences import PAGE, Difference, Reason, reasons
from .distribution import PINNED, distribution
from .run import Compared, ask_both, mock
from .server import START_SECONDS, Server, running

_PASSWORD = "KEYCLOAK_ADMIN_PASSWORD"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and say what came out."""
    given = _parser().parse_args(arguments)
    areas = [one for one in all_areas() if one.name in (given.only or [area.name for area in all_areas()])]
    try:
        explained = reasons(PAGE.read_text(encoding="utf-8"))
        compared = _compare(given, areas)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 3
    except (HarnessError, OSError, ValueError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 3
    return report(compared, explained, whole=not given.only, with_explained=given.explained)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fidelity.keycloak", description="A real Keycloak beside the mock: what differs?"
    )
    parser.add_argument("--version", default=PINNED, help=f"the Keycloak to fetch ({PINNED})")
    parser.add_argument("--archive", type=Path, help="its tar.gz, where it lies here already")
    parser.add_argument("--at", metavar="URL", help=f"one that runs already; {_PASSWORD} has the password of `admin`")
    parser.add_argument("--start-seconds", type=float, default=START_SECONDS, help="how long its start may take")
    names = [area.name for area in all_areas()]
    parser.add_argument("--only", action="append", metavar="AREA", choices=names, help=", ".join(names))
    parser.add_argument("--explained", action="store_true", help="show the explained differences, too")
    return parser


def _compare(given: argparse.Namespace, areas: Sequence[Area]) -> Compared:
    compared, started = Compared(), time.monotonic()
    with ExitStack() as undo:
        if given.at:
            server = Server(given.at.rstrip("/"), "admin", os.environ.get(_PASSWORD, ""))
        else:
            server = undo.enter_context(
                running(distribution(given.version, given.archive, _say), given.start_seconds, _say)
            )
        made = undo.enter_context(mock())
        for area in areas:
            before = compared.pairs
            ask_both(area, server, made, compared)
            _say(f"{area.name}: {compared.pairs - before} pairs, {time.monotonic() - started:.0f} s")
    compared.of_all()
    return compared


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def report(compared: Compared, explained: Sequence[Reason], *, whole: bool, with_explained: bool = False) -> int:
    """Print the differences; the exit status. `whole` says that all was asked: then each explanation must be met."""
    left: list[Difference] = []
    met: Counter[str] = Counter()
    for one in compared.differences:
        reason = next((reason for reason in explained if reason.explains(one)), None)
        if reason is None:
            left.append(one)
        else:
            met[reason.why] += 1
            if with_explained:
                print(f"{one}  ({reason.why})")
    for one in left:
        print(f"UNEXPLAINED {one}")
    stale = [pattern for reason in explained for pattern in reason.unmet()] if whole else []
    for pattern in stale:
        print(f"OUT OF DATE {pattern}: nothing differs there")
    print(f"{compared.pairs} pairs, {sum(met.values())} explained differences, {len(left)} unexplained")
    return 1 if left or stale else 0


if __name__ == "__main__":
    sys.exit(main())
