"""Credentials: those that a cell's reports must not show, and those that a service gives away in its answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from harness.shown.redaction import Secrets
from harness.targets.base import ApiKey
from harness.wire.exchange import Exchange

if TYPE_CHECKING:
    from harness.cell.session import Session

# Shorter parts of a token, such as "e30", may stand in an answer by chance.
_TELLING = 20
_SHORTEST_KEY = 8


def known_secrets(
    session: Session, tokens: Iterable[str] = (), leaked: Iterable[str] = (), *, others: Secrets | None = None
) -> Secrets:
    """What a report on the session must not show, beside `others`.

    The tokens that its issuers have minted lately and those given, API keys, the private keys that left the provider,
    what its service was configured with, the token of the control API, and what was `leaked` on purpose.
    """
    secrets = others or Secrets()
    for issuer in (session.issuer, *session.other_issuers.values()):
        tokens = [*tokens, *issuer.minted]
        for octets in issuer.exported:
            secrets.add_octets(octets)
        for text in issuer.secret_texts:
            secrets.add_text(text)
    for token in dict.fromkeys((*tokens, *leaked)):
        secrets.add_token(token)
    made_up = {} if session.profile.api_keys else {key.key for key in session.api_keys().values()}
    for text in (*session.planted, *(key.key for key in session.api_keys().values())):
        secrets.add_text(text, made_up=text in made_up)
    if control_token := session.environment.idp.control_token:
        secrets.add_text(control_token)
    return secrets


def key_words(session: Session) -> dict[str, str]:
    """What stands in commands for API keys that are somebody's own: variables such as `$API_KEY_FULL`."""
    if not session.profile.api_keys:
        return {}
    names = {name: re.sub(r"[^A-Z0-9]", "_", name.upper()) for name in session.api_keys()}
    return {key.key: f'"$API_KEY_{names[name]}"' for name, key in session.api_keys().items()}


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
        if len(key.key) > _SHORTEST_KEY and key.key.encode() in said and any(key.key in value for value in sent):
            return "the API key"
    return ""
