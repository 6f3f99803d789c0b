"""What of a request is shown in the log: only what is known to prove nothing, as people paste logs into issues.

A list of secrets would never be complete; so it is a list of names whose values are shown, and even of these values
none that looks like a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_plus

REDACTED = "(redacted)"
# In a URL, where brackets would have to be encoded.
_REDACTED_IN_URL = "redacted"

SHOWN_PARAMETERS = frozenset(
    {
        *("grant_type", "client_id", "scope", "redirect_uri", "response_type", "response_mode", "audience", "resource"),
        *(
            "prompt",
            "max_age",
            "ui_locales",
            "display",
            "acr_values",
            "claims_locales",
            "request_uri",
            "nonce",
            "state",
        ),
        *("code_challenge", "code_challenge_method", "client_assertion_type", "requested_token_type", "iss", "tenant"),
        *("subject_token_type", "actor_token_type", "token_type_hint", "requested_token_use", "access_type"),
        *("post_logout_redirect_uri", "logout_uri", "login_hint", "username", "realm", "connection"),
        *("action", "mock_user", "error", "error_description", "error_uri", "page", "limit", "offset", "format"),
        *(
            "api-version",
            "appid",
            "policy",
            "p",
            "alt",
            "prettyprint",
            "include_granted_scopes",
            "authorization_endpoint",
        ),
    }
)
"""Names, in lower case, of parameters that say what is asked for and not who is to be believed."""

SHOWN_HEADERS = frozenset(
    {
        *("accept", "accept-charset", "accept-encoding", "accept-language", "accept-ranges", "age", "allow"),
        *("access-control-allow-credentials", "access-control-allow-headers", "access-control-allow-methods"),
        *("access-control-allow-origin", "access-control-expose-headers", "access-control-max-age"),
        *("access-control-request-headers", "access-control-request-method", "cache-control", "connection"),
        *("content-encoding", "content-language", "content-length", "content-location", "content-type", "date", "dnt"),
        *("etag", "expect", "expires", "forwarded", "from", "host", "if-match", "if-modified-since", "if-none-match"),
        *("if-unmodified-since", "keep-alive", "last-modified", "location", "max-forwards", "origin", "pragma"),
        *("priority", "range", "referer", "referrer-policy", "retry-after", "sec-fetch-dest", "sec-fetch-mode"),
        *("sec-fetch-site", "sec-fetch-user", "sec-gpc", "server", "strict-transport-security", "te", "trailer"),
        *("transfer-encoding", "upgrade", "upgrade-insecure-requests", "user-agent", "vary", "via", "warning"),
        *("x-content-type-options", "x-frame-options", "x-xss-protection", "x-forwarded-for", "x-forwarded-host"),
        *("x-forwarded-port", "x-forwarded-proto", "x-real-ip", "x-requested-with", "x-mock-idp", "x-ratelimit-limit"),
        *("x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id", "x-correlation-id", "traceparent"),
        *("content-security-policy", "permissions-policy", "x-okta-request-id", "x-ms-request-id"),
    }
)
"""Names, in lower case, of headers that say how something is asked for."""

_URL_HEADERS = frozenset({"location", "content-location", "referer"})
_CREDENTIAL = re.compile(
    r"auth(?!ority)|cookie|token|secret|passw|passc|passp|\bpin\b|\botp\b|api-?key|-key\b|^key|dpop|session|credential"
    r"|assertion|signature|jwt|saml"
)
# Only where a name can begin: else every letter of a long text without = would be tried as the first of a name.
_PARAMETER = re.compile(r"(?<![^?&#=;])(?P<name>[^?&#=;]+)=(?P<value>[^&#]*)")

# Base64url of a brace and a quotation mark, or of a brace and white space.
_JWT = re.compile(r"(?:eyJ|eyA|ewo|ew0)[A-Za-z0-9_-]{8,}")
_PEM = re.compile(r"-----BEGIN|MII[A-Za-z0-9+/]{20}")
_LONG_RUN = re.compile(r"[A-Za-z0-9+/_-]{32,}")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{40,}")
# Names whose values are random and public.
_PUBLIC = frozenset({"client_id", "code_challenge", "x-request-id", "x-correlation-id", "traceparent"})


def looks_secret(value: str) -> bool:
    """Whether a text has a JWT, a key in PEM or a long random string in it."""
    return is_token(value) or any(map(_is_random, _LONG_RUN.findall(value))) or _HEXADECIMAL.search(value) is not None


def _is_random(run: str) -> bool:
    """Whether a long run has letters of both cases and digits."""
    return run != run.lower() and run != run.upper() and any(character.isdigit() for character in run)


def is_token(value: str) -> bool:
    """Whether a text has a JWT or a key in PEM in it."""
    return _JWT.search(value) is not None or _PEM.search(value) is not None


def credentials(headers: Mapping[str, str]) -> list[str]:
    """The names of the headers (in lower case) that are credentials by their name or their value, sorted."""
    return sorted(
        name
        for name, value in headers.items()
        if name not in SHOWN_HEADERS and (_CREDENTIAL.search(name) or looks_secret(value))
    )


def redacted_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers (names in lower case) as they are shown; what the URL in one of them passes on goes, too."""
    return {name: _header(name, value) for name, value in headers.items()}


def redacted_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a request as they are shown."""
    return {name: _value(name, value, REDACTED) for name, value in parameters.items()}


def redacted_query(text: str) -> str:
    """A query, or a URL with query and fragment, as it is shown."""
    return _PARAMETER.sub(_parameter, text) if "=" in text else _bare(text)


def redacted_path(path: str, known: bool) -> str:
    """A path as it is shown; one at which nothing is served may have anything in it."""
    return path if known else "/".join(_REDACTED_IN_URL if looks_secret(part) else part for part in path.split("/"))


def redacted_client_id(client_id: str | None) -> str | None:
    """A client id as it is shown: a random one is, a token isn't."""
    return REDACTED if client_id is not None and is_token(client_id) else client_id


def _header(name: str, value: str) -> str:
    if name not in SHOWN_HEADERS:
        return REDACTED
    if name in _URL_HEADERS:
        return redacted_url(value)
    is_secret = (
        is_token(value) if name in _PUBLIC else name != "etag" and name != "if-none-match" and looks_secret(value)
    )
    return REDACTED if is_secret else value


def redacted_url(url: str) -> str:
    """A URL as it is shown: its path, query and fragment."""
    start, mark, rest = url.partition("?")
    if not mark:
        start, mark, rest = url.partition("#")
    shown = "/".join(_REDACTED_IN_URL if looks_secret(part) else part for part in start.split("/"))
    return f"{shown}{mark}{redacted_query(rest)}"


def _value(name: str, value: str, hidden: str) -> str:
    plain = name.lower()
    if plain not in SHOWN_PARAMETERS:
        return hidden if value else value
    if "://" in value:
        return redacted_url(value)
    return hidden if (is_token(value) if plain in _PUBLIC else looks_secret(value)) else value


def _parameter(found: re.Match[str]) -> str:
    value = unquote_plus(found["value"])
    shown = _value(unquote_plus(found["name"]), value, _REDACTED_IN_URL)
    return found[0] if shown == value else f"{found['name']}={shown}"


def _bare(text: str) -> str:
    return _REDACTED_IN_URL if looks_secret(text) else text
