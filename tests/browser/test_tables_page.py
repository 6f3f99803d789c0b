"""A page of tables in a real browser: filters, sorting, and texts that want to be script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from report_cells import HOSTILE

from browser.axe import violations
from harness.report.page.tables import Table, tables_page

TABLES = [
    Table("By part", ["part", "faults"], [["Store", 9], ["Checker", 10], ["Fetcher", 2]]),
    Table(
        "Faults",
        ["fault", "verdict", "caught by (`cells`)", "page"],
        [
            ["m-one", "killed", ["a/b/c[okta]", "a/b/d[okta]"], {"text": "its page", "url": "https://example.org/x"}],
            ["m-two", "survived", [], "`exp` is not checked"],
            [HOSTILE, "killed", [HOSTILE], HOSTILE],
        ],
        HOSTILE,
    ),
]


def _show(page: Page, folder: Path, tables: list[Table] | None = None) -> None:
    file = folder / "tables.html"
    text = tables_page("Kill matrix", "2 of 3.", tables or TABLES, about="Begun", verdict=("Not every one", "failed"))
    file.write_text(text, errors="backslashreplace")
    page.goto(file.as_uri(), timeout=60_000)


def test_rows_are_filtered_by_text_and_verdict(page: Page, tmp_path: Path) -> None:
    """A table without a row goes, and the number is said."""
    _show(page, tmp_path)
    rows = page.locator("tbody tr:visible")
    expect(rows).to_have_count(6)
    page.get_by_role("button", name="killed 2").click()
    expect(rows).to_have_count(4)
    page.get_by_role("button", name="survived 1").click()
    expect(page.locator("section.table:visible")).to_have_count(1)
    page.get_by_role("button", name="killed 2").click()
    page.get_by_label("Text", exact=True).fill("B/D[OKTA")
    expect(rows).to_have_count(1)
    expect(page.locator("#shown")).to_contain_text("1 of 6 rows shown")


def test_the_head_of_a_column_sorts(page: Page, tmp_path: Path) -> None:
    """Numbers as numbers, the second time from the other end, and one column at a time; by the keyboard as well."""
    _show(page, tmp_path)
    names = page.locator("section.table").first.locator("tbody th")
    page.get_by_role("button", name="faults").click()
    expect(names).to_have_text(["Fetcher", "Store", "Checker"])
    page.get_by_role("button", name="faults").click()
    expect(names).to_have_text(["Checker", "Store", "Fetcher"])
    page.get_by_role("button", name="part", exact=True).focus()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["Checker", "Fetcher", "Store"])
    expect(page.locator("th[aria-sort]")).to_have_count(1)


def test_what_is_in_a_table_is_shown_as_it_is(page: Page, tmp_path: Path) -> None:
    """Links lead out, code is code, and no text runs."""
    _show(page, tmp_path)
    expect(page.get_by_role("link", name="its page")).to_have_attribute("href", "https://example.org/x")
    expect(page.locator("td code")).to_have_text("exp")
    expect(page.locator("thead code")).to_have_text("cells")
    expect(page.locator("tbody th").last).to_contain_text("window.broken = 1")
    assert page.evaluate("window.broken") is None
    assert (page.locator("img").count(), page.locator("script").count()) == (0, 2)


def test_five_thousand_rows(page: Page, tmp_path: Path) -> None:
    """All of them are there, and filters still work."""
    rows = [[f"m-{number}", "killed", ["a/b/c[okta]"]] for number in range(5000)]
    _show(page, tmp_path, [Table("Faults", ["fault", "verdict", "caught by"], rows)])
    page.get_by_label("Text", exact=True).fill("m-4711")
    expect(page.locator("tbody tr:visible")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(chromium: Browser, tmp_path: Path, scheme: str) -> None:
    """axe-core finds nothing, in both schemes of colours."""
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    try:
        page = context.new_page()
        _show(page, tmp_path)
        page.get_by_role("button", name="faults").click()
        assert violations(page) == []
    finally:
        context.close()
