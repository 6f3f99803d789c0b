"""The page as text: the data in it can't be taken for markup, and nothing but the page's own script runs."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment

from harness.base.verdicts import CellResult
from harness.report.page.document import About, document

# The first bytes of every page of ours, by which the next run knows that it may overwrite the file.
BEGINNING: Final = b"<!doctype html>\n<!-- idp-harness report -->\n"


def page_of(results: Sequence[CellResult], about: About, scripts: Mapping[str, str] | None = None) -> str:
    """The report of `results` as one HTML file; `scripts` are the files of scripts by the ids of their cells."""
    return html(document(results, about, scripts))


def html(data: Mapping[str, Any]) -> str:
    """The page that shows `data`, as `document` makes it. It loads nothing, and only its own script may run."""
    room = files("harness.report.page")
    style, script = ((room / name).read_text("utf-8") for name in ("page.css", "page.js"))
    template = Environment(autoescape=True).from_string((room / "page.html").read_text("utf-8"))
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )
    in_short = {name: value for name, value in data.items() if name != "evidence"}
    return template.render(
        **{name: data[name] for name in ("sentence", "targets", "verdicts")},
        policy=policy,
        style=style,
        script=script,
        data=_as_data(in_short),
        evidence=_packed(data["evidence"]),
    )


def is_page(data: bytes) -> bool:
    """Whether a file is such a page."""
    return data.startswith(BEGINNING)


def _digest(text: str) -> str:
    """The source expression of Content Security Policy for an element with this text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _as_data(data: Mapping[str, Any]) -> str:
    """JSON for a script element: nothing in it can end the element or begin a comment."""
    text = _json(data)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _packed(data: Mapping[str, Any]) -> str:
    """JSON that is read when a cell is opened: gzip in base64, as most of it is said many times."""
    return base64.b64encode(gzip.compress(_json(data).encode(), mtime=0)).decode()


def _json(data: Mapping[str, Any]) -> str:
    """In ASCII, so that no character is half of one."""
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"), default=str)
