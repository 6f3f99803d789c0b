"""`python -m bench.starved`: does a machine without a free processor turn a verdict to `failed`? It must not.

Runs `idp-harness run` with a low priority beside processes that only compute, and shows the verdicts. Ends with 1 when
a cell failed, else with 0: a cell that could not be judged there may be `inconclusive` or `error`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from harness.grammar.vocabulary import STYLES
from harness.targets import TARGETS

_LONGEST_SECONDS = 3600
# It computes until its parent is gone, or the longest run would be over.
_COMPUTE = f"""
import os, time
parent, end = os.getppid(), time.monotonic() + {_LONGEST_SECONDS}
while os.getppid() == parent and time.monotonic() < end:
    sum(range(100000))
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("select", nargs=-1, metavar="[ID-PREFIX]...")
@click.option("--target", type=click.Choice(sorted(TARGETS)), default="reference", show_default=True)
@click.option("--style", "styles", multiple=True, type=click.Choice(STYLES), default=("auth0",), show_default=True)
@click.option("--load", type=click.IntRange(0, 200), default=40, show_default=True, help="Processes that only compute.")
@click.option("--nice", type=click.IntRange(0, 19), default=10, show_default=True, help="How much the run gives way.")
@click.option("-n", "processes", type=click.IntRange(0), default=2, show_default=True, help="Processes of the run.")
def main(select: tuple[str, ...], target: str, styles: tuple[str, ...], load: int, nice: int, processes: int) -> None:
    """Judge TARGET on a starved machine and list the cells that failed.

    \b
    Example:
      python -m bench.starved rotation time --target tasker-worker
    """
    arguments = [*select, "--target", target, "-n", str(processes)]
    for style in styles:
        arguments += ["--style", style]
    with computing(load):
        status, cells = judge(arguments, nice)
    counts = Counter(cell["verdict"] for cell in cells)
    words = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    click.echo(f"load {load}, nice {nice}: {len(cells)} cells, {words}; exit status {status}")
    failed = [cell for cell in cells if cell["verdict"] in ("failed", "stale")]
    for cell in failed:
        click.echo(f"{cell['verdict']} {cell['id']}: expected {cell['expected']}; got {cell['actual']}{cell['reason']}")
    sys.exit(bool(failed) or not cells)


@contextmanager
def computing(load: int) -> Iterator[None]:
    """So many processes that only compute, for the length of the block."""
    with ExitStack() as stack:
        for _ in range(load):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", _COMPUTE]))
            stack.callback(process.kill)
        yield


def judge(arguments: list[str], nice: int) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the record of `idp-harness run` with these arguments, at a lower priority."""
    with tempfile.TemporaryDirectory(prefix="idp-harness-bench-") as folder:
        command = [sys.executable, "-c", "from harness.cli import main; main()", "run", *arguments]
        done = subprocess.run(["nice", "-n", str(nice), *command, "--report-dir", folder], stdout=sys.stderr)
        record = Path(folder) / "results.jsonl"
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    return done.returncode, [json.loads(line) for line in lines]


if __name__ == "__main__":
    main()
