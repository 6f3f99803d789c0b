"""Where the endpoints beside the token endpoint stand: where the discovery document says."""

from __future__ import annotations

from collections.abc import Iterator

from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import IssuerContext
from mock_idp.vendors.grant_types import DEVICE_CODE

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
    "registration": ("POST",),
    "session_page": ("GET",),
    "account": ("GET",),
    "tokeninfo": ("GET", "POST"),
    "session": ("GET", "DELETE"),
    "session_refresh": ("POST",),
}


def flow_routes(vendor: Vendor, context: IssuerContext) -> Iterator[tuple[str, str]]:
    """Path below the base URL and endpoint, of all discovery documents of the issuer.

    Which host a request is for doesn't matter, so an endpoint on another host of the vendor's has its path here.
    """
    bases = (context.base, *vendor.other_bases(context))
    named = {**FLOW_ENDPOINTS, "token_endpoint": "token"}
    if vendor.registers_clients(context.options):
        # Others name an endpoint that is left out here.
        named["registration_endpoint"] = "registration"
    older = (document for document in vendor.more_documents(context).values() if document is not None)
    for document in (vendor.discovery(context), *older):
        for member, endpoint in named.items():
            url = document.get(member)
            base = next((one for one in bases if isinstance(url, str) and url.startswith(one + "/")), None)
            if url is not None and base is not None:
                yield url.removeprefix(base), endpoint
    yield from vendor.more_paths.items()
    yield from vendor.page_paths(context).items()
    if DEVICE_CODE in vendor.grants:
        yield device_page(vendor, context).removeprefix(context.base), "device_page"


def device_page(vendor: Vendor, context: IssuerContext) -> str:
    """The URL of the page on which a user enters a user code."""
    issuer = vendor.issuer(context).rstrip("/")
    return vendor.device_page.replace("{base}", context.base).replace("{issuer}", issuer)
