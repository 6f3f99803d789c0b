"""The browser: where it is, and how it is started."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Browser, Playwright

# What it would do on the network of its own accord, and what a container without GPU and user namespaces lacks.
_QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


def find_chromium() -> str:
    """The path of Chromium: IDP_HARNESS_CHROMIUM, or the one on the PATH.

    Skips the test when there is none; fails it where IDP_HARNESS_REQUIRE_BROWSER is set.
    """
    named = os.environ.get("IDP_HARNESS_CHROMIUM")
    path = shutil.which(named or "chromium")
    if path is not None:
        return path
    reason = f"no Chromium at {named or 'the PATH'}: apt-get install chromium, or say where in IDP_HARNESS_CHROMIUM"
    if os.environ.get("IDP_HARNESS_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """A browser with these arguments more; whoever starts it closes it."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=[*_QUIET, *arguments])
