"""The badge: what it says, and that it is a picture."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from cells import cell

from harness.report.page.document import About
from harness.report.pipeline.badge import badge_of, in_words, is_badge


@pytest.mark.parametrize(
    ("verdicts", "about", "words", "colour"),
    [
        (["passed", "passed", "skipped"], About(), "2 passed", "#2e7d32"),
        (["passed", "finding"], About(), "1 passed, 1 known", "#8a6d00"),
        (["passed", "failed", "finding"], About(), "1 not as required", "#c62828"),
        (["passed", "inconclusive"], About(), "undecided", "#616161"),
        (["passed"], About(note="cut off"), "undecided", "#616161"),
        (["skipped"], About(), "undecided", "#616161"),
    ],
)
def test_it_says_what_came_out(verdicts: list[str], about: About, words: str, colour: str) -> None:
    picture = badge_of([cell("a/b/c", one, str(number)) for number, one in enumerate(verdicts)], about)
    texts = [one.text for one in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert set(texts) == {"idp-harness", words}
    assert colour in picture
    assert is_badge(picture.encode())


def test_it_is_told_from_a_file_of_somebody_else() -> None:
    assert not is_badge(b"<svg><text>mine</text></svg>")


def test_a_broken_should_is_not_called_known() -> None:
    """Nobody has written it down, and it fails no run."""
    cells = [cell("a/b/c", "passed"), cell("a/b/d", "failed", level="should"), cell("a/b/e", "finding")]
    assert in_words(cells, About())[0] == "1 passed, 1 known, 1 to improve"
    assert in_words(cells[:2], About(strict=True))[0] == "1 not as required"
