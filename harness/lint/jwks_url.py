"""Why Tasker 0.1.8 refuses a JWKS URL when it starts (tasker-shared, src/types/jwks.rs)."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from harness.targets.jwks_host import refusal


def parts_of(url: str) -> SplitResult | None:
    """The parts of a URL with a host; `None` for anything else."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def refused_url(url: str, *, allow_http: bool) -> str:
    """Why the service doesn't take it, as a clause; "" when it does. A refused URL doesn't stop the start."""
    parts = parts_of(url)
    if parts is None:
        return "jwks_url is no URL with a host"
    if parts.scheme not in ("http", "https"):
        return f'jwks_url is "{parts.scheme}", not https'
    if parts.scheme == "http" and not allow_http:
        return "jwks_url is http, and jwks_url_allow_http is false"
    if reason := refusal(parts.hostname or ""):
        return f"the host of jwks_url {reason}"
    return ""
