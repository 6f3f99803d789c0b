"""A badge: the verdict of a run as a small picture for a page."""

from __future__ import annotations

from collections.abc import Sequence

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.report.page.document import About

_LABEL = "idp-harness"
_GREEN, _YELLOW, _RED, _GREY = "#2e7d32", "#8a6d00", "#c62828", "#616161"


def badge_of(results: Sequence[CellResult], about: About) -> str:
    """An SVG: red where something isn't as required, grey where too little is proved, yellow with something known."""
    from anybadge import Badge  # type: ignore[import-untyped]

    words, colour = in_words(results, about)
    picture = Badge(label=_LABEL, value=words, default_color=colour)
    return str(picture.badge_svg_text)


def in_words(results: Sequence[CellResult], about: About) -> tuple[str, str]:
    """What the badge says, and its colour."""
    count = {verdict: sum(one.verdict == verdict for one in results) for verdict in verdicts.VERDICTS}
    status = verdicts.exit_status(list(results), strict=about.strict)
    if status == verdicts.EXIT_FAILED:
        return f"{count[verdicts.FAILED] + count[verdicts.STALE]} not as required", _RED
    if status != verdicts.EXIT_OK or about.note:
        return "undecided", _GREY
    words = f"{count[verdicts.PASSED]} passed"
    more = {"known": count[verdicts.FINDING], "to improve": count[verdicts.FAILED]}
    if not any(more.values()):
        return words, _GREEN
    return ", ".join([words, *(f"{number} {what}" for what, number in more.items() if number)]), _YELLOW


def is_badge(data: bytes) -> bool:
    """Whether a file is such a picture."""
    return data.lstrip().startswith(b"<?xml") and b"<svg" in data and f">{_LABEL}<".encode() in data
