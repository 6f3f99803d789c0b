"""All findings about one configuration file."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harness.lint import rules
from harness.lint.config_file import ConfigFile
from harness.lint.finding import RULES, SEVERITIES, Finding
from harness.lint.reading import SERVICES, Reading

__all__ = ["RULES", "judge", "readings", "rules"]  # To import `rules` registers them.


def readings(file: ConfigFile, service: str | None, *, is_part: bool = False) -> list[Reading]:
    """The file as each service reads it that it is for: the one asked for, or those that have a table of their own.

    A file with neither is the worker's when its name says so, else orchestration's, of which the documents speak.
    """
    if service is not None:
        return [Reading(file, service, is_part=is_part)]
    own = [one for one in SERVICES if isinstance(file.data.get(one), dict)]
    # A table for authentication alone is astray in the file of the other service.
    whole = [one for one in own if file.data[one].keys() - {"web"}]
    chosen = whole or own or ["worker" if "worker" in file.file.name.lower() else "orchestration"]
    return [Reading(file, one, is_part=is_part) for one in chosen]


def judge(read: Sequence[Reading], ignored: Collection[str] = ()) -> list[Finding]:
    """The findings, the worst first; what two services have in common stands there once."""
    found: dict[tuple[str, int, str, str], Finding] = {}
    for reading in read:
        for rule in RULES.values():
            if rule.id not in ignored:
                for one in rule.findings(reading):
                    found.setdefault((one.rule, one.line, one.place, one.message), one)
    return sorted(found.values(), key=lambda one: (SEVERITIES.index(one.severity), one.line))
