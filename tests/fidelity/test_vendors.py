"""The mock serves what the vendors serve, as far as anybody has confirmed it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from . import fixture
from .compare import compare, main
from .matching import Difference
from .recorded import RECORDED
from .vendors import VENDORS

PAGES = Path(__file__).resolve().parents[2] / "docs" / "vendors"


@cache
def differences(name: str) -> tuple[Difference, ...]:
    return tuple(compare(name))


@pytest.mark.parametrize("name", RECORDED)
def test_nothing_differs_that_is_confirmed(name: str) -> None:
    """Every member, header, claim and refusal that comes from a source is as the source says."""
    assert [str(one) for one in differences(name) if one.confirmed] == []


@pytest.mark.parametrize("name", RECORDED)
def test_what_is_not_confirmed_is_listed(name: str) -> None:
    """The vendor's page lists each unconfirmed entry that the mock does otherwise, and no others."""
    text = (PAGES / f"{VENDORS[name].name}.md").read_text(encoding="utf-8")
    section = text.partition("## Not confirmed")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))
    styles = [other for other, vendor in VENDORS.items() if vendor.name == VENDORS[name].name]
    assert {one.where for one in differences(name)} - listed == set()
    assert listed - {one.where for style in styles for one in differences(style)} == set()


@pytest.mark.parametrize("name", RECORDED)
def test_every_form_of_the_issuer_is_tried(name: str) -> None:
    """A variant of the issuer that the fixture knows is configured somewhere."""
    known = {variant["when"] for variant in fixture.load(VENDORS[name].name).get("issuer_variants", ())}
    tried = {when for vendor in VENDORS.values() if vendor.name == VENDORS[name].name for when in vendor.issuers}
    assert known - tried - {*VENDORS[name].not_provoked} == set()


def test_an_unknown_vendor_is_said_to_be_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """The command names those it knows."""
    assert main(["nobody"]) == 2
    assert "auth0" in capsys.readouterr().out


def test_without_fixtures_the_reason_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Outside of its workplace the comparison skips, and says why."""
    monkeypatch.setattr(fixture, "FOLDER", tmp_path)
    assert main(["okta"]) == 0
    assert "skipped, the recorded facts of okta don't lie beside the project" in capsys.readouterr().out


@pytest.mark.parametrize("page", sorted({*PAGES.glob("*.md")} - {PAGES / "README.md"}), ids=lambda page: page.stem)
def test_every_page_has_its_parts(page: Path) -> None:
    """How to point Tasker at the real vendor and at the mock, what the mock leaves out, and a rotation.

    Two are no vendors: Windmill is what the tokens of a back end are for, and MCP a kind of services.
    """
    headings = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    no_vendors = {"windmill": ["Windmill with the mock"], "mcp": ["An MCP server with the mock"]}
    own = no_vendors.get(page.stem, ["Tasker with (a|the) real .+", "Tasker with the mock"])
    parts = [*own, "A rotation", "What the mock leaves out"]
    assert [part for part in parts if not any(re.fullmatch(part, heading) for heading in headings)] == []
