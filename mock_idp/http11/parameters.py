"""The parameters of a request as far as they can be read, for those who look on: the log and the stubs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import read_jws

MAX_PARAMETERS = 1000


def read_parameters(content_type: str, body: bytes) -> dict[str, str]:
    """The members of a form, or the text members of a JSON object; {} of anything else. Never raises.

    The values of a member that is there twice are joined with a comma, as those of a header are.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json":
        return _from_json(body)
    if media_type != "application/x-www-form-urlencoded":
        return {}
    return read_query(body.decode("utf-8", "replace"))


def read_query(query: str, most: int = MAX_PARAMETERS) -> dict[str, str]:
    """The members of form-encoded text, as `read_parameters`; {} where there are more than `most`."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=most)
    except ValueError:
        return {}
    members: dict[str, str] = {}
    for name, value in pairs:
        members[name] = f"{members[name]}, {value}" if name in members else value
    return members


def claimed_client_id(parameters: Mapping[str, str], authorization: str) -> str | None:
    """Who a client says it is: in `client_id`, Basic credentials (RFC 6749 section 2.3.1), or its assertion (RFC 7523
    section 3). In: the parameters of the request, and its Authorization header, empty when absent.
    """
    return parameters.get("client_id") or _basic_client_id(authorization) or _asserted(parameters)


def _basic_client_id(authorization: str) -> str | None:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return unquote_plus(decoded.partition(":")[0]) or None


def _asserted(parameters: Mapping[str, str]) -> str | None:
    if "client_assertion" not in parameters:
        return None
    try:
        subject = read_jws(parameters["client_assertion"]).claims.get("sub")
    except JoseError:
        return None
    return subject if isinstance(subject, str) else None


def _from_json(body: bytes) -> dict[str, str]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {name: value for name, value in document.items() if isinstance(value, str)}
