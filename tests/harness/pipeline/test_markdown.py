"""The summary in Markdown, read by a parser of Markdown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cells import HOSTILE, cell, many_cells
from markdown_it import MarkdownIt
from markdown_it.token import Token

from harness.report.page.document import About
from harness.report.pipeline.markdown import MOST_CHARACTERS, code, is_markdown, markdown_of

# What a forge shows: tables, and addresses that become links by themselves.
PARSER = MarkdownIt("gfm-like", {"linkify": False})


def tokens(text: str) -> Iterator[Token]:
    for one in PARSER.parse(text):
        yield one
        yield from one.children or ()


def codes(text: str) -> list[str]:
    return [one.content for one in tokens(text) if one.type == "code_inline"]


def test_it_says_the_verdict_and_what_is_not_as_required() -> None:
    text = markdown_of([cell(variant="one"), cell(variant="two"), cell("a/b/c", "passed")], About())
    assert "## ❌ worker" in text
    assert "Of 3 cells that were judged 2 not as required, 1 passed." in text
    assert "### Not as required: 1 scenarios, 2 cells" in text
    assert codes(text)[:2] == ["reject: 401", "200 OK"]
    assert "idp-harness run 'time/expiry/time-exp-past[okta-one]' --target worker --hold" in codes(text)
    assert [one.attrs["href"] for one in tokens(text) if one.type == "link_open"] == [
        "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"
    ]


@pytest.mark.parametrize(
    ("cells", "about", "mark"),
    [
        ([cell(verdict="passed")], About(), "✅"),
        ([cell(verdict="finding")], About(), "✅"),
        ([cell(level="should")], About(), "✅"),
        ([cell(level="should")], About(strict=True), "❌"),
        ([cell(verdict="inconclusive")], About(), "⚠️"),
        ([cell(verdict="passed")], About(note="3 of 9 cells are recorded"), "⚠️"),
        ([], About(), "⚠️"),
    ],
)
def test_the_mark_is_that_of_the_exit_status(cells: list[object], about: About, mark: str) -> None:
    assert markdown_of(cells, about).splitlines()[1].startswith(f"## {mark} ")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_markup_or_a_mention(text: str) -> None:
    """It stands in code spans; what comes as HTML is ours."""
    hostile = cell(actual=text, reason=text)
    shown = markdown_of([hostile, cell("a/b/c", "error", reason=text)], About(note=text))
    assert {one.content for one in tokens(shown) if one.type.startswith("html")} <= {"<!-- idp-harness summary -->\n"}
    assert {one.attrs["href"] for one in tokens(shown) if one.type == "link_open"} == {
        "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4"
    }
    assert not any(one.type == "image" for one in tokens(shown))
    said = [one.content for one in tokens(shown) if one.type == "text"]
    assert not any("octocat" in one and "@octocat" not in one for one in said)
    assert " ".join(hostile.actual.split()) in {" ".join(one.split()) for one in codes(shown)}


@pytest.mark.parametrize("text", ["a", "", "`", "``a``", "a`b", "a|b", "<b>", "\\"])
def test_a_code_span_gives_the_text_back(text: str) -> None:
    assert [one.strip() for one in codes(f"- {code(text)} end")] == [text]


def test_it_fits_into_a_comment_and_keeps_the_gravest() -> None:
    """The list that is cut is closed."""
    cells = many_cells(10_000)
    for one in cells:
        one.verdict = "finding"
    text = markdown_of([*cells, cell("z/y/worst", severity="catastrophic")], About())
    assert len(text) <= MOST_CHARACTERS
    assert "z/y/worst" in text
    assert text.count("<details>") == text.count("</details>") == 1
    assert "the rest stands in" in text


def test_it_is_told_from_a_file_of_somebody_else() -> None:
    assert is_markdown(markdown_of([cell()], About()).encode())
    assert not is_markdown(b"# Mine")
