"""The one module of the harness that embeds the mock identity provider; everything else speaks HTTP to it."""

from __future__ import annotations

from typing import Protocol


class Embedded(Protocol):
    """A mock identity provider in this process."""

    @property
    def url(self) -> str:
        """Its base URL on loopback."""

    def close(self) -> None:
        """Stop listening and end what it started."""


def start() -> Embedded:
    """Start a mock identity provider on a free loopback port; keys are made ahead in the background."""
    from mock_idp.embed import EmbeddedIdp

    return EmbeddedIdp()
