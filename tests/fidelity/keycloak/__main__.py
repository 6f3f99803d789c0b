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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from harness.base.errors import HarnessError

from .areas import Area, all_areas
from .differences import PAGE, Difference, Reason, reasons
from .distribution import PINNED, distribution
from .recorded import Asked, load, save
from .run import Compared, ask_mock, ask_real, mock
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
    parser.add_argument(
        "--save", type=Path, metavar="FILE", help="keep what the real one answers, beside what is kept there"
    )
    parser.add_argument("--from", type=Path, metavar="FILE", dest="kept", help="answers that were kept, and no server")
    parser.add_argument("--explained", action="store_true", help="show the explained differences, too")
    return parser


def _compare(given: argparse.Namespace, areas: Sequence[Area]) -> Compared:
    compared, started, kept = Compared(), time.monotonic(), load(given.kept) if given.kept else {}
    asked: dict[str, Asked] = load(given.save) if given.save and given.save.exists() else {}
    with ExitStack() as undo:
        server = None if given.kept else undo.enter_context(_server(given))
        made = undo.enter_context(mock())
        for area in areas:
            if server is None and area.name not in kept:
                raise ValueError(f"{given.kept} has no answers to the area {area.name}")
            before = compared.pairs
            try:
                real = asked[area.name] = kept[area.name] if server is None else ask_real(area, server)
                if given.save:
                    save(given.save, asked)
                compared.add(real, ask_mock(area, made, real))
            except HarnessError as error:
                compared.failed.append(f"{area.name} could not be asked: {error}")
                _say(compared.failed[-1])
            _say(f"{area.name}: {compared.pairs - before} pairs, {time.monotonic() - started:.0f} s")
    compared.of_all()
    return compared


@contextmanager
def _server(given: argparse.Namespace) -> Iterator[Server]:
    if given.at:
        yield Server(given.at.rstrip("/"), "admin", os.environ.get(_PASSWORD, ""))
        return
    with running(distribution(given.version, given.archive, _say), given.start_seconds, _say) as server:
        yield server


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
    stale = [pattern for reason in explained for pattern in reason.unmet()] if whole and not compared.failed else []
    for pattern in stale:
        print(f"OUT OF DATE {pattern}: nothing differs there")
    for failure in compared.failed:
        print(f"NOT ASKED {failure}")
    print(f"{compared.pairs} pairs, {sum(met.values())} explained differences, {len(left)} unexplained")
    if compared.failed:
        return 3
    return 1 if left or stale else 0


if __name__ == "__main__":
    sys.exit(main())
