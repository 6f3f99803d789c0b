"""The page at the root, for browsers: what this server is, and where its documents and its dashboard are."""

from __future__ import annotations

from collections.abc import Sequence

from mock_idp.dashboard.pages import page
from mock_idp.http11.request import Request
from mock_idp.http11.response import Response
from mock_idp.issuer.issuer import Issuer
from mock_idp.issuer.state import State

DOCUMENTATION = (
    ("docs/mock-idp.md", "the server, its styles, the control API"),
    ("docs/flows.md", "a login page and the other flows"),
    ("docs/clients.md", "client libraries, and what they must be told"),
    ("docs/mcp.md", "MCP clients and servers"),
    ("docs/vendors", "each vendor, and how to point a service at it"),
)
"""Pages of the documentation, with what each is about."""


def start_page(state: State, request: Request, *, lists_all: bool) -> Response | None:
    """The page, or None for a request with another method than GET or HEAD.

    In: whether who asks may list the issuers; else only that of the root stands there, which answers here anyway.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    shown = [issuer for issuer in state.issuers() if lists_all or issuer.prefix == ""]
    return page("start.html", issuers=_links(shown), lists_all=lists_all, documentation=DOCUMENTATION)


def _links(issuers: Sequence[Issuer]) -> list[dict[str, str]]:
    """Issuers with the paths of their documents on this server: the public name may mean nothing here."""
    return [
        {
            "id": issuer.id,
            "style": issuer.vendor.name,
            "issuer": issuer.issuer,
            "discovery": _here(issuer, issuer.discovery_url),
            "jwks": _here(issuer, issuer.jwks_uri),
        }
        for issuer in issuers
    ]


def _here(issuer: Issuer, url: str) -> str:
    return (
        issuer.prefix.removeprefix("/") + ("/" if issuer.prefix else "") + url.removeprefix(f"{issuer.context.base}/")
    )
