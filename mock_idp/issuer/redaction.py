"""What of a request must not be shown: a credential in a log is a leak, also in a log of made-up credentials.

People paste logs into issues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

REDACTED = "(redacted)"

SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-mock-control-token"}
)
"""Names in lower case."""

_URL_HEADERS = frozenset({"location", "content-location", "referer"})

SECRET_PARAMETERS = frozenset(
    {
        *("client_secret", "client_assertion", "password", "assertion", "code", "code_verifier", "device_code"),
        *("token", "access_token", "refresh_token", "id_token", "id_token_hint", "subject_token", "actor_token"),
        "request",
    }
)
"""Parameters of RFC 6749, 7009, 7521, 7523, 7636, 7662, 8628, 8693, 9101 and OpenID Connect that prove something."""

# Only where a name can begin: else every letter of a long text without = would be tried as the first of a name.
_PARAMETER = re.compile(r"(?<![^?&#=])(?P<name>[^?&#=]+)=(?P<value>[^&#]*)")


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers (names in lower case) without credentials; what the URL in one of them passes on goes, too."""
    shown = {name: REDACTED if name in SECRET_HEADERS else value for name, value in headers.items()}
    for name in _URL_HEADERS & shown.keys():
        shown[name] = redacted_query(shown[name])
    return shown


def redacted_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a request without secrets."""
    return {name: REDACTED if name in SECRET_PARAMETERS else value for name, value in parameters.items()}


def redacted_query(text: str) -> str:
    """A query, or a URL with query and fragment, without the values of secret parameters."""
    return _PARAMETER.sub(_hidden, text) if "=" in text else text


def _hidden(found: re.Match[str]) -> str:
    name = found["name"]
    return f"{name}=redacted" if unquote_plus(name) in SECRET_PARAMETERS else found[0]
