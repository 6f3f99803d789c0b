"""The way to the terminal, which no other module writes to: printable text and our own colours get there, nothing else.

No text is taken for markup: `words` puts colours beside it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import click
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook
from rich.segment import Segment
from rich.text import Text

from harness.shown.foreign_text import visible


def console(**options: Any) -> Console:
    """Standard output, or whatever the options of `rich.console.Console` say."""
    made = Console(markup=False, highlight=False, emoji=False, **options)
    made.push_render_hook(_Guard())
    return made


def say(text: str = "", *, err: bool = False) -> None:
    """A line, or several, on standard output or standard error."""
    click.echo(visible(text), err=err)


def say_in_colour(text: str, more: str = "", *, colour: str | None = None, bold: bool = False) -> None:
    """A line on standard output whose beginning, `text`, has a colour, unless NO_COLOR is set, or is bold."""
    colour = None if os.environ.get("NO_COLOR") else colour
    click.echo(click.style(visible(text), fg=colour, bold=bold or None) + visible(more))


def words(*parts: str | tuple[str, str]) -> Text:
    """Text in which each part may have a style, as `(text, style)`; what can't be shown in it is spelt out."""
    shown = [(visible(one), "") if isinstance(one, str) else (visible(one[0]), one[1]) for one in parts]
    return Text.assemble(*shown)


class _Guard(RenderHook):
    """Lets no text through that a terminal would obey."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Visible(one) for one in renderables]


class _Visible:
    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self._inner, options):
            yield segment if segment.control else _shown(segment)


def _shown(segment: Segment) -> Segment:
    style = segment.style.update_link(None) if segment.style and segment.style.link else segment.style
    return Segment(visible(segment.text), style)


def indented(text: str, width: int) -> str:
    """`text` with all its lines but the first indented, so that none of them can be taken for one of ours."""
    return text.replace("\n", "\n" + " " * width)
