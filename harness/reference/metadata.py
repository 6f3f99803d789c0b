"""Where an issuer's metadata says that its keys are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harness.reference.errors import FetchFailed
from harness.reference.settings import ReferenceSettings


class MetadataReader:
    """Reads authorization server metadata (RFC 8414 §2) or the OpenID provider configuration, which agree here."""

    def __init__(self, settings: ReferenceSettings) -> None:
        self.settings = settings

    def jwks_uri(self, body: bytes) -> str:
        """The `jwks_uri` of the document in `body`; raises `FetchFailed` when it is not the issuer's."""
        try:
            metadata = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise FetchFailed("the metadata is not JSON") from error
        if not isinstance(metadata, dict):
            raise FetchFailed("the metadata is not a JSON object")
        self.check_issuer(metadata)
        address = metadata.get("jwks_uri")
        if not isinstance(address, str):
            raise FetchFailed("the metadata names no jwks_uri")
        return address

    def check_issuer(self, metadata: Mapping[str, Any]) -> None:
        """`issuer` is the configured one, character by character (RFC 8414 §3.3, OIDC Discovery §4.3)."""
        if metadata.get("issuer") != self.settings.jwt_issuer:
            raise FetchFailed("the metadata is that of another issuer")
