"""The page as text: the data in it can't be taken for markup, and nothing but the page's own script runs."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader

from harness.base.verdicts import CellResult
from harness.report.page.beside import Beside, beside_document
from harness.report.page.card import card_document
from harness.report.page.document import About, document

# The first bytes of every page of ours, by which the next run knows that it may overwrite the file.
BEGINNING: Final = b"<!doctype html>\n<!-- idp-harness report -->\n"


def page_of(
    results: Sequence[CellResult],
    about: About,
    scripts: Mapping[str, str] | None = None,
    beside: Beside | None = None,
    card: Mapping[str, Any] | None = None,
) -> str:
    """The report of `results` as one HTML file; `scripts` are the files of scripts by the ids of their cells.

    `beside` is another record that it is compared with, `card` the service's behaviour card, as `read_card` gives it.
    """
    data = document(results, about, scripts)
    if beside:
        data["beside"] = beside_document(results, about, beside)
    if card:
        data["card"] = card_document(card)
    return html(data)


def html(data: Mapping[str, Any]) -> str:
    """The page that shows `data`, as `document` makes it."""
    in_short = {name: value for name, value in data.items() if name != "evidence"}
    shown = {name: data[name] for name in ("verdict", "sentence", "targets", "verdicts")}
    return rendered("page", in_short, **shown, evidence=_packed(data["evidence"]))


def rendered(name: str, data: Mapping[str, Any], **shown: Any) -> str:
    """The page of the template `name`.html and the script `name`.js, which reads `data`; `shown` is for the template.

    It loads nothing, and only its own script may run.
    """
    room = files("harness.report.page")
    style = (room / "page.css").read_text("utf-8")
    script = "".join((room / one).read_text("utf-8") for one in ("elements.js", f"{name}.js"))
    environment = Environment(autoescape=True, loader=FunctionLoader(lambda one: (room / one).read_text("utf-8")))
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'"
    )
    own = {"policy": policy, "style": style, "script": script, "data": _as_data(data)}
    return environment.get_template(f"{name}.html").render(**shown, **own)


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
