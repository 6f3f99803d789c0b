"""What is refused by a switch of the realm or the client: https only, off, an API alone, no token without a proof.

Sources: TokenEndpoint, AuthorizationEndpoint, DeviceEndpoint and DPoPUtil of keycloak/keycloak; answers of a live
26.7.3 server.
"""

from __future__ import annotations

from html import escape

from mock_idp.http11.response import Response
from mock_idp.vendors.context import IssuerContext, IssuerRequest
from mock_idp.vendors.keycloak.errors import WITHOUT_CACHING, is_jwt, place_of, refusal
from mock_idp.vendors.keycloak.headers import PAGE_TYPE

_NO_LOGIN = "Bearer-only applications are not allowed to initiate browser login."
_API_ALONE = "Bearer-only not allowed"
_NO_TLS = (403, "invalid_request", "HTTPS required")
_PAGE = "<!DOCTYPE html><title>An error occurred</title><p>{said}</p>"


def refuse_document(context: IssuerContext) -> Response | None:
    """Keys and discovery are not for everybody where the way is not secure; the page of the realm is."""
    is_page = context.path.rstrip("/").endswith(f"/realms/{context.options['realm']}")
    return refusal(*_NO_TLS) if _needs_tls(context) and not is_page else None


def refuse_logout(context: IssuerContext) -> Response | None:
    """No refresh token by a way that is not secure. Of a realm that is off, nobody is kept from leaving."""
    return refusal(*_NO_TLS) if _needs_tls(context) else None


def refuse_request(request: IssuerRequest) -> Response | None:
    """What is looked at first: whether the way is secure enough, and whether the realm is on."""
    context = request.context
    if _needs_tls(context):
        said = _NO_TLS
    elif not context.options["realm_enabled"]:
        said = (403, "access_denied", "Realm not enabled")
    else:
        return None
    place = place_of(context)
    if place in ("auth", "auth/device") or place is None:
        return _page(400, said[2])
    return refusal(*said, cached=place in WITHOUT_CACHING)


def refuse_client(request: IssuerRequest) -> Response | None:
    """Clients that get no token whatever they ask for, and those whose requests need a proof of possession."""
    options = request.context.options
    if request.client_id in options["bearer_only_clients"]:
        return refusal(400, "invalid_client", _API_ALONE, cached=False)
    if request.has("dpop") and not is_jwt(request.header("dpop")):
        return refusal(400, "invalid_request", "DPoP header verification failure", cached=False)
    if request.client_id in options["dpop_clients"]:
        # The mock verifies no proofs, so such a client never has a good one.
        return refusal(400, "invalid_request", "DPoP proof is missing", cached=False)
    return None


def refuse_client_beside(request: IssuerRequest) -> Response | None:
    """An API gets nothing at any other endpoint, either."""
    if request.client_id not in request.context.options["bearer_only_clients"]:
        return None
    place = place_of(request.context)
    if place == "auth":
        return _page(403, _NO_LOGIN)
    if place == "auth/device":
        return refusal(403, "unauthorized_client", _NO_LOGIN)
    return refusal(400, "invalid_client", _API_ALONE)


def _needs_tls(context: IssuerContext) -> bool:
    return context.options["ssl_required"] == "all" and not context.base.startswith("https://")


def _page(status: int, said: str) -> Response:
    body = _PAGE.format(said=escape(said)).encode()
    return Response(status, (("Content-Type", PAGE_TYPE),), body)
