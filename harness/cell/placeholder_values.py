"""The placeholders that a session can fill in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.grammar.placeholders import ROUTE_PARTS

if TYPE_CHECKING:
    from harness.cell.session import Session


def session_words(session: Session, cell_path: str) -> dict[str, Callable[[], str]]:
    """Each placeholder with what gives its text; `cell_path` is the cell's own path at the attacker's address."""
    words: dict[str, Callable[[], str]] = {
        "issuer": lambda: session.issuer.issuer,
        "audience": lambda: session.issuer.audience,
        "style": lambda: session.style,
        "jwks_url": lambda: session.issuer.jwks_uri,
        "kid": lambda: session.signing_kid(),
        "permissions_claim": lambda: session.permissions_claim,
        "attacker": lambda: session.environment.attacker.url + cell_path,
        "attacker_port": lambda: str(session.environment.attacker.port),
        "mcp_session": lambda: session.mcp.id(),
        "api_key_header": lambda: session.config.get("api_key_header", "X-API-Key"),
    }
    for name, key in session.api_keys().items():
        words[f"api_key.{name}"] = lambda key=key: key.key  # type: ignore[misc]
    for name in {*session.other_issuers, *(["second"] if session.config.get("second_issuer") else [])}:
        words[f"issuer.{name}"] = lambda name=name: session.issuer_named(name).issuer  # type: ignore[misc]
    for name, route in session.profile.routes.items():
        for part in ROUTE_PARTS:
            words[f"{name}.{part}"] = lambda route=route, part=part: getattr(route, part)  # type: ignore[misc]
    return words
