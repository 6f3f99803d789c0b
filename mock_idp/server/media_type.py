"""Documents of another type: a JWKS for those who ask for its own (RFC 7517 section 8.5.2), and what there is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_idp.http11.response import Response
    from mock_idp.issuer.documents import Document
    from mock_idp.issuer.issuer import Issuer

Asked = Sequence[tuple[str, str]]
"""The headers of a request."""


def is_negotiated(issuer: Issuer, endpoint: str, document: Document, asked: Asked) -> bool:
    """Whether the answer is not the document as it lies there."""
    if endpoint == "discovery":
        return not_acceptable(issuer, asked) is not None
    return _own_type(issuer, document, asked) is not None


def negotiate(headers: list[tuple[str, str]], issuer: Issuer, document: Document, asked: Asked) -> None:
    """Set the Content-Type of the JWKS to the vendor's own if the request names that one in Accept, and nothing else.

    In: the headers of the answer, which are changed.
    """
    media_type = _own_type(issuer, document, asked)
    if media_type is not None:
        headers[:] = [(name, media_type if name == "Content-Type" else value) for name, value in headers]


def _own_type(issuer: Issuer, document: Document, asked: Asked) -> str | None:
    media_type = issuer.vendor.jwk_set_media_type
    if media_type is None or document is not issuer.documents["jwks"]:
        return None
    accepted = [value.strip().lower() for name, value in asked if name.lower() == "accept"]
    return media_type if accepted == [media_type] else None


def not_acceptable(issuer: Issuer, asked: Asked) -> Response | None:
    """The vendor's answer to who wants a discovery document in a type that it isn't there in."""
    accept = next((value for name, value in asked if name.lower() == "accept"), "")
    return issuer.vendor.not_acceptable(accept) if accept else None
