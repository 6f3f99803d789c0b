"""The account of a user at Keycloak: JSON for its libraries, a page for people."""

from __future__ import annotations

from mock_idp.http11.response import Response, json_response
from mock_idp.oauth.logins import current_login
from mock_idp.oauth.own_tokens import own_token
from mock_idp.oauth.pages import page
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import STANDARD_CLAIMS, known_of, subject_of

# Member of a UserRepresentation to the claim that is made of it.
_MEMBERS = {
    "username": "preferred_username",
    "firstName": "given_name",
    "lastName": "family_name",
    "email": "email",
    "emailVerified": "email_verified",
}


def respond(request: FlowRequest) -> Response:
    """The user of an access token as a `UserRepresentation`, or who is logged in in this browser."""
    if "application/json" not in request.header("accept"):
        there = current_login(request)
        text = "Nobody is logged in." if there is None else f"{there[1].user.username} is logged in."
        return page("message.html", title="Account", text=text)
    scheme, _, text = request.authorization.partition(" ")
    token = own_token(request.issuer, text.strip()) if scheme.lower() == "bearer" else None
    user = token.user(request.issuer) if token is not None else None
    if user is None:
        return json_response(401, {"error": "HTTP 401 Unauthorized"})
    vendor = request.issuer.vendor
    known = {"preferred_username": user.username, **known_of(user, vendor)}
    members = {name: known[claim] for name, claim in _MEMBERS.items() if claim in known}
    more = {name: [str(value)] for name, value in known.items() if name not in STANDARD_CLAIMS}
    document = {"id": subject_of(user, vendor), **members, "attributes": more}
    return json_response(200, document, (("Cache-Control", "no-cache"),))
