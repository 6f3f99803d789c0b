"""Another version of an example's library beside the pinned one, and what the service does otherwise with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from examples.tool.example import Example
from examples.tool.judging import build_folder, compare, judge, measure
from examples.tool.preparing import prepared
from harness.base.errors import HarnessError, UsageError

# What brings one package to another version after `prepare`, by the example's language.
_INSTALLS: Final = {
    "Python": ".venv/bin/python -m pip install -q --disable-pip-version-check {name}=={version}",
    "JavaScript": "npm install --silent --no-save --no-audit --no-fund {name}@{version}",
}


def with_version(example: Example, package: str) -> Example:
    """The example with PACKAGE==VERSION in place of what it pins.

    Raises `UsageError` where that can't be installed so.
    """
    name, _, version = package.partition("==")
    if not (name and version) or package.split() != [package] or package.startswith("-"):
        raise UsageError(f"which version? Say it as PACKAGE==VERSION, such as pyjwt==2.13.0, not {package!r}")
    if example.language not in _INSTALLS:
        raise UsageError(
            f"{example.name} is in {example.language}: only {' and '.join(_INSTALLS)} take another version"
        )
    line = _INSTALLS[example.language].format(name=name, version=version)
    return replace(example, prepare=(*example.prepare, line))


def compare_versions(
    example: Example,
    package: str,
    *,
    scenarios: Sequence[str],
    rows: Sequence[str],
    processes: str,
    say: Callable[[str], None],
) -> int:
    """Judge and measure the example with the other version and as it is, and compare; 1 when something differs.

    Raises `HarnessError` where one of them could not be judged or measured.
    """
    build = build_folder(example) / "versions"
    pinned = f"{example.library}-{example.version}".replace("/", "-").replace(" ", "-")
    services = {package.replace("/", "-"): with_version(example, package), pinned: example}
    for name, service in services.items():
        say(f"-- {name}")
        folder = prepared(service, say)
        if scenarios and judge(service, folder, build / name, scenarios=scenarios, more=["-n", processes]) > 1:
            raise HarnessError(f"{name} could not be judged")
        if rows and measure(service, folder, build / name, rows=rows, card=build / name / "card.json") > 1:
            raise HarnessError(f"{name} could not be measured")
    before, after = (build / name for name in services)
    statuses = [compare(before / "report", after / "report")] if scenarios else []
    statuses += [compare(before / "card.json", after / "card.json")] if rows else []
    return max(statuses)
