"""`python -m tests.fuzz --seconds 600`: as many odd requests as the time allows.

Exit status: 0 nothing was found, 1 something was, 2 wrong usage, 3 it could not run.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time

from .campaign import SERVERS, Report, campaigns

_MEGABYTE = 1 << 20
# What a log, a store of codes and an interpreter may still grow after the warm-up.
_ALLOWED = 48 * _MEGABYTE


def main(arguments: list[str] | None = None) -> int:
    """Fuzz, and say what came out."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Odd requests to every vendor of the mock."
    )
    parser.add_argument("--seconds", type=float, default=600, help="for how long (600)")
    parser.add_argument("--requests", type=int, default=10**9, help="stop after so many")
    parser.add_argument("--seed", type=int, help="the same inputs again; a random one is chosen and said")
    parser.add_argument("--servers", type=int, default=os.cpu_count() or 1, help="how many servers and clients at once")
    parser.add_argument("--server", choices=[*SERVERS, "both"], default="own", help="of which kind they are (own)")
    given = parser.parse_args(arguments)
    if given.seconds <= 0 or given.requests < 1 or given.servers < 1:
        parser.error("--seconds, --requests and --servers are more than 0")
    seed = random.SystemRandom().randrange(1 << 32) if given.seed is None else given.seed
    print(f"seed {seed}, {given.servers} servers", flush=True)
    total, started = Report(), time.monotonic()
    grown = []
    try:
        kinds = [given.server] if given.server in SERVERS else list(SERVERS)
        servers = [kinds[number % len(kinds)] for number in range(given.servers)]
        for report in campaigns(servers, seed, given.seconds, given.requests):
            total.add(report)
            if report.memory_before:
                grown.append(report.memory_after - report.memory_before)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 3
    except Exception as error:
        print(f"could not run: {type(error).__name__}: {error}", file=sys.stderr)
        return 3
    _show(total, time.monotonic() - started)
    too_much = [each for each in grown if each > _ALLOWED]
    if too_much:
        print(f"FOUND: memory grew by {max(too_much) / _MEGABYTE:.0f} MB after the warm-up")
    return 1 if total.findings or too_much else 0


def _show(report: Report, seconds: float) -> None:
    print(f"{report.tried} inputs in {seconds:.0f} s")
    print("answers: " + ", ".join(f"{status} {count}" for status, count in sorted(report.statuses.items())))
    before, midway, after = (
        size / _MEGABYTE for size in (report.memory_before, report.memory_midway, report.memory_after)
    )
    print(
        f"memory of the servers: {before:.0f} MB after the warm-up, {midway:.0f} MB midway, {after:.0f} MB at the end"
    )
    for wrong, shown in report.findings.items():
        print(f"FOUND: {wrong}\n{shown}\n")


if __name__ == "__main__":
    sys.exit(main())
