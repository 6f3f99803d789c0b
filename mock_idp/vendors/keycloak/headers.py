"""The headers that a Keycloak gives to every answer, by what the answer is.

Sources: DefaultSecurityHeadersProvider of keycloak/keycloak; answers of a live 26.7.3 server.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mock_idp.http11.response import JSON, Headers, Response

PAGE_TYPE = "text/html;charset=utf-8"
UNFRAMED: Headers = (
    ("Referrer-Policy", "no-referrer"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "none"),
)
"""Those of what is neither JSON nor a page: anybody may frame it."""
SECURITY_HEADERS: Headers = (*UNFRAMED[:3], ("X-Frame-Options", "SAMEORIGIN"), *UNFRAMED[3:])
"""Those of JSON."""
_FRAMES = "frame-src 'self'; {ancestors}object-src 'none';"
_PAGE: Headers = (
    ("Content-Language", "en"),
    ("Content-Security-Policy", _FRAMES.format(ancestors="frame-ancestors 'self'; ")),
    *SECURITY_HEADERS,
)
# A page that exists to be framed by others.
_IFRAME: Headers = (("Content-Security-Policy", _FRAMES.format(ancestors="")), *UNFRAMED)
_NAMES = frozenset(name for name, _ in _PAGE)
_REFUSED = 400
_NO_CACHE = "no-cache"
NEVER_STORED = "no-store, must-revalidate, max-age=0"
# By endpoint; a page that says what is wrong says nothing of caches, but at the logout.
_CACHING = {
    "account": _NO_CACHE,
    "authorize": NEVER_STORED,
    "device_page": NEVER_STORED,
    "end_session": _NO_CACHE,
    "session_page": "no-cache, must-revalidate, no-transform, no-store",
}
# From where browsers are sent on.
_LEAVING = frozenset({"authorize", "end_session"})


def secured(endpoint: str, is_form: bool, response: Response) -> Response:
    """The answer of an endpoint with the headers of its kind in place of those that it has."""
    kind = next((value.partition(";")[0] for name, value in response.headers if name == "Content-Type"), "")
    if kind == "text/html":
        return _page(endpoint, response)
    # What a form is answered with is a page, if an empty one, unless it is JSON.
    usual = SECURITY_HEADERS if kind == JSON else _PAGE[1:] if is_form else UNFRAMED
    if endpoint in _LEAVING and any(name == "Location" for name, _ in response.headers):
        return _with(response, (("Cache-Control", _CACHING[endpoint]), *usual), _NAMES | {"Cache-Control", "Pragma"})
    return _with(response, usual, _NAMES)


def _page(endpoint: str, response: Response) -> Response:
    usual = _IFRAME if endpoint == "session_page" else _PAGE
    if endpoint != "account":
        usual = (("Content-Type", PAGE_TYPE), *usual)
    if endpoint in _CACHING and (response.status < _REFUSED or endpoint == "end_session"):
        usual = (("Cache-Control", _CACHING[endpoint]), *usual)
    return _with(response, usual, _NAMES | {"Cache-Control"} | {name for name, _ in usual})


def _with(response: Response, usual: Headers, instead_of: Collection[str]) -> Response:
    kept = (pair for pair in response.headers if pair[0] not in instead_of)
    return replace(response, headers=(*kept, *usual))
