"""The endpoints by name, each in a file that is loaded when the first request needs it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from mock_idp.http11.answer import Answer
from mock_idp.oauth.request import FlowRequest

Endpoint = Callable[[FlowRequest], Answer]
"""Answers a request whose method is one the endpoint takes. Raises JoseError when nothing can be signed."""

_HANDLERS = {
    "token": "token_endpoint.token_answer",
    "authorize": "authorize.authorize_answer",
    "userinfo": "userinfo.userinfo_answer",
    "introspect": "introspection.introspection_answer",
    "revoke": "revocation.revocation_answer",
    "end_session": "end_session.end_session_answer",
    "device_authorization": "device_authorization.device_authorization_answer",
    "device_page": "device_page.device_page_answer",
    "par": "pushed_requests.pushed_answer",
}


@cache
def find_endpoint(name: str) -> Endpoint:
    """The endpoint of this name."""
    module, _, function = _HANDLERS[name].partition(".")
    return cast(Endpoint, getattr(import_module(f"mock_idp.oauth.{module}"), function))
