"""Rows of the reference's card, measured for one test."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from measuring import Measure

from harness.cell.environment import Environment, Options
from harness.declared.profile import find_profile, load_profile
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.measure.reading import Reading
from harness.measure.runner import measure, select_experiments
from harness.targets import make_target


@pytest.fixture
def measured(idp_client: IdpClient, attacker: AttackerListener) -> Measure:
    """Measures the named rows on the reference; `fault` is switched on, `profile` is a file instead of its own."""

    def run(*names: str, fault: str = "", profile: Path | None = None, style: str = "auth0") -> dict[str, Reading]:
        faults: Sequence[str] = (fault,) if fault else ()
        options = Options(target="reference", faults=tuple(faults))
        loaded = load_profile(profile or find_profile("reference"))
        with closing(make_target("reference", options.target_settings())) as target:
            environment = Environment(options, loaded, target, idp_client, attacker)
            return {one.name: one for one in measure(environment, style, select_experiments(names), names)}

    return run
