"""Credentials in texts: kept out of reports, and looked for in what a service answers."""

from __future__ import annotations

from collections.abc import Iterable

from harness.targets.base import ApiKey
from harness.wire import Exchange

# Shorter parts of a token, such as "e30", may stand in an answer by chance.
_TELLING = 20
_SHOWN_OF_A_KEY = 8


def without_secrets(value: str | bytes, token: str | None, keys: Iterable[ApiKey]) -> str:
    """A text as it may stand in a report: the token's signature is cut, API keys are shortened."""
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
    if token and len(token) > 40:
        text = text.replace(token, token.rpartition(".")[0][:80] + "….<cut>")
    for key in keys:
        if len(key.key) > _SHOWN_OF_A_KEY:
            text = text.replace(key.key, key.key[:_SHOWN_OF_A_KEY] + "…")
    return text


def credential_in(exchange: Exchange, token: str | None, keys: Iterable[ApiKey]) -> str:
    """What an answer gives away of the request's credentials, in words; "" for nothing.

    Looked for are the parts of the token, and those of `keys` that stand in the request's headers.
    """
    said = exchange.body + "\n".join(value for _, value in exchange.headers).encode("utf-8")
    for part in (token or "").split("."):
        if len(part) >= _TELLING and part.encode("utf-8", "replace") in said:
            return "a part of the token"
    sent = [value if isinstance(value, str) else "" for _, value in exchange.request.headers]
    for key in keys:
        if len(key.key) > _SHOWN_OF_A_KEY and key.key.encode() in said and any(key.key in value for value in sent):
            return "the API key"
    return ""
