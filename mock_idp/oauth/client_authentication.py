"""Who a client is, and whether it is: RFC 6749 section 2.3, RFC 7521 section 4.2, OpenID Connect Core section 9."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote_plus

from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.known_clients import known_client
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientAuthMethod, ClientSettings


@dataclass(frozen=True)
class Credentials:
    """What a client says about itself, unchecked."""

    client_id: str
    method: ClientAuthMethod
    secret: str | None = field(default=None, repr=False)


def authenticate(request: FlowRequest, form: Mapping[str, str], *, id_alone: bool = False) -> ClientSettings:
    """The client of a request. In: whether Basic credentials may be an id alone, as `read_credentials` takes it.

    Raises OAuthError: `no_credentials`, `malformed_credentials`, `unknown_client`, `missing_secret`, `wrong_secret`,
    `wrong_method`, `bad_client_assertion`.
    """
    if "client_assertion" in form:
        # Rare, and it brings the signature code with it.
        from mock_idp.oauth.client_assertion import client_of_assertion

        return client_of_assertion(request, form)
    first = request.issuer.vendor.form_credentials_first
    given = read_credentials(request.authorization, form, id_alone=id_alone, form_first=first)
    client = known_client(request, given.client_id)
    if client.anonymous or (client.public and client.auth_method is None):
        return client
    if client.auth_method is not None and client.auth_method != given.method:
        raise OAuthError("missing_secret") if given.method == "none" else OAuthError("wrong_method", given.method)
    if client.auth_method == "none":
        return client
    if given.secret is None:
        raise OAuthError("missing_secret")
    if client.secret is None or not hmac.compare_digest(given.secret.encode(), client.secret.encode()):
        raise OAuthError("wrong_secret")
    return client


def read_credentials(
    authorization: str, form: Mapping[str, str], *, id_alone: bool = False, form_first: bool = False
) -> Credentials:
    """The credentials of the Authorization header, or those of the body.

    In: whether the header may hold the id of a client without a colon behind it, which is then no authentication; and
    whether what the body has of them counts in place of the header's.

    Raises OAuthError `no_credentials` or `malformed_credentials`.
    """
    if authorization and not (form_first and "client_id" in form):
        given = _basic(authorization, id_alone)
        return replace(given, secret=form["client_secret"]) if form_first and "client_secret" in form else given
    if authorization and "client_secret" not in form:
        try:
            return replace(_basic(authorization, id_alone), client_id=form["client_id"])
        except OAuthError:
            # A public client's, or nobody's.
            return Credentials(form["client_id"], "none")
    client_id = form.get("client_id")
    if client_id is None:
        raise OAuthError("no_credentials")
    secret = form.get("client_secret")
    return Credentials(client_id, "none" if secret is None else "client_secret_post", secret)


def _basic(authorization: str, id_alone: bool) -> Credentials:
    scheme, _, credentials = authorization.partition(" ")
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        decoded = ""
    user, colon, secret = decoded.partition(":")
    if scheme.lower() != "basic" or not (colon or id_alone) or not user:
        raise OAuthError("malformed_credentials")
    if not colon:
        return Credentials(unquote_plus(user), "none")
    # RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined.
    return Credentials(unquote_plus(user), "client_secret_basic", unquote_plus(secret))
