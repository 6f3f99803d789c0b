"""Changes one thing at a time in modules that guard something, and looks whether their tests notice (cosmic-ray).

    python -m tests.mutation                                   all modules of guards.toml
    python -m tests.mutation mock_idp/settings.py --seconds 600

It works on a copy of the checkout. Changes that no test notices are printed as diffs; then the exit status is 1. With
`--seconds` it stops there, having tried the changes in random order, and says how many it tried.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[2]
GUARDS = Path(__file__).with_name("guards.toml")
# A change after which the tests hang is noticed, too.
SECONDS = 120.0
# Unions of types are written with a bar, and nothing runs when one changes; variables are replaced for those who name
# them.
_LEFT_OUT = ("core/ReplaceBinaryOperator_BitOr_", "core/Variable")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Which changes do tests not notice?")
    guards: dict[str, list[str]] = tomllib.loads(GUARDS.read_text(encoding="utf-8"))
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="default: all modules of guards.toml")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="for each module")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    unknown = [module for module in options.modules if module not in guards]
    if unknown:
        parser.error(f"{unknown[0]} is not in {GUARDS.relative_to(ROOT)}, which has {', '.join(guards)}")
    survivors = 0
    with tempfile.TemporaryDirectory(prefix="idp-harness-mutation-") as name:
        copy = _copied(Path(name) / "checkout")
        for module in options.modules or guards:
            survivors += _try(copy, module, guards[module], options.seconds, options.seed)
    return 1 if survivors else 0


def _copied(folder: Path) -> Path:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for file in filter(None, listed.split("\0")):
        if (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, folder / file)
    return folder


def _try(copy: Path, module: str, tests: list[str], seconds: float, seed: int) -> int:
    """Try the changes of one module; returns how many were not noticed."""
    if not _pass(copy, tests, 10 * SECONDS):
        print(f"{module}: its tests fail as they stand: {' '.join(tests)}", flush=True)
        return 1
    source = copy / module
    kept = source.read_text(encoding="utf-8")
    changes = list(_changes(copy, module))
    random.Random(seed).shuffle(changes)
    began, tried, survived = time.monotonic(), 0, 0
    for changed, diff in changes:
        if time.monotonic() - began > seconds:
            break
        source.write_text(changed, encoding="utf-8")
        tried += 1
        if _pass(copy, tests):
            survived += 1
            print(diff, flush=True)
    source.write_text(kept, encoding="utf-8")
    print(f"{module}: {tried} of {len(changes)} changes tried, {survived} not noticed", flush=True)
    return survived


def _changes(copy: Path, module: str) -> Iterator[tuple[str, str]]:
    """The text of the module after each change, and the difference: of each kind of change one for each place."""
    source = (copy / module).read_text(encoding="utf-8")
    kinds: dict[str, str] = {}
    for name in operator_names():
        kinds.setdefault(name.rpartition("_")[0] or name, name)
    for name in kinds.values():
        if name.startswith(_LEFT_OUT):
            continue
        number = 0
        while (changed := mutate_code(source, get_operator(name)(), number)) is not None:
            number += 1
            if changed != source:
                lines = difflib.unified_diff(source.splitlines(), changed.splitlines(), module, module, "", "", 0, "")
                yield changed, "\n".join(lines)


def _pass(copy: Path, tests: list[str], seconds: float = SECONDS) -> bool:
    options = ["-x", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
