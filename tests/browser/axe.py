"""What axe-core has to say of a page."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page


def violations(page: Page) -> list[Any]:
    """The rules that the page breaks, each with its elements; the page's context must bypass its policy."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    run = "async () => (await axe.run()).violations.map((one) => [one.id, one.nodes.map((node) => node.html)])"
    found: list[Any] = page.evaluate(run)
    return found
