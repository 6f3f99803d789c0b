"""The endpoints by name, each in a file that is loaded when the first request needs it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from mock_idp.http11.response import Response
from mock_idp.oauth.request import FlowRequest

Endpoint = Callable[[FlowRequest], Response]
"""Answers a request whose method is one the endpoint takes. Raises JoseError when nothing can be signed."""

_MODULES = {
    "token": "token_endpoint",
    "authorize": "authorize",
    "userinfo": "userinfo",
    "introspect": "introspection",
    "revoke": "revocation",
    "end_session": "end_session",
    "device_authorization": "device_authorization",
    "device_page": "device_page",
    "par": "pushed_requests",
    "session_page": "session_pages",
    "account": "account",
    "registration": "registration",
    "tokeninfo": "tokeninfo",
    "session": "sessions",
    "session_refresh": "sessions",
}


def answer(name: str, request: FlowRequest) -> Response:
    """The answer of the endpoint of this name. Raises JoseError when nothing can be signed."""
    vendor = request.issuer.vendor
    refused = vendor.refuse_request(request) if name in vendor.guarded_endpoints else None
    return refused or find_endpoint(name)(request)


@cache
def find_endpoint(name: str) -> Endpoint:
    """The endpoint of this name."""
    return cast(Endpoint, import_module(f"mock_idp.oauth.{_MODULES[name]}").respond)
