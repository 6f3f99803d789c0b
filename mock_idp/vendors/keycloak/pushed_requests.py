"""What Keycloak says of a pushed authorization request that it refuses.

Sources: ParEndpoint and AuthorizationEndpointChecker of keycloak/keycloak; answers of a live 26.7.3 server.
"""

from __future__ import annotations

from collections.abc import Mapping

from mock_idp.http11.response import Response
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.keycloak.errors import refusal

_DISABLED = (
    "Client is not allowed to initiate browser login with given response_type. {flow} flow is disabled for the client."
)
_IMPLICIT = frozenset({"token", "id_token"})
_TYPES = _IMPLICIT | {"code", "none"}


def refuse_pushed(request: IssuerRequest, code: str, description: str) -> Response:
    """An invalid request, whatever is wrong with it, unless the client may not ask so at all."""
    form = request.form
    kinds = set(form.get("response_type", "").split())
    if code == "unauthorized_client" or (kinds & _IMPLICIT and kinds <= _TYPES):
        flow = "Standard" if code == "unauthorized_client" else "Implicit"
        return refusal(401, "unauthorized_client", _DISABLED.replace("{flow}", flow))
    if code == "unsupported_response_type":
        return refusal(400, "invalid_request", "Unsupported response type")
    if code == "invalid_scope":
        return refusal(400, "invalid_request", f"Invalid scopes: {form.get('scope', '')}")
    if code == "invalid_request":
        return refusal(400, code, _sentence(form, description))
    return refusal(400, code, description)


def _sentence(form: Mapping[str, str], description: str) -> str:
    if "request_uri" in form:
        return "It is not allowed to include request_uri to PAR."
    if "response_type" not in form:
        return "Missing parameter: response_type"
    if "redirect_uri" in description:
        return "Invalid parameter: redirect_uri"
    # So it calls what it can't read, for want of a better word.
    return "invalidRequestMessage" if "max_age" in description else description
