"""Where the endpoints beside the token endpoint stand: where the discovery document says."""

from __future__ import annotations

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


def flow_routes(provider: Provider, place: Place) -> Iterator[tuple[str, str]]:
    """Path below the base URL and endpoint, of all discovery documents of the issuer.

    Which host a request is for doesn't matter, so an endpoint on another host of the vendor's has its path here.
    """
    bases = (place.base, *provider.flows.other_bases(place))
    older = (document for document in provider.more_documents(place).values() if document is not None)
    for document in (provider.discovery(place), *older):
        for member, endpoint in {**FLOW_ENDPOINTS, "token_endpoint": "token"}.items():
            url = document.get(member)
            base = next((one for one in bases if isinstance(url, str) and url.startswith(one + "/")), None)
            if url is not None and base is not None:
                yield url.removeprefix(base), endpoint
    yield from provider.flows.more_paths.items()
    if DEVICE_CODE in provider.flows.grants:
        yield device_page(provider, place).removeprefix(place.base), "device_page"


def device_page(provider: Provider, place: Place) -> str:
    """The URL of the page on which a user enters a user code."""
    issuer = provider.issuer(place).rstrip("/")
    return provider.flows.device_page.replace("{base}", place.base).replace("{issuer}", issuer)
