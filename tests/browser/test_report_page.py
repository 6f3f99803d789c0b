"""The page of a report in a real browser: filters, keyboard, evidence, and texts that want to be script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from report_cells import HOSTILE, cell, failed

from browser.axe import violations
from harness.base.verdicts import FINDING, SKIPPED, CellResult
from harness.report.page.beside import Beside
from harness.report.page.document import About
from harness.report.page.html import page_of

# A page is slow to appear where others use the processors, too.
MILLISECONDS = 60_000

RESULTS = [
    failed("past"),
    cell("now"),
    cell("known", FINDING, scenario="header/critical/hdr-crit", level="should", severity="low", title="Critical"),
    cell("skipped", SKIPPED, scenario="header/critical/hdr-crit", level="should", severity="low", title="Critical"),
]


def _show(page: Page, folder: Path, results: list[CellResult], fragment: str = "") -> None:
    file = folder / "report.html"
    file.write_text(page_of(results, About("2026-01-02T03:04:05+00:00", "1.0", note="3 of 4 cells are recorded")))
    page.goto(f"{file.as_uri()}{fragment}", timeout=MILLISECONDS)


def test_the_first_screen_says_what_is_worst_and_how_to_repeat_it(page: Page, tmp_path: Path) -> None:
    """And what is missing."""
    _show(page, tmp_path, RESULTS)
    expect(page.locator("#sentence")).to_have_text(
        "Of 3 cells that were judged 1 not as required, 1 known findings, 1 passed."
    )
    expect(page.locator("#verdict .badge.failed")).to_have_text("Breaks what is required")
    expect(page.locator("#about")).to_contain_text("Not whole: 3 of 4 cells are recorded. · Begun 2026-01-02")
    worst = page.locator("#worst li").first
    expect(worst.locator("summary")).to_have_text("failed critical An expired token is refused")
    expect(worst).to_contain_text("What happens: Expected reject: 401, got 200 OK")
    expect(worst.locator("pre")).to_have_text(
        "idp-harness run 'time/expiry/time-exp-past[okta-past]' --target reference --hold"
    )
    expect(page.locator("#changes li").first).to_contain_text("expiry")


def test_what_else_is_wrong_unfolds(page: Page, tmp_path: Path) -> None:
    """By the keyboard, too; on paper all of it is there."""
    _show(page, tmp_path, RESULTS)
    second = page.locator("#worst li").nth(1)
    expect(second.locator("pre")).to_be_hidden()
    second.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(second.locator("pre")).to_be_visible()
    page.locator("#changes summary").first.click()
    expect(page.locator("#changes dl").first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#changes dl").first).to_be_visible()
    second.get_by_role("button", name="Show header/critical/hdr-crit[okta-known]").click()
    expect(page.locator("dialog[open] h2")).to_contain_text("Critical")


def test_filters_leave_what_fits(page: Page, tmp_path: Path) -> None:
    """By verdict, area, level, severity and text; what is empty goes, and the number is said."""
    _show(page, tmp_path, RESULTS)
    squares = page.locator(".square:visible")
    expect(squares).to_have_count(4)
    page.get_by_role("button", name="passed 1").click()
    expect(squares).to_have_count(3)
    page.get_by_role("button", name="passed 1").click()
    page.get_by_label("area", exact=True).select_option("header")
    expect(squares).to_have_count(2)
    expect(page.locator("section.area:visible")).to_have_count(1)
    page.get_by_label("area", exact=True).select_option("")
    page.get_by_label("level", exact=True).select_option("must")
    expect(squares).to_have_count(2)
    page.get_by_label("severity", exact=True).select_option("low")
    expect(squares).to_have_count(0)
    page.get_by_label("level", exact=True).select_option("")
    page.get_by_label("Text", exact=True).fill("KNOWN")
    expect(squares).to_have_count(1)
    expect(page.locator("#shown")).to_contain_text("1 of 4 cells shown")


def test_a_cell_opens_with_its_evidence(page: Page, tmp_path: Path) -> None:
    """The defect is marked beside the good token, times are told apart, and what was long before is left out."""
    _show(page, tmp_path, RESULTS)
    page.locator(".square.failed").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("tr.other th")).to_have_text(["claims.iat", "claims.exp"])
    expect(dialog.get_by_role("row", name="claims.exp")).to_contain_text("96600 (3600 s before)")
    expect(dialog.get_by_role("link", name="RFC 7519 §4.1.4")).to_have_attribute(
        "href", "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"
    )
    expect(dialog.locator("ol.events li")).to_have_text(
        [
            "0.000 s changes of the issuer: POST /rotate",
            "0.500 s asked of the issuer: GET /keys: 503, fault status",
            "1.000 s asked of the service: GET /v1/tasks: 200",
        ]
    )
    expect(dialog.locator("svg circle")).to_have_count(2)
    expect(dialog.get_by_label("the request", exact=True)).to_have_text("curl -si http://127.0.0.1:8080/v1/tasks")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_the_address_names_the_open_cell(page: Page, tmp_path: Path) -> None:
    """So that it can be sent to somebody, who comes to its place when it closes; one that isn't there opens nothing."""
    _show(page, tmp_path, RESULTS, "#time%2Fexpiry%2Ftime-exp-past%5Bokta-past%5D")
    expect(page.locator("dialog[open] h2")).to_contain_text("An expired token is refused")
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "failed: past, okta")
    for nowhere in ("#nowhere", "#%ff"):
        page.goto("about:blank")
        _show(page, tmp_path, RESULTS, nowhere)
        expect(page.locator("#shown")).to_contain_text("4 of 4")
        expect(page.locator("dialog[open]")).to_have_count(0)


def test_everything_is_in_reach_of_the_keyboard(page: Page, tmp_path: Path) -> None:
    """One stop for the whole matrix, arrows within it, Enter opens, Escape comes back to where one was."""
    _show(page, tmp_path, RESULTS)
    expect(page.locator(".square[tabindex='0']")).to_have_count(1)
    page.locator(".square[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "skipped: skipped, okta")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "failed: past, okta")
    page.keyboard.press("Home")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "finding: known, okta")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "skipped: skipped, okta")


def test_a_command_is_copied(page: Page, tmp_path: Path) -> None:
    """By one press, and the page says so."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _show(page, tmp_path, RESULTS)
    page.locator("#worst .command button").first.click()
    expect(page.locator("#worst .command [role=status]").first).to_have_text("copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "idp-harness run 'time/expiry/time-exp-past[okta-past]' --target reference --hold"


def test_no_text_of_others_becomes_markup(page: Page, tmp_path: Path) -> None:
    """A hostile claim, header, answer, log or name is shown, and nothing of it runs."""
    bad = failed("past", title=HOSTILE, requirement=HOSTILE)
    bad.actual = bad.reason = HOSTILE
    exchange = bad.evidence["exchanges"][0]
    exchange["token"]["claims"][HOSTILE] = HOSTILE
    exchange["answer_headers"], exchange["answer"] = [[HOSTILE, HOSTILE]], HOSTILE
    bad.evidence |= {"service_log": [HOSTILE], "curl": HOSTILE, "changes": [{"at": 1.0, "what": HOSTILE}]}
    _show(page, tmp_path, [bad])
    page.locator(".square").click()
    expect(page.locator("dialog[open] pre").last).to_contain_text("window.broken = 1")
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3


BEFORE = [
    cell("past"),
    failed("now"),
    cell("known", scenario="header/critical/hdr-crit", level="should", severity="low", title="Critical"),
]
CARD = {
    "target": "reference",
    "readings": [
        {
            "name": "exp-leeway",
            "what": HOSTILE,
            "status": "measured",
            "value": {"status": 401, "body": HOSTILE},
            "bound": "",
            "unit": "",
            "resolution": 0,
            "documented": HOSTILE,
            "source": HOSTILE,
            "agrees": False,
        },
    ],
}


def _show_beside(page: Page, folder: Path) -> None:
    file = folder / "report.html"
    file.write_text(page_of(RESULTS, About(), beside=Beside(HOSTILE, BEFORE), card=CARD), errors="backslashreplace")
    page.goto(file.as_uri(), timeout=MILLISECONDS)


def test_what_differs_from_another_record_is_told_and_marked(page: Page, tmp_path: Path) -> None:
    """By scenario, in the matrix, by a filter, and in the cell."""
    _show_beside(page, tmp_path)
    lists = page.locator("#beside ol")
    expect(lists.nth(0).locator("li")).to_have_count(2)
    expect(lists.nth(0).locator("li").first).to_contain_text("passed → failed An expired token is refused")
    expect(lists.nth(1).locator("li")).to_have_count(1)
    expect(page.locator(".square.differs")).to_have_count(3)
    page.get_by_label("beside", exact=True).select_option("differs")
    expect(page.locator(".square:visible")).to_have_count(3)
    lists.nth(0).get_by_role("button").first.click()
    expect(page.locator("dialog[open] .badge").nth(1)).to_have_text("passed")
    expect(page.locator("dialog[open] h2")).to_contain_text("An expired token")


def test_the_card_is_a_table(page: Page, tmp_path: Path) -> None:
    """What a service said is text there, too, and so is the name of the other record."""
    _show_beside(page, tmp_path)
    expect(page.locator("#card tbody tr")).to_have_class("other")
    expect(page.locator("#card tbody tr")).to_contain_text("differs")
    expect(page.locator("#beside-title")).to_contain_text("window.broken = 1")
    assert page.evaluate("window.broken") is None
    assert page.locator("img").count() == 0


def test_five_thousand_cells(page: Page, tmp_path: Path) -> None:
    """All of them are there, and filters still work."""
    many = [
        failed(f"v{number}", scenario=f"area-{number % 20}/topic/scenario-{number % 500}") for number in range(5000)
    ]
    _show(page, tmp_path, many)
    expect(page.locator("#shown")).to_contain_text("5000 of 5000 cells shown")
    page.get_by_label("Text", exact=True).fill("okta-v4711]")
    expect(page.locator(".square:visible")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(chromium: Browser, tmp_path: Path, scheme: str) -> None:
    """axe-core finds nothing, neither in the page nor in a cell, in both schemes of colours."""
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    try:
        page = context.new_page()
        _show_beside(page, tmp_path)
        assert violations(page) == []
        page.locator(".square.failed").click()
        expect(page.locator("dialog[open]")).to_have_count(1)
        assert violations(page) == []
    finally:
        context.close()
