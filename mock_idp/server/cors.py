"""Web pages of other origins: preflights and headers of the CORS protocol (Fetch Standard, section 3.3).

A page may fetch documents and tokens, but not drive the control API, whose answers have none of these headers. Where a
vendor sends `Access-Control-Allow-Origin` to everybody that stays as it is; otherwise it is sent to who sends `Origin`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mock_idp.http11.request import Request
from mock_idp.http11.response import Response
from mock_idp.vendors.context import IssuerRequest

if TYPE_CHECKING:
    from mock_idp.issuer.issuer import Issuer

_ALLOW_ORIGIN = "Access-Control-Allow-Origin"
_DOCUMENTS = frozenset({"jwks", "discovery"})
_USUAL_HEADERS = "Authorization, Content-Type"
_PREFLIGHT_SECONDS = "3600"


def is_preflight(issuer: Issuer, endpoint: str, request: Request) -> bool:
    """Whether a browser asks if a page may ask."""
    return (
        request.method == "OPTIONS"
        and endpoint in issuer.vendor.shared_endpoints
        and request.has("origin")
        and request.has("access-control-request-method")
    )


def preflight_response(issuer: Issuer, endpoint: str, methods: Sequence[str], request: IssuerRequest) -> Response:
    """The answer to a preflight: any origin may ask, as the client is not known yet."""
    own = issuer.vendor.preflight(request, endpoint)
    if own is not None:
        return own
    wanted = request.header("access-control-request-headers") or _USUAL_HEADERS
    return Response(
        200,
        (
            *_headers(issuer, endpoint, request.header("origin")),
            ("Access-Control-Allow-Methods", ", ".join((*methods, "OPTIONS"))),
            ("Access-Control-Allow-Headers", wanted),
            ("Access-Control-Max-Age", _PREFLIGHT_SECONDS),
            ("Vary", "Origin"),
        ),
    )


def share(
    response: Response, issuer: Issuer, endpoint: str, request: Request, client_id: Callable[[], str | None]
) -> Response:
    """The answer as a page of the request's origin may read it, if the client of the request has that origin.

    In: a way to find out the client, which is called only when a declared client has `web_origins`.
    """
    origin = request.header("origin")
    if (
        not request.has("origin")
        or endpoint not in issuer.vendor.shared_endpoints
        or _has(response.headers, _ALLOW_ORIGIN)
    ):
        return response
    allowed = _is_trusted if endpoint in issuer.vendor.cookie_endpoints else _is_allowed
    if endpoint not in _DOCUMENTS and not allowed(issuer, origin, client_id):
        return response
    headers = [*response.headers]
    _share(headers, issuer, endpoint, origin)
    return replace(response, headers=tuple(headers))


def share_document(
    headers: list[tuple[str, str]], issuer: Issuer, endpoint: str, asked: Sequence[tuple[str, str]]
) -> None:
    """Add to the headers of a document what its request asks for. In: the headers of the request."""
    given = dict(asked)
    origin = given.get("origin") or given.get("ORIGIN")
    if origin is not None and not _has(headers, _ALLOW_ORIGIN):
        _share(headers, issuer, endpoint, origin)


def _share(headers: list[tuple[str, str]], issuer: Issuer, endpoint: str, origin: str) -> None:
    headers += _headers(issuer, endpoint, origin)
    if not issuer.vendor.cors_varies:
        return
    varies = [value for name, value in headers if name.lower() == "vary"]
    if not any("origin" in value.lower() for value in varies):
        headers.append(("Vary", "Origin"))


def _headers(issuer: Issuer, endpoint: str, origin: str) -> list[tuple[str, str]]:
    headers = [(_ALLOW_ORIGIN, origin)]
    if issuer.vendor.cors_credentials or endpoint in issuer.vendor.cookie_endpoints:
        # Documents are for everybody, so nobody needs to say who they are.
        nobody = endpoint in _DOCUMENTS and not issuer.vendor.cors_credentials_for_documents
        headers.append(("Access-Control-Allow-Credentials", "false" if nobody else "true"))
    return headers


def _is_allowed(issuer: Issuer, origin: str, client_id: Callable[[], str | None]) -> bool:
    clients = issuer.clients.clients
    if all(client.web_origins is None for client in clients.values()):
        return True
    name = client_id()
    client = clients.get(name) if name is not None else None
    return client is None or client.web_origins is None or bool({origin, "*"} & {*client.web_origins})


def _is_trusted(issuer: Issuer, origin: str, client_id: Callable[[], str | None]) -> bool:
    """Whether it is the origin of any client, where the request is not from one."""
    clients = issuer.clients.clients.values()
    return not clients or any(
        client.web_origins is None or bool({origin, "*"} & {*client.web_origins}) for client in clients
    )


def _has(headers: Sequence[tuple[str, str]], name: str) -> bool:
    return any(one.lower() == name.lower() for one, _ in headers)
