"""The public URL as a proxy in front of the server tells it. Only used when the settings trust the proxy."""

from __future__ import annotations

from mock_idp.errors import MockIdpError
from mock_idp.http11.request import Request
from mock_idp.settings import check_public_url


def forwarded_base(request: Request) -> str | None:
    """`X-Forwarded-Proto://X-Forwarded-Host` of a request, or None without such headers or with odd ones.

    Of several proxies the first one stands leftmost: it saw the client.
    """
    host = request.header("x-forwarded-host").partition(",")[0].strip()
    if not host:
        return None
    scheme = request.header("x-forwarded-proto").partition(",")[0].strip() or "http"
    try:
        return check_public_url(f"{scheme}://{host}")
    except MockIdpError:
        return None
