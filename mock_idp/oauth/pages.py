"""The pages people see, from the templates of the package."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from mock_idp.http11.response import Response

_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("mock_idp.oauth"), autoescape=select_autoescape(), trim_blocks=True)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page made of a template with these values, escaped."""
    body = _templates().get_template(template).render(**values)
    return Response(status, _HEADERS, body.encode("utf-8", "replace"))
