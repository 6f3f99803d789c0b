"""Where an MCP server is, and where its metadata are, from its canonical URI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True)
class Address:
    """The parts of a canonical URI: `https://notes.example` and `/mcp`."""

    origin: str
    path: str

    @classmethod
    def of(cls, uri: str) -> Address:
        """The address in a canonical URI."""
        parts = urlsplit(uri)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.path or "/")

    @property
    def host(self) -> str:
        """The name or number of the host."""
        return urlsplit(self.origin).hostname or ""

    @property
    def metadata_path(self) -> str:
        """The well-known part stands between host and path (RFC 9728 §3.1)."""
        return WELL_KNOWN + self.path.removesuffix("/")

    @property
    def metadata_url(self) -> str:
        """Where a client finds the metadata."""
        return self.origin + self.metadata_path
