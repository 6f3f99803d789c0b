"""A request to the token endpoint as a vendor's server reads it (RFC 6749 sections 2.3.1 and 4.4.2)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus

from mock_idp.oauth.errors import OAuthError

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class TokenParameters:
    """The parameters of the body, and who sent them. The secret is not kept: any will do."""

    parameters: Mapping[str, str]
    client_id: str | None


def read_token_request(content_type: str, authorization: str, body: bytes, accepts_json: bool) -> TokenParameters:
    """Read the body (a form, or JSON where the vendor takes it) and the client's credentials.

    In: the two headers, empty when absent. Raises OAuthError `invalid_request` or `invalid_client`.
    """
    parameters = _parameters(content_type.partition(";")[0].strip().lower(), body, accepts_json)
    client_id = parameters.get("client_id")
    if authorization:
        client_id = _basic_client_id(authorization)
    return TokenParameters(parameters, client_id)


def _parameters(media_type: str, body: bytes, accepts_json: bool) -> dict[str, str]:
    if media_type == "application/json" and accepts_json:
        return _from_json(body)
    if media_type != FORM:
        wanted = f"{FORM} or application/json" if accepts_json else FORM
        raise OAuthError("invalid_request", f"The Content-Type must be {wanted}.")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:
        raise OAuthError("invalid_request", "The body is not a form in UTF-8.") from None
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            # RFC 6749 section 3.2: parameters must not be included more than once.
            raise OAuthError("invalid_request", f"The parameter {name} is given twice.")
    # RFC 6749 section 3.2: a parameter without a value is treated as if it were omitted.
    return {name: value for name, value in pairs if value}


def _from_json(body: bytes) -> dict[str, str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise OAuthError("invalid_request", "The body is not JSON.") from None
    if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
        raise OAuthError("invalid_request", "The body must be a JSON object of strings.")
    return document


def _basic_client_id(authorization: str) -> str:
    scheme, _, credentials = authorization.partition(" ")
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        decoded = ""
    user, colon, _ = decoded.partition(":")
    if scheme.lower() != "basic" or not colon or not user:
        raise OAuthError("invalid_client", "The Authorization header holds no Basic credentials of a client.")
    # RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined.
    return unquote_plus(user)
