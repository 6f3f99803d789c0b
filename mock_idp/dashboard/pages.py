"""Pages and parts of pages, from the templates of this room, and the headers that they are sent with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from mock_idp.errors import not_found
from mock_idp.http11.response import Headers, Response, json_response

# Nothing but files of this server, and no text of a page that is script or style: whatever a request, a token or a name
# brings into a page stays text. No page of others may hold this one in a frame, where clicks could be led astray.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Headers = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", _POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def page(template: str, **values: Any) -> Response:
    """A page, or a part of one, made of a template with these values, escaped."""
    body = part(template, **values).encode("utf-8", "replace")
    return Response(200, (("Content-Type", "text/html; charset=utf-8"), *_HEADERS), body)


def part(template: str, **values: Any) -> str:
    """The HTML of a template with these values, escaped."""
    return _templates().get_template(template).render(**values)


def document(value: object) -> Response:
    """A JSON answer with the headers of the pages."""
    return json_response(200, value, _HEADERS)


def static_file(name: str) -> Response:
    """A file of the dashboard by its name. Raises MockIdpError 404 for any other name."""
    file = _files().get(name)
    if file is None:
        raise not_found("not_found", "The dashboard has no such file.")
    kind, body = file
    return Response(200, (("Content-Type", f"{kind}; charset=utf-8"), *_HEADERS), body)


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    """Type and content of each file, by its name. Only these are ever read, whatever somebody asks for."""
    found = (file for file in files(__package__).joinpath("static").iterdir() if file.is_file())
    return {
        file.name: (kind, file.read_bytes())
        for file in found
        if (kind := _TYPES.get(file.name.rpartition(".")[2])) is not None
    }


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader(__package__),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters |= {"clock": clock, "moment": moment, "json": in_json, "segment": segment}
    templates.tests["addressable"] = addressable
    return templates


def clock(at: float | None) -> str:
    """A unix second as the time of day in UTC; a dash where there is none."""
    return _told(at, "%H:%M:%S")


def moment(at: float | None) -> str:
    """A unix second as date and time of day in UTC; a dash where there is none."""
    return _told(at, "%Y-%m-%d %H:%M:%S")


def _told(at: float | None, form: str) -> str:
    if at is None:
        return "–"
    try:
        return datetime.fromtimestamp(at, UTC).strftime(form)
    except (OverflowError, ValueError, OSError):
        # The clock of an issuer can be set to what no calendar has.
        return f"{at:.0f}"


def segment(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="")


def addressable(text: str) -> bool:
    """Whether a browser can ask for a path that ends in this text: it takes two of them for steps in the path."""
    return text not in ("", ".", "..")


def in_json(value: object) -> str:
    """A value as JSON that people read."""
    return json.dumps(value, ensure_ascii=False, indent=2)
