"""What a client may ask for: scopes and audiences, against what its issuer and its own settings say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import SEVERAL, has_empty
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientSettings
from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import Audience
from mock_idp.vendors.grant_types import TOKEN_EXCHANGE

IDENTITY_SCOPES = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
"""The scopes of OpenID Connect Core sections 5.4 and 11, about a user and not an API: every client may ask for them."""


# RFC 3986 section 4.3.
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")


def unique(words: Iterable[str]) -> tuple[str, ...]:
    """The words in their order, each once."""
    return tuple(dict.fromkeys(words))


def permissions_of(scope: Iterable[str], roles: Iterable[str], vendor: Vendor) -> tuple[str, ...]:
    """The permissions that a granted scope stands for, and those that client and user have anyhow."""
    words = (word for word in scope if word not in IDENTITY_SCOPES and word not in vendor.more_scopes)
    return unique((*words, *roles))


def granted_scope(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the requested scope; of a declared client that asks for none, all that are its own.

    Raises OAuthError `missing_scope`, `unknown_scope`, `scope_not_allowed`.
    """
    words = unique(form.get("scope", "").split())
    if request.issuer.vendor.reads_empty_values and "grant_type" in form and _has_nameless(request, form):
        raise OAuthError("unknown_scope", form.get("scope", ""))
    if not words:
        if not client.anonymous and request.issuer.vendor.needs_scope(request.context):
            raise OAuthError("missing_scope")
        return request.issuer.vendor.usual_scope(client.scopes or ())
    known, vendor = request.issuer.settings.scopes, request.issuer.vendor
    for word in words:
        if word in IDENTITY_SCOPES or word in vendor.more_scopes:
            continue
        if known is not None and not vendor.has_scope(word, known):
            raise OAuthError("unknown_scope", word)
        if client.scopes is not None and not vendor.has_scope(word, client.scopes):
            raise OAuthError("scope_not_allowed", word)
    return words


def known_scope(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the requested scope that the client may have; the others count for nothing.

    Raises OAuthError `missing_scope`.
    """
    granted: list[str] = []
    for word in unique(form.get("scope", "").split()):
        try:
            granted += granted_scope(request, client, {"scope": word})
        except OAuthError:
            continue
    return tuple(granted) if "scope" in form else granted_scope(request, client, form)


def _has_nameless(request: FlowRequest, form: Mapping[str, str]) -> bool:
    """Whether a scope without a name was asked for, as stands between two blanks."""
    if "scope" not in form:
        return has_empty(request.body, "scope")
    # Blanks at the end count for nothing.
    named = form["scope"].rstrip(" ")
    return bool(named) and "" in named.split(" ")


def granted_audience(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Audience | None:
    """The requested `audience` or `resource` (RFC 8707); else the client's first one, else None for the issuer's.

    A vendor without the parameter `audience` looks at it in a token exchange only (RFC 8693 section 2.1), one without
    `resource` never looks at that.

    Raises OAuthError `missing_audience`, `bad_resource`, `unknown_audience`, `audience_not_allowed`.
    """
    vendor = request.issuer.vendor
    is_named = vendor.audience_parameter or form.get("grant_type") == TOKEN_EXCHANGE
    audience = form.get("audience") if is_named else None
    if not audience and vendor.resource_parameter and "resource" in form:
        return _granted_resource(request, client, form["resource"])
    if audience is None:
        if is_named and vendor.reads_empty_values and has_empty(request.body, "audience"):
            _check_audience(request, client, "")
        if client.audiences:
            return client.audiences[0]
        if not client.anonymous and vendor.needs_audience:
            raise OAuthError("missing_audience")
        return None
    _check_audience(request, client, audience)
    return audience


def _granted_resource(request: FlowRequest, client: ClientSettings, resource: str) -> Audience:
    if not request.issuer.vendor.bound_resources:
        _check_audience(request, client, resource)
        return resource
    each = unique(resource.split(SEVERAL))
    for one in each:
        if not is_resource(one):
            raise OAuthError("bad_resource", one)
        _check_audience(request, client, one)
    return each[0] if len(each) == 1 else each


def is_resource(text: str) -> bool:
    """Whether it is an absolute URI without a fragment (RFC 8707 section 2)."""
    return _ABSOLUTE_URI.fullmatch(text) is not None


def _check_audience(request: FlowRequest, client: ClientSettings, audience: str) -> None:
    vendor = request.issuer.vendor
    known = request.issuer.settings.audiences
    if known is None and vendor.audiences_are_clients and request.issuer.clients.clients:
        own = (request.context.audience, *vendor.exchange_audiences(request.context))
        known = (*own, *request.issuer.clients.clients)
    if known is not None and audience not in known:
        raise OAuthError("unknown_audience", audience)
    if client.audiences is not None and audience not in client.audiences:
        raise OAuthError("audience_not_allowed", audience)


def resource_of_token(
    request: FlowRequest, client: ClientSettings, form: Mapping[str, str], granted: Audience | None
) -> Audience | None:
    """The `resource` of a token request for a grant that a user has given already, where the vendor looks at it.

    In: the audience of that grant; None for the usual one. Out: None for the audience of the grant. Raises as
    `granted_audience`.
    """
    vendor = request.issuer.vendor
    if "resource" not in form or not vendor.resource_of_tokens(request.context):
        return None
    asked = granted_audience(request, client, {"resource": form["resource"]})
    if vendor.bound_resources and granted is not None:
        # RFC 8707 section 2.2: what was granted, or a part of it.
        for one in _each(asked):
            if one not in _each(granted):
                raise OAuthError("resource_not_granted", one)
    return asked


def _each(audience: Audience | None) -> tuple[str, ...]:
    return (audience,) if isinstance(audience, str) else audience or ()


def claims_of_client(request: FlowRequest, client: ClientSettings) -> Mapping[str, Any]:
    """The claims that are set in access tokens of a client: those it declares, and where its web pages may be from."""
    name = request.issuer.vendor.origins_claim(request.context.options)
    if name is None or client.web_origins is None:
        return client.claims
    return {name: list(client.web_origins), **client.claims}
