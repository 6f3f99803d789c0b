"""The public URL as a proxy in front of the server tells it. Only used when the settings trust the proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_idp.errors import MockIdpError
from mock_idp.settings import check_public_url


def forwarded_base(environ: Mapping[str, Any]) -> str | None:
    """`X-Forwarded-Proto://X-Forwarded-Host` of a WSGI request, or None without such headers or with odd ones.

    Of several proxies the first one stands leftmost: it saw the client.
    """
    host = str(environ.get("HTTP_X_FORWARDED_HOST", "")).partition(",")[0].strip()
    if not host:
        return None
    scheme = str(environ.get("HTTP_X_FORWARDED_PROTO", "")).partition(",")[0].strip() or "http"
    try:
        return check_public_url(f"{scheme}://{host}")
    except MockIdpError:
        return None
