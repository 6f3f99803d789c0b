"""The media type of a JWKS, where a vendor has another one for those who ask for it (RFC 7517 section 8.5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_idp.issuer.documents import Document
    from mock_idp.issuer.issuer import Issuer


def negotiate(
    headers: list[tuple[str, str]], issuer: Issuer, document: Document, asked: Sequence[tuple[str, str]]
) -> None:
    """Set the Content-Type of the JWKS to the vendor's own if the request names that one in Accept, and nothing else.

    In: the headers of the answer, which are changed, and those of the request.
    """
    media_type = issuer.vendor.jwk_set_media_type
    if media_type is None or document is not issuer.documents["jwks"]:
        return
    if [value.strip().lower() for name, value in asked if name.lower() == "accept"] == [media_type]:
        headers[:] = [(name, media_type if name == "Content-Type" else value) for name, value in headers]
