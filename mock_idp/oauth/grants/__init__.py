"""The grants of the token endpoint, a file each, loaded when the first request needs them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from mock_idp.http11.response import Response
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientSettings
from mock_idp.vendors.grant_types import DEVICE_CODE, JWT_BEARER, PASSWORD_REALM, TOKEN_EXCHANGE

_MODULES = {
    "client_credentials": "client_credentials",
    "authorization_code": "authorization_code",
    "refresh_token": "refresh_token",
    "password": "password",
    # The realm is a connection of Auth0's; users have none here.
    PASSWORD_REALM: "password",
    DEVICE_CODE: "device_code",
    JWT_BEARER: "jwt_bearer",
    TOKEN_EXCHANGE: "token_exchange",
}
GRANT_TYPES = tuple(_MODULES)


class Grant(Protocol):
    """One grant. In: the request, its authenticated client, its parameters. Raises OAuthError."""

    def __call__(self, request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
        """The answer of the token endpoint."""


class OwnGrant(Protocol):
    """A grant that knows its client by itself. In: the request, its parameters. Raises OAuthError."""

    def __call__(self, request: FlowRequest, form: Mapping[str, str]) -> Response:
        """The answer of the token endpoint."""


@cache
def own_grant(module: str) -> OwnGrant:
    """The grant of one vendor, by the name of its module."""
    return cast(OwnGrant, import_module(f"{__name__}.{module}").respond)


@cache
def find_grant(grant_type: str) -> Grant:
    """The grant of a type that is known."""
    return cast(Grant, import_module(f"{__name__}.{_MODULES[grant_type]}").grant)
