"""The paths of an issuer on its server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import IssuerContext
from mock_idp.vendors.routes import flow_routes

_OPENID_CONFIGURATION = "/.well-known/openid-configuration"
_OAUTH_METADATA = "/.well-known/oauth-authorization-server"


def routes_of(vendor: Vendor, prefix: str, context: IssuerContext) -> Iterator[tuple[str, str]]:
    """Path on this server and endpoint (`jwks`, `discovery`, `token`, the flows') of all that an issuer serves.

    `prefix` is the path on this server below which it lives.
    """
    ends = vendor.path_ends
    yield from ((path + end, endpoint) for path, endpoint in _routes(vendor, prefix, context) for end in ends)


def _routes(vendor: Vendor, prefix: str, context: IssuerContext) -> Iterator[tuple[str, str]]:
    options = context.options
    yield prefix + vendor.jwks_path(options), "jwks"
    yield prefix + vendor.token_path(options), "token"
    for path in vendor.discovery_paths(options):
        yield prefix + path, "discovery"
    for path, document in vendor.more_documents(context).items():
        yield prefix + path, "jwks" if document is None else "discovery"
    for path in vendor.key_documents(context, ()):
        yield prefix + path, "jwks"
    for path in _inserted(vendor, prefix, context):
        yield path, "discovery"
    for path, endpoint in flow_routes(vendor, context):
        yield prefix + path, endpoint


def _inserted(vendor: Vendor, prefix: str, context: IssuerContext) -> Iterator[str]:
    """Paths of the discovery document with the well-known part before the path of the issuer (RFC 8414 section 3.1).

    Section 5 has that for the name of OpenID Connect as well.
    """
    served = vendor.discovery_paths(context.options)
    if not any(path.endswith(_OAUTH_METADATA) for path in served):
        return
    whole = vendor.issuer(replace(context, base=prefix))
    below = whole.rstrip("/")
    for name in (_OAUTH_METADATA, _OPENID_CONFIGURATION):
        # Of a vendor's own path only what the vendor is known to serve.
        if name == _OAUTH_METADATA or name in served or vendor.inserts_openid:
            yield name + below
            if below and whole != below:
                yield name + whole
