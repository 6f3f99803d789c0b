"""The page of a report: what is in it, that it is one of ours, and that nobody's text is markup there."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from random import Random

import click
import pytest
from click.testing import CliRunner, Result
from report_cells import HOSTILE, cell, failed
from report_pages import Elements, page_data, page_evidence

from harness.base.errors import UsageError
from harness.base.verdicts import ERROR, FAILED, FINDING, INCONCLUSIVE, PASSED, SKIPPED, STALE, CellResult
from harness.cell.decoded import decoded
from harness.cli import cli
from harness.declared.profile import find_profile, load_profile
from harness.grammar.vocabulary import STYLES
from harness.report.folder import ReportFolder
from harness.report.page.beside import Beside
from harness.report.page.document import About, document, sentence, verdict_of
from harness.report.page.html import is_page, page_of
from harness.report.page.sources import links
from harness.report.record import line_of
from harness.scenario.loader import load_all
from harness.scenario.plan import plan


def test_it_says_what_came_out_and_shows_the_gravest_first() -> None:
    """By level and severity, and within them what is not known yet; one entry for a scenario."""
    results = [
        cell("b", FINDING, scenario="a/b/known", severity="critical", level="must"),
        failed("x", scenario="a/b/mild", severity="low", level="should"),
        failed("x", scenario="a/b/new", severity="critical"),
        failed("y", scenario="a/b/new", severity="critical"),
        cell("c"),
    ]
    made = document(results, About())
    assert [one["cell"] for one in made["worst"]] == ["a/b/new[okta-x]", "a/b/known[okta-b]", "a/b/mild[okta-x]"]
    assert made["worst"][0]["cells"] == 2
    assert made["worst"][0]["again"] == "idp-harness run 'a/b/new[okta-x]' --target reference --hold"
    assert made["sentence"] == "Of 5 cells that were judged 3 not as required, 1 known findings, 1 passed."
    assert made["about"]["status"] == 1


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([PASSED, PASSED, SKIPPED], "Of 2 cells that were judged 2 passed."),
        ([SKIPPED], "Nothing was judged."),
        ([STALE, INCONCLUSIVE, PASSED], "Of 3 cells that were judged 1 not as required, 1 undecided, 1 passed."),
    ],
)
def test_a_run_in_one_sentence(verdicts: list[str], said: str) -> None:
    """What was skipped says nothing of the service, and is not counted."""
    assert sentence([cell(str(number), verdict) for number, verdict in enumerate(verdicts)]) == said


@pytest.mark.parametrize(
    ("cells", "said", "colour"),
    [
        ([cell()], "Keeps all that it was asked", PASSED),
        ([cell(), cell("a", FINDING)], "Deviates, as recorded", FINDING),
        ([failed(), cell()], "Breaks what is required", FAILED),
        ([failed(severity="catastrophic"), cell()], "Stands open, whatever its configuration says", FAILED),
        ([cell("a", FINDING, severity="catastrophic")], "Stands open, as recorded", FAILED),
        ([cell(), cell("a", INCONCLUSIVE)], "Not judged to the end", INCONCLUSIVE),
        ([cell("a", SKIPPED)], "Not judged", ERROR),
    ],
)
def test_the_verdict_stands_before_all_else(cells: list[CellResult], said: str, colour: str) -> None:
    """Where a service stands open that is what is said, also where it is known."""
    assert verdict_of(cells, strict=False) == (said, colour)
    assert f'<p id="verdict"><span class="badge {colour}">{said}</span></p>' in page_of(cells, About())


def test_a_broken_should_counts_where_one_says_so() -> None:
    """As with the exit status."""
    mild = failed(level="should")
    assert verdict_of([mild], strict=False)[0] != verdict_of([mild], strict=True)[0] == "Breaks what is required"


def test_what_to_change_is_about_what_failed() -> None:
    """Each cause stands once, with what to write; what is known counts where nothing else is wrong."""
    known = cell("c", FINDING, scenario="header/critical/x")
    made = document([failed("a"), failed("b"), known], About())["changes"]
    assert [one["name"] for one in made] == ["expiry"]
    assert made[0]["scenarios"] == ["time/expiry/time-exp-past"]
    assert "PyJWT" in made[0]["libraries"]
    assert [one["name"] for one in document([known], About())["changes"]] == ["header"]


def test_evidence_is_there_for_what_did_not_pass() -> None:
    """With the script as one text, and the file where a person finds it."""
    bad = failed("a")
    text = page_of([bad, cell("b")], About(), {bad.id: "scripts/x.sh"})
    evidence = page_evidence(text)
    assert list(evidence) == [bad.id]
    assert evidence[bad.id]["script"] == "\n".join(bad.evidence["script"])
    assert evidence[bad.id]["script_file"] == "scripts/x.sh"
    assert evidence[bad.id]["exchanges"] == bad.evidence["exchanges"]


@pytest.mark.parametrize("member", ["title", "requirement", "actual", "reason", "variant", "target"])
def test_no_text_is_markup(member: str) -> None:
    """Whatever a service has said: the page has the same elements, and the text is the same when it is read."""
    plain, bad = page_of([failed()], About()), failed()
    setattr(bad, member, HOSTILE)
    hostile = page_of([bad], About())
    assert Elements(hostile).tags == Elements(plain).tags


def test_hostile_evidence_is_text_too() -> None:
    """It comes out as it went in."""
    bad = failed()
    bad.evidence["exchanges"][0]["answer"] = HOSTILE
    bad.evidence["service_log"] = [HOSTILE]
    text = page_of([bad], About())
    assert Elements(text).tags == Elements(page_of([failed()], About())).tags
    assert page_evidence(text)[bad.id]["service_log"] == [HOSTILE]


def test_only_its_own_script_may_run() -> None:
    """The policy names the digests of the page's own style and script, and nothing may be loaded."""
    text = page_of([failed()], About())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;")
    assert "unsafe" not in policy[1]
    assert not re.findall(r'(?:src|href)="', text.split("<script>")[0])


def test_many_cells_of_one_kind_take_little_room() -> None:
    """Texts that cells have in common stand there once, and evidence is packed."""
    many = page_of([failed(str(number)) for number in range(2000)], About())
    one = page_of([failed("0")], About())
    assert len(many) - len(one) < 2000 * 150
    assert len(page_data(many)["cells"]) == 2000


def test_todays_matrix_takes_less_than_three_megabytes() -> None:
    """In every style, also where each cell deviates and no two services say the same."""
    profile, random = load_profile(find_profile("reference", []), []), Random(19)
    results = []
    for number, one in enumerate(plan(load_all(), profile, "reference", STYLES)):
        result = failed(str(number), scenario=one.cell.scenario.id, title=one.cell.scenario.title)
        result.evidence["exchanges"][0]["answer"] = random.randbytes(100).hex()
        results.append(result)
    assert len(results) > 4000
    assert len(page_of(results, About())) < 3_000_000


@pytest.mark.parametrize(
    ("requirement", "found"),
    [
        ("RFC 7519 §4.1.4: x; RFC 8725 §3.9: y", ["rfc7519#section-4.1.4", "rfc8725#section-3.9"]),
        ("RFC 6750: x; RFC 6750 §3.1: y; RFC 6750 §3.1", ["rfc6750", "rfc6750#section-3.1"]),
        ("Tasker, ADR-012: x", []),
    ],
)
def test_a_requirement_leads_to_its_documents(requirement: str, found: list[str]) -> None:
    """Each document that has an address, once, in the order in which they are named."""
    assert [url.rpartition("/")[2] for _, url in links(requirement)] == found


def test_other_documents_have_addresses_too() -> None:
    """Where their sections have none, the document's own."""
    assert links("OpenID Connect Core §3.1.3.7: x") == [
        ("OpenID Connect Core", "https://openid.net/specs/openid-connect-core-1_0.html")
    ]


def test_a_folder_takes_the_page_of_the_run_before_and_nobody_elses(tmp_path: Path) -> None:
    """As with the record: what no run has written stays, and the run doesn't begin."""
    with ReportFolder(tmp_path, target="reference", cells=1, left_out=3) as folder:
        folder.write_files([failed()], {})
        folder.end("complete", 1)
    assert is_page((folder.path / "report.html").read_bytes())
    assert '"file": "report.html"' in (tmp_path / "manifest.jsonl").read_text()
    assert page_data((folder.path / "report.html").read_text())["about"]["left_out"] == 3
    with ReportFolder(tmp_path, target="reference", cells=1) as folder:
        folder.write_files([cell()], {})
    assert page_data((folder.path / "report.html").read_text())["sentence"] == "Of 1 cells that were judged 1 passed."
    (folder.path / "report.html").write_text("<!doctype html>\nmine")
    with pytest.raises(UsageError, match=r"report\.html is there and no run has written it"):
        ReportFolder(tmp_path, target="reference", cells=1)
    assert (folder.path / "report.html").read_text() == "<!doctype html>\nmine"


def _report(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["report", *map(str, arguments)], standalone_mode=False)


def test_the_page_of_a_record_is_written_where_one_says(tmp_path: Path) -> None:
    """With what the manifest says of the run; the exit status is that of the run, and nobody's file is written over."""
    (tmp_path / "results.jsonl").write_bytes(line_of(failed().record()))
    started = {"idp-harness": "0.1.0", "started": "2026-01-02T03:04:05+00:00", "cells": 2, "left_out": 7}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(started) + "\n")
    page = tmp_path / "elsewhere.html"
    done = _report(tmp_path, "--html", page, "--strict")
    about = page_data(page.read_text())["about"]
    assert done.return_value == 1
    assert (about["started"], about["release"], about["left_out"]) == (started["started"], "0.1.0", 7)
    assert (about["strict"], about["status"]) == (True, 1)
    assert "1 of 2 cells are recorded" in about["note"]
    page.write_text("mine")
    assert isinstance(_report(tmp_path, "--html", page).exception, UsageError)
    assert page.read_text() == "mine"


@pytest.mark.parametrize("status", [0, 3])
def test_the_page_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Beside the record; where there is no browser the way to it is said."""
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", lambda url: opened.append(url) or status)
    (tmp_path / "results.jsonl").write_bytes(line_of(cell().record()))
    done = _report(tmp_path / "results.jsonl", "--open")
    assert opened == [(tmp_path / "report.html").as_uri()]
    assert is_page((tmp_path / "report.html").read_bytes())
    assert ("no browser could be started" in done.output) == bool(status)


CARD = {
    "version": 1,
    "target": "reference",
    "readings": [
        {
            "name": "exp-leeway",
            "what": "how long after its exp a token is accepted",
            "status": "measured",
            "value": 60.0,
            "bound": "at least",
            "unit": "s",
            "resolution": 1.0,
            "reason": "",
            "documented": 30.0,
            "source": "RFC 7519 §4.1.4",
            "agrees": False,
            "verdict": "broken",
        },
        {
            "name": "cool-down",
            "status": "not measured",
            "value": None,
            "bound": "",
            "unit": "s",
            "resolution": 0.1,
            "reason": HOSTILE,
        },
    ],
}


def test_a_record_stands_beside_another() -> None:
    """What is broken in one of them only, by scenario, and what cells of neither say."""
    here = [
        failed("x", scenario="a/b/worse"),
        failed("y", scenario="a/b/worse"),
        cell("x", scenario="a/b/better"),
        cell("x", SKIPPED, scenario="a/b/gone", reason="no route"),
    ]
    there = [
        cell("x", scenario="a/b/worse"),
        cell("y", scenario="a/b/worse"),
        failed("x", scenario="a/b/better"),
        cell("x", scenario="a/b/gone"),
    ]
    text = page_of(here, About(release="2.0"), beside=Beside("before", there, "1.0"))
    beside = page_data(text)["beside"]
    assert [(one["cell"], one["cells"]) for one in beside["broken"]] == [("a/b/worse[okta-x]", 2)]
    assert [one["cell"] for one in beside["kept"]] == ["a/b/better[okta-x]"]
    assert beside["cells"]["a/b/better[okta-x]"]["verdict"] == "failed"
    assert beside["notes"] == [
        "before was judged by idp-harness 1.0, this record by 2.0",
        "1 cells are not judged in this record: skipped, no route",
    ]


def test_the_card_is_told_in_words() -> None:
    """What a row lacks, as the card of an older release may, is empty."""
    first, second = page_data(page_of([cell()], About(), card=CARD))["card"]["rows"]
    assert (first["measured"], first["documented"], first["agrees"]) == ("at least 60 s", "30 s", False)
    assert (second["measured"], second["documented"], second["reason"]) == ("not measured", "", HOSTILE)


def test_report_takes_another_record_and_a_card(tmp_path: Path) -> None:
    """In the page, and the comparison in the terminal; a record without a cell is refused."""
    for name, one in (("before", cell()), ("after", failed())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.jsonl").write_bytes(line_of({**one.record(), "id": "a/b/c[okta]"}))
    (tmp_path / "card.json").write_text(json.dumps(CARD))
    before, page = tmp_path / "before", tmp_path / "page.html"
    done = _report(tmp_path / "after", "--beside", before, "--card", tmp_path / "card.json", "--html", page)
    assert done.return_value == 1
    assert "1 deviate only in" in done.output.replace("\n", " ")
    data = page_data(page.read_text())
    assert (data["beside"]["name"], data["card"]["target"]) == (str(before), "reference")
    (before / "results.jsonl").write_text("")
    assert isinstance(_report(tmp_path / "after", "--beside", before).exception, UsageError)


def _token(*parts: str, signature: str = "c2ln") -> str:
    encoded = (base64.urlsafe_b64encode(part.encode("utf-8", "surrogatepass")).rstrip(b"=").decode() for part in parts)
    return ".".join([*encoded, signature])


def test_a_token_is_taken_apart_without_its_signature() -> None:
    """Header and claims; numbers that a record can't hold are their texts."""
    token = _token('{"alg": "RS256"}', '{"exp": 1e999, "nbf": NaN, "iat": 1.5}')
    assert decoded(token) == {"header": {"alg": "RS256"}, "claims": {"exp": "1e999", "nbf": "NaN", "iat": 1.5}}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "a.b.c",
        _token('{"alg": "none"}', "[]"),
        _token('{"alg"', "{}"),
        _token("{}", "{}") + ".x",
        "[" * 9 + "..",
    ],
)
def test_what_is_no_token_is_left_alone(token: str) -> None:
    """Nothing is raised for what a case sends in place of one."""
    assert decoded(token) is None


def test_a_token_that_is_about_its_length_is_left_alone() -> None:
    """Nobody reads it member by member."""
    assert decoded(_token("{}", json.dumps({"long": "x" * 20_000}))) is None
