"""A summary in Markdown, for a pull request and the page of a run (GitHub Flavored Markdown, which GitLab reads too).

What a service has said stands in code spans, where neither markup nor the name of a person means anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.base import verdicts
from harness.base.verdicts import CellResult
from harness.report.page.document import About, sentence
from harness.report.page.sources import links
from harness.report.pipeline.alarms import Alarm, alarms, short
from harness.report.summary import again_line, by_area, left_out_line

# A comment takes 65,536 characters on GitHub.
MOST_CHARACTERS = 60_000
BEGINNING = "<!-- idp-harness summary -->\n"
_UNDECIDED = (verdicts.INCONCLUSIVE, verdicts.ERROR)
# No word of ours begins a line, so a dash or a number can't make a list.
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~@&])")


def markdown_of(results: Sequence[CellResult], about: About) -> str:
    """The summary: the verdict, what is not as required with the line that repeats it, the table by area.

    In: the cells, and what is known of their run. At most `MOST_CHARACTERS`: what is gravest comes first.
    """
    targets = ", ".join(sorted({one.target for one in results})) or "nothing"
    parts = [f"{BEGINNING}## {_mark(results, about)} {_plain(targets)}\n\n{_plain(sentence(results))}\n"]
    parts += [f"\n**{_plain(about.note)}.**\n"] if about.note else []
    parts.append(_table_of_areas(results))
    parts += _alarms("Not as required", alarms(results, verdicts.FAILED, verdicts.STALE), is_open=True)
    parts += _alarms("Undecided", alarms(results, *_UNDECIDED), is_open=True)
    parts += _alarms("Known findings", alarms(results, verdicts.FINDING), is_open=False)
    parts += [f"\n{_plain(left_out_line(about.left_out))}\n"] if about.left_out else []
    return _as_much_as_fits(parts)


def is_markdown(data: bytes) -> bool:
    """Whether a file is such a summary."""
    return data.startswith(BEGINNING.encode())


def code(text: str) -> str:
    """A code span that holds the text as it is (GFM, section 6.3); the end of a line is a blank in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{space}{text or ' '}{space}{fence}".replace("\n", " ")


def _mark(results: Sequence[CellResult], about: About) -> str:
    status = verdicts.exit_status(list(results), strict=about.strict)
    if status == verdicts.EXIT_FAILED:
        return "❌"
    return "✅" if status == verdicts.EXIT_OK and not about.note else "⚠️"


def _table_of_areas(results: Sequence[CellResult]) -> str:
    present, rows = by_area(results)
    lines = [f"| area | {' | '.join(present)} |", f"| --- |{' ---: |' * len(present)}"]
    for area, numbers in rows.items():
        lines.append(f"| {_plain(area)} | {' | '.join(str(number or '·') for number in numbers)} |")
    return "\n" + "\n".join(lines) + "\n"


def _alarms(title: str, found: Sequence[Alarm], *, is_open: bool) -> list[str]:
    """A list of its own for each: a table of long cells can't be read in the width of a comment."""
    if not found:
        return []
    cells = sum(len(one.cells) for one in found)
    head = f"{title}: {len(found)} scenarios, {cells} cells"
    if is_open:
        return [f"\n### {head}\n\n", *map(_alarm, found)]
    return [f"\n<details><summary>{head}</summary>\n\n", *map(_alarm, found), "\n</details>\n"]


def _alarm(one: Alarm) -> str:
    first = one.first
    sources = "".join(f" [{_plain(name)}]({url})" for name, url in links(first.requirement)[:2])
    lines = [f"- **{_plain(one.scenario)}** ({first.level}, {first.severity}): {_plain(first.title)}"]
    lines.append(f"  - {_plain(short(first.requirement))}{' →' if sources else ''}{sources}")
    if first.expected:
        lines.append(f"  - expected {code(short(first.expected))}, got {code(short(first.actual))}")
    if first.reason:
        lines.append(f"  - {code(short(first.reason))}")
    lines.append(f"  - {len(one.cells)} of {one.judged} cells; again: {code(again_line(first))}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text in which nothing is markup, and nobody is mentioned."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[1])};" if found[1] in "<>&@" else f"\\{found[1]}", text)


def _as_much_as_fits(parts: Sequence[str]) -> str:
    text, end = "", "\n…: the rest stands in `report.html`.\n"
    is_folded = False
    for part in parts:
        closing = "\n</details>\n" if is_folded else ""
        if len(text) + len(part) + len(closing) + len(end) > MOST_CHARACTERS:
            return text + closing + end
        is_folded = (is_folded or "<details>" in part) and "</details>" not in part
        text += part
    return text
