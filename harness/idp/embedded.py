"""The one module of the harness that embeds the mock identity provider; everything else speaks HTTP to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Embedded(Protocol):
    """A mock identity provider in this process."""

    @property
    def url(self) -> str:
        """Its base URL on loopback."""

    def bring_key(self, issuer_id: str, pem: str, *, algorithm: str, kid: str) -> None:
        """Let an issuer sign with a private key of somebody's."""

    def borrow_key(self, issuer_id: str, jwk: Mapping[str, Any], *, algorithm: str, kid: str) -> Callable[[str], None]:
        """Let an issuer sign what the owner of a public key has signed; what is returned is told these tokens."""

    def close(self) -> None:
        """Stop listening and end what it started."""


def start() -> Embedded:
    """Start a mock identity provider on a free loopback port; keys are made ahead in the background."""
    from mock_idp.embed import EmbeddedIdp

    return EmbeddedIdp()
