"""Where the layers of a configuration come from, and who makes one file of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from harness.grammar import vocabulary
from harness.targets import ServiceConfig, TargetError
from harness.targets.base import OVERLAY_OF
from harness.targets.overlays import NO_CTL, find_ctl, merged_by_ctl, place_of_overlay
from harness.targets.tasker_config import render_worker_toml
from harness.targets.tasker_worker import TaskerWorkerTarget


def config(**changes: Any) -> ServiceConfig:
    return ServiceConfig("i", "http://idp/jwks", "a", overlay_settings=(("jwt_audience", "b"),), **changes)


def test_scenarios_know_whose_overlays_there_are() -> None:
    assert vocabulary.CONFIG_WORDS["overlay_of"] == OVERLAY_OF


@pytest.mark.parametrize(
    ("whose", "place"),
    [
        ("service", ("test", "worker")),
        ("other-role", ("test", "orchestration")),
        ("other-environment", ("production", "worker")),
    ],
)
def test_an_overlay_has_its_place(whose: str, place: tuple[str, str]) -> None:
    assert place_of_overlay(config(overlay_of=whose), "worker") == place


def test_an_unknown_one_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(TargetError, match="other-environment"):
        config(overlay_of="nobody")


def test_without_tasker_ctl_the_worker_can_not_be_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TASKER_CTL", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert TaskerWorkerTarget().cannot_set == {"overlay_settings": NO_CTL}
    with pytest.raises(TargetError, match="TASKER_CTL"):
        merged_by_ctl("", config(), "worker", tmp_path)


@pytest.mark.parametrize(
    ("program", "says"), [("/bin/false", "status 1"), ("/nowhere/tasker-ctl", "FileNotFoundError")]
)
def test_a_tasker_ctl_that_fails_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str, says: str
) -> None:
    monkeypatch.setenv("TASKER_CTL", program)
    with pytest.raises(TargetError, match=says):
        merged_by_ctl(render_worker_toml(config()), config(), "worker", tmp_path)


@pytest.mark.parametrize(("whose", "audience"), [*zip(OVERLAY_OF, ("b", "a", "a"), strict=True)])
def test_tasker_ctl_lays_the_right_file_over_the_base(tmp_path: Path, whose: str, audience: str) -> None:
    """All else stays, the variables that the service puts in too."""
    if find_ctl() is None:
        pytest.skip(NO_CTL)
    one = config(overlay_of=whose)
    merged = tomllib.loads(merged_by_ctl(render_worker_toml(one), one, "worker", tmp_path))
    wanted = tomllib.loads(render_worker_toml(one))
    wanted["worker"]["web"]["auth"]["jwt_audience"] = audience
    assert merged == wanted
