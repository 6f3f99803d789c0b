"""Finding the browser, and what becomes of the tests without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser.chromium import find_chromium


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said about the browser."""
    monkeypatch.delenv("IDP_HARNESS_CHROMIUM", raising=False)
    monkeypatch.delenv("IDP_HARNESS_REQUIRE_BROWSER", raising=False)


def test_a_browser_may_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By its path, wherever it is."""
    program = tmp_path / "chrome"
    program.touch(mode=0o755)
    monkeypatch.setenv("IDP_HARNESS_CHROMIUM", str(program))
    assert find_chromium() == str(program)


def test_without_a_browser_the_tests_are_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The reason says what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        find_chromium()


def test_where_a_browser_is_required_they_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """No skip goes unnoticed there."""
    monkeypatch.setenv("IDP_HARNESS_REQUIRE_BROWSER", "1")
    monkeypatch.setenv("IDP_HARNESS_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(pytest.fail.Exception, match="/nowhere/chromium"):
        find_chromium()
