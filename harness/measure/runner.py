"""Runs experiments side by side and makes the card of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

from harness.base.errors import HarnessError, UsageError
from harness.base.verdicts import Inconclusive
from harness.base.waiting import as_they_end
from harness.cell.environment import Environment
from harness.declared.quantities import QUANTITIES
from harness.grammar.toml_source import nearest
from harness.measure.experiment import Experiment
from harness.measure.finding import Finding, Findings, unmeasured
from harness.measure.lab import STARTS_AT_ONCE, Lab
from harness.measure.reading import Reading, make_reading
from harness.measure.registry import EXPERIMENTS
from harness.shown.redaction import Secrets

# Most of them wait; those that don't share the processor's cores.
_TIMED_AT_ONCE = 12
_OTHERS_AT_ONCE = 4

Progress = Callable[[Experiment], None]


def select_experiments(names: Iterable[str]) -> list[Experiment]:
    """The experiments that find the rows `names` out, all without any. Raises `UsageError` for an unknown row."""
    wanted = set(names)
    for name in sorted(wanted):
        if name not in QUANTITIES:
            raise UsageError(f"the behaviour card has no row {name!r}{nearest(name, QUANTITIES)}")
    return [one for one in EXPERIMENTS if not wanted or wanted.intersection(one.quantities)]


def measure(
    environment: Environment,
    style: str,
    experiments: Sequence[Experiment],
    rows: Iterable[str] = (),
    progress: Progress = lambda _: None,
    *,
    most_at_once: int | None = None,
    make_lab: Callable[[Environment, str, float, Semaphore], Lab] = Lab,
) -> list[Reading]:
    """Run the experiments; the readings of the named `rows` (all without any), in the order of the card.

    As many run side by side as is good for their kind, at most `most_at_once`. `progress` hears of each experiment that
    has ended. What one experiment can't do becomes the reason in its rows. `make_lab` makes the lab of each.
    """
    findings: dict[str, tuple[Finding, bool, Secrets]] = {}
    starts = Semaphore(STARTS_AT_ONCE)
    for timed, at_once in ((True, _TIMED_AT_ONCE), (False, _OTHERS_AT_ONCE)):
        batch = [one for one in experiments if one.timed is timed]
        at_once = 1 if environment.options.issuer else min(at_once, most_at_once or at_once)
        with ThreadPoolExecutor(at_once, thread_name_prefix="experiment") as pool:
            running = {
                pool.submit(_run, environment, one, make_lab(environment, style, one.seconds, starts)): one
                for one in batch
            }
            for done in as_they_end(running):
                found, is_error, secrets = done.result()
                findings |= {name: (finding, is_error, secrets) for name, finding in found.items()}
                progress(running[done])
    profile, wanted = environment.profile, set(rows)
    return [
        make_reading(
            quantity,
            findings[name][0],
            profile.documented.get(name),
            profile.thresholds.get(name),
            profile.duration,
            error=findings[name][1],
            secrets=findings[name][2],
        )
        for name, quantity in QUANTITIES.items()
        if name in findings and (not wanted or name in wanted)
    ]


def _run(environment: Environment, experiment: Experiment, lab: Lab) -> tuple[Findings, bool, Secrets]:
    """What the experiment found, whether it failed instead of finding, and what must not be shown of it."""
    profile = environment.profile
    lab.begin()
    for need in experiment.needs:
        if need not in profile.capabilities:
            return (
                _same_for_all(experiment, unmeasured(profile.lacks.get(need, f"the target lacks {need}"))),
                False,
                lab.secrets,
            )
    try:
        return experiment.run(lab), False, lab.secrets
    except (HarnessError, Inconclusive) as problem:
        return _same_for_all(experiment, unmeasured(str(problem).partition("\n")[0])), True, lab.secrets


def _same_for_all(experiment: Experiment, finding: Finding) -> Mapping[str, Finding]:
    return dict.fromkeys(experiment.quantities, finding)
