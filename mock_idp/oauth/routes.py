"""Where the endpoints beside the token endpoint stand: where the discovery document says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mock_idp.providers.base import Place, Provider
from mock_idp.providers.flows import DEVICE_CODE

FLOW_ENDPOINTS = {
    "authorization_endpoint": "authorize",
    "userinfo_endpoint": "userinfo",
    "introspection_endpoint": "introspect",
    "revocation_endpoint": "revoke",
    "end_session_endpoint": "end_session",
    "device_authorization_endpoint": "device_authorization",
    "pushed_authorization_request_endpoint": "par",
}
"""Member of the discovery document to endpoint (RFC 8414 section 2 and the specifications it has its members from)."""

FLOW_METHODS = {
    "authorize": ("GET", "POST"),
    "userinfo": ("GET", "POST"),
    "introspect": ("POST",),
    "revoke": ("POST",),
    "end_session": ("GET", "POST"),
    "device_authorization": ("POST",),
    "device_page": ("GET", "POST"),
    "par": ("POST",),
}


_SECRET_PARAMETERS = re.compile(r"(^|&)(id_token_hint|access_token|token|code|password|client_secret)=[^&]*")


def loggable(endpoint: str, query: str) -> str:
    """The query of a request as the log keeps it: without tokens and secrets."""
    return _SECRET_PARAMETERS.sub(r"\1\2=redacted", query) if endpoint in FLOW_METHODS and query else query


def flow_routes(provider: Provider, place: Place) -> Iterator[tuple[str, str]]:
    """Path below the base URL and endpoint. What a vendor has on a host of its own is not served."""
    document = provider.discovery(place)
    for member, endpoint in FLOW_ENDPOINTS.items():
        url = document.get(member)
        if isinstance(url, str) and url.startswith(place.base + "/"):
            yield url.removeprefix(place.base), endpoint
    if DEVICE_CODE in provider.flows.grants:
        yield device_page(provider, place).removeprefix(place.base), "device_page"


def device_page(provider: Provider, place: Place) -> str:
    """The URL of the page on which a user enters a user code."""
    issuer = provider.issuer(place).rstrip("/")
    return provider.flows.device_page.replace("{base}", place.base).replace("{issuer}", issuer)
