"""What Keycloak answers to any request: methods and paths that it hasn't, and pages of other origins.

Sources: RealmsResource, DeviceEndpoint and Cors of keycloak/keycloak; answers of a live 26.7.3 server.
"""

from __future__ import annotations

from dataclasses import replace

from mock_idp.http11.response import JSON, Response, json_response
from mock_idp.vendors.context import IssuerContext, IssuerRequest
from mock_idp.vendors.keycloak import switches
from mock_idp.vendors.keycloak.headers import PAGE_TYPE, SECURITY_HEADERS, UNFRAMED, secured
from mock_idp.vendors.wire import Wire

_ORIGIN = "Access-Control-Allow-Origin"
_ALLOWED_HEADERS = (
    "Origin, Accept, X-Requested-With, Access-Control-Request-Method, Access-Control-Request-Headers, DPoP, "
    "Content-Type, Authorization"
)
# What may be read of an answer, where a page may read it at all.
_EXPOSED = "Access-Control-Allow-Methods"
_EXPOSING = frozenset({"token", "revoke", "device_authorization", "userinfo", "end_session"})
# Endpoints that have no preflight: OPTIONS lists their methods, in an order that is chance.
_ALLOW = {"/token/introspect": "HEAD, POST, OPTIONS", "/ext/par/request": "HEAD, POST, OPTIONS"}
_ALLOW |= {"/auth": "HEAD, POST, GET, OPTIONS"}
_ASKED_WITH = {"token": "POST, OPTIONS", "revoke": "POST, OPTIONS", "device_authorization": "POST, OPTIONS"}
_FORM = "application/x-www-form-urlencoded"
_REFUSED, _UNKNOWN, _NO_METHOD, _NO_DOCUMENT = 400, 401, 405, 406
_NOT_PRODUCED = "The accept header value did not match the value in @Produces"
_NOTHING_TO_SHOW = b"<!DOCTYPE html><title>An error occurred</title><p>There is no such document as a page.</p>"


class Answers(Wire):
    """The part of Keycloak about requests as such."""

    head_everywhere = True
    shared_endpoints = Wire.shared_endpoints - {"introspect", "par"} | {"end_session"}
    cors_credentials = True
    cors_credentials_for_documents = True
    cors_varies = False

    def preflight(self, request: IssuerRequest, endpoint: str) -> Response:
        """Any origin may ask, with these headers and no others, whatever the page wants to send."""
        document = endpoint == "discovery" or request.path.rstrip("/").endswith("/certs")
        methods = "GET" if document else _ASKED_WITH.get(endpoint, "GET, HEAD, OPTIONS")
        headers = (
            (_ORIGIN, request.header("origin")),
            ("Access-Control-Allow-Methods", methods),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
            ("Access-Control-Max-Age", "3600"),
        )
        return Response(200, (*headers, *UNFRAMED))

    def endpoint_of(self, endpoint: str, method: str) -> str:
        """Where a device asks for a code, a browser gets the page to enter it."""
        return "device_page" if endpoint == "device_authorization" and method in ("GET", "HEAD") else endpoint

    def not_served(self, request: IssuerRequest) -> Response:
        """A realm that does not exist, a path below one that does, or a wrong method."""
        _, found, below = request.path.partition("/realms/")
        realm, _, rest = below.partition("/")
        if not (found and realm):
            return json_response(404, {"error": "Unable to find matching target resource method"})
        status, sentence = 404, "HTTP 404 Not Found"
        if realm != request.context.options["realm"]:
            sentence = "Realm does not exist"
        elif request.known_path and request.method == "OPTIONS":
            allowed = next((value for end, value in _ALLOW.items() if request.path.rstrip("/").endswith(end)), None)
            return Response(200, (*((("Allow", allowed),) if allowed else ()), *UNFRAMED))
        elif request.known_path and "/.well-known/" not in request.path:
            status, sentence = _NO_METHOD, "HTTP 405 Method Not Allowed"
        elif rest.startswith("protocol/openid-connect/"):
            if request.method not in ("GET", "HEAD"):
                status, sentence = _NO_METHOD, "HTTP 405 Method Not Allowed"
        elif rest.startswith("protocol/"):
            sentence = "Protocol not found"
        return json_response(status, {"error": sentence}, SECURITY_HEADERS)

    def refuse_document(self, context: IssuerContext) -> Response | None:
        return switches.refuse_document(context)

    def not_acceptable(self, accept: str) -> Response | None:
        """Before anything else is looked at, and so without the usual headers."""
        ranges = {one.partition(";")[0].strip().lower() for one in accept.split(",")}
        if ranges & {"*/*", "application/*", JSON}:
            return None
        if "text/html" in ranges:
            return Response(_NO_DOCUMENT, (("Content-Type", PAGE_TYPE),), _NOTHING_TO_SHOW)
        return json_response(_NO_DOCUMENT, {"error": _NOT_PRODUCED})

    def dressed(self, request: IssuerRequest, endpoint: str, response: Response) -> Response:
        """JSON has its headers where it is made."""
        if response.status == _NO_DOCUMENT:
            return response
        endpoint = self.endpoint_of(endpoint, request.method)
        if ("Content-Type", JSON) not in response.headers:
            response = secured(endpoint, request.content_type.startswith(_FORM), response)
        return _shared(endpoint, request.header("origin"), response) if request.has("origin") else response


def _shared(endpoint: str, origin: str, response: Response) -> Response:
    """No page of another origin reads another page, nor why there is no such method."""
    page = any(name == "Content-Type" and value.startswith("text/html") for name, value in response.headers)
    if page or response.status == _NO_METHOD:
        kept = (pair for pair in response.headers if not pair[0].startswith("Access-Control-"))
        return replace(response, headers=tuple(kept))
    if endpoint == "token" and response.status == _UNKNOWN:
        # Whose pages may ask is known when the client is.
        response = response.with_header(_ORIGIN, origin).with_header("Access-Control-Allow-Credentials", "true")
    if endpoint in _EXPOSING and any(name == _ORIGIN for name, _ in response.headers):
        more = ", WWW-Authenticate" if endpoint == "userinfo" and response.status >= _REFUSED else ""
        return response.with_header("Access-Control-Expose-Headers", _EXPOSED + more)
    return response
