"""The configurations that Tasker's documents print are written as they are printed, and where they are."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.grammar import vocabulary
from harness.targets import ServiceConfig, TargetError, deployment_patterns
from harness.targets.base import PATTERN_PLACES, PATTERNS
from harness.targets.deployment_patterns import pattern_web
from harness.targets.reference_config import settings_table
from harness.targets.tasker_config import render_worker_toml

CONFIG = ServiceConfig(
    issuer="http://idp.tasker.test/",
    jwks_url="http://idp.tasker.test/jwks.json",
    audience="tasker-api",
    public_key_path="/run/key.pem",
)
PRINTED = tomllib.loads(Path(deployment_patterns.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# What a run puts in place of the page's examples, or beside them.
OF_THE_RUN = {"jwt_issuer", "jwks_url", "jwt_public_key_path", "jwks_url_allow_http"}


def worker(pattern: str, place: str, **changes: Any) -> dict[str, Any]:
    config = replace(CONFIG, pattern=pattern, pattern_place=place, **changes)
    return tomllib.loads(render_worker_toml(config))


def test_scenarios_know_the_patterns_and_places_that_there_are() -> None:
    assert vocabulary.CONFIG_WORDS["pattern"] == PATTERNS == tuple(PRINTED)
    assert vocabulary.CONFIG_WORDS["pattern_place"] == PATTERN_PLACES


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_printed_is_written_but_for_what_only_the_run_knows(pattern: str) -> None:
    web = pattern_web(replace(CONFIG, pattern=pattern))
    printed = PRINTED[pattern]["web"]
    kept = {name: value for name, value in printed["auth"].items() if name not in OF_THE_RUN}
    assert {name: value for name, value in web["auth"].items() if name not in OF_THE_RUN} == kept
    assert web.get("config_endpoint_enabled") == printed.get("config_endpoint_enabled")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_worker_finds_it_in_the_documented_table_only(pattern: str) -> None:
    table = worker(pattern, "documented")
    assert table["web"] == pattern_web(replace(CONFIG, pattern=pattern))
    assert {"auth", "config_endpoint_enabled"} & table["worker"]["web"].keys() == set()


@pytest.mark.parametrize("place", ["read", "completed"])
def test_the_worker_finds_it_in_the_table_that_it_reads(place: str) -> None:
    table = worker("production-config-endpoint", place)
    assert "web" not in table
    assert table["worker"]["web"]["config_endpoint_enabled"] is True
    assert table["worker"]["web"]["auth"]["jwks_url"] == CONFIG.jwks_url


def test_completed_it_has_what_the_worker_needs_beside() -> None:
    missing = worker("development-disabled", "completed")["worker"]["web"]["auth"]
    assert missing == {**deployment_patterns._NEEDED, "enabled": False}


def test_a_setting_has_the_last_word() -> None:
    auth = worker("full-reference", "read", auth_settings=(("enabled", True), ("jwks_url", None)))
    assert auth["worker"]["web"]["auth"]["enabled"] is True
    assert "jwks_url" not in auth["worker"]["web"]["auth"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_reference_gets_it_as_it_is_printed(pattern: str) -> None:
    """It reads the documented tables, wherever else a pattern is written."""
    config = replace(CONFIG, pattern=pattern, pattern_place="read")
    assert settings_table("worker", config, {})["web"] == pattern_web(config)


@pytest.mark.parametrize("change", [{"pattern": "production"}, {"pattern_place": "there"}])
def test_what_is_none_is_refused_with_those_that_there_are(change: dict[str, str]) -> None:
    with pytest.raises(TargetError, match=r"production-jwks|completed"):
        replace(CONFIG, **change)
