"""The parameters of a request: a form, or JSON where the vendor takes it (RFC 6749 section 3.2)."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from mock_idp.http11.syntax import is_encoded_text
from mock_idp.oauth.errors import OAuthError

FORM = "application/x-www-form-urlencoded"
MAX_PARAMETERS = 100
SEVERAL = " "
"""What stands between the values of a parameter that may be given several times: no URI has one."""


def read_form(
    content_type: str, body: bytes, accepts_json: bool = False, repeatable: str | None = None
) -> dict[str, str]:
    """The parameters of a body. In: the Content-Type, empty when absent, and a parameter as `read_query` takes it.

    Raises OAuthError `malformed_body` or `duplicate_parameter`.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json" and accepts_json:
        return _from_json(body)
    if media_type != FORM:
        wanted = f"{FORM} or application/json" if accepts_json else FORM
        raise OAuthError("malformed_body", f"its Content-Type must be {wanted}")
    try:
        return read_query(body.decode("utf-8"), repeatable=repeatable)
    except UnicodeDecodeError:
        raise OAuthError("malformed_body", "it is not a form in UTF-8") from None


def read_query(text: str, first_only: bool = False, repeatable: str | None = None) -> dict[str, str]:
    """The parameters of form-encoded text; `first_only` takes the first where one is given twice. The values of the one
    that is `repeatable` are joined by `SEVERAL`.

    Raises as `read_form`.
    """
    if "%" in text and not is_encoded_text(text):
        raise OAuthError("malformed_body", "it is not a form in UTF-8")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS, errors="strict")
    except ValueError:
        raise OAuthError("malformed_body", f"it has more than {MAX_PARAMETERS} parameters") from None
    if repeatable is not None:
        pairs = _joined(pairs, repeatable)
    parameters = dict(reversed(pairs)) if first_only else dict(pairs)
    if len(parameters) != len(pairs) and not first_only:
        # RFC 6749 section 3.2: parameters must not be included more than once.
        names = [name for name, _ in pairs]
        raise OAuthError("duplicate_parameter", next(name for name in names if names.count(name) > 1))
    # RFC 6749 section 3.2: a parameter without a value is treated as if it were omitted.
    return {name: value for name, value in parameters.items() if value}


def _joined(pairs: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    # A blank within a value must not part it: a tab is as little of a URI.
    values = [value.replace(SEVERAL, "\t") for key, value in pairs if key == name]
    others = [pair for pair in pairs if pair[0] != name]
    return [*others, (name, SEVERAL.join(values))] if values else others


def has_empty(body: bytes, name: str) -> bool:
    """Whether a form names a parameter and gives it no value."""
    return (name, "") in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _from_json(body: bytes) -> dict[str, str]:
    try:
        document = json.loads(body)
        # A lone surrogate is legal in JSON as an escape, but no text that could be compared or signed.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise OAuthError("malformed_body", "it is not JSON") from None
    if not isinstance(document, dict) or not all(isinstance(value, str | None) for value in document.values()):
        raise OAuthError("malformed_body", "it must be a JSON object of strings")
    if len(document) > MAX_PARAMETERS:
        raise OAuthError("malformed_body", f"it has more than {MAX_PARAMETERS} members")
    # As in a form. Auth0's own libraries send null for what they were not told.
    return {name: value for name, value in document.items() if value}
