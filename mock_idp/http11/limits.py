"""What one client, and all of them together, may ask of the HTTP server of this package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HttpLimits:
    """Sizes in bytes, times in seconds.

    `connections` are those of all clients together. A head has to come within `head_seconds` of its first byte, a body
    within `body_seconds` of its head, a TLS handshake within `handshake_seconds`. `idle_seconds` is how long a
    connection stays open on which nothing comes, `send_seconds` how long a client may take to read a piece of an
    answer.
    """

    connections: int = 2048
    head_bytes: int = 65_536
    body_bytes: int = 8 * 1024 * 1024
    idle_seconds: float = 300.0
    handshake_seconds: float = 30.0
    head_seconds: float = 30.0
    body_seconds: float = 60.0
    send_seconds: float = 60.0


USUAL_LIMITS = HttpLimits()
