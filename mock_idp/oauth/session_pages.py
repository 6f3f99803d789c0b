"""The pages that Keycloak's own library keeps in iframes: may a page there have cookies, is the user logged in still.

OpenID Connect Session Management 1.0 section 3.2 is what the second of them does for any client.
"""

from __future__ import annotations

from mock_idp.http11.response import Response
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_query
from mock_idp.oauth.pages import page
from mock_idp.oauth.request import FlowRequest

_TEMPLATES = {
    "login-status-iframe.html": "session_iframe.html",
    "step1.html": "third_party_cookies_1.html",
    "step2.html": "third_party_cookies_2.html",
}


def respond(request: FlowRequest) -> Response:
    """One of the pages, or the answer to the session iframe, which asks whether it may tell about the session."""
    name = request.path.rpartition("/")[2]
    return page(_TEMPLATES[name]) if name in _TEMPLATES else Response(204 if _may_ask(request) else 403, ())


def _may_ask(request: FlowRequest) -> bool:
    """Whether the client is known and has the origin that is named; the origin of the issuer may always ask."""
    try:
        given = read_query(request.query)
    except OAuthError:
        return False
    client = request.issuer.clients.client(given.get("client_id", ""))
    if client is None:
        return False
    own = "/".join(request.context.base.split("/", 3)[:3])
    return client.web_origins is None or bool({given.get("origin"), "*"} & {*client.web_origins, own})
