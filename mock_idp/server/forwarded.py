"""The URL at which a caller sees the server: as a trusted proxy tells it, or as the request was addressed."""

from __future__ import annotations

import re

from mock_idp.errors import MockIdpError
from mock_idp.http11.request import Request
from mock_idp.settings import check_public_url

# RFC 7239 section 4: a name, and a token or a quoted text. What is no such pair is passed over.
_PAIR = re.compile(r'[;\s]*([A-Za-z0-9!#$%&\'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))\s*')
_USUAL_PORTS = {"http": "80", "https": "443"}


def forwarded_base(request: Request, own: str) -> str | None:
    """The URL that the proxies in front say they have; None where they say nothing, or something odd.

    It is told by `Forwarded` (RFC 7239), or by X-Forwarded-Host, -Proto, -Port and -Prefix. What is left out is that of
    the request: a proxy that keeps the Host says only which scheme it was asked with. `own` is the URL of this server.
    Of several proxies the first one stands leftmost: it saw the client. Prefixes follow each other.
    """
    told = {name: _first(request.header(f"x-forwarded-{name}")) for name in ("host", "proto", "port")}
    told |= _by_rfc_7239(request.header("forwarded"))
    prefix = "".join(_below(part.strip()) for part in request.header("x-forwarded-prefix").split(","))
    if not prefix and not any(told.values()):
        return None
    return _url(told["proto"] or _scheme(own), told["host"] or request.header("host"), told["port"], prefix)


def addressed_base(request: Request, scheme: str) -> str | None:
    """The URL of the request, by the `scheme` that is served and its Host; None with an odd Host, or none."""
    return _url(scheme, request.header("host"))


def _url(scheme: str, host: str, port: str = "", prefix: str = "") -> str | None:
    """The URL of these parts; None where one of them is odd."""
    scheme = scheme.lower()
    name, there = _divided(host)
    port = port or there
    authority = name if not port or port == _USUAL_PORTS.get(scheme) else f"{name}:{port}"
    # What is a part of its own brings none of the others along.
    if not name or scheme not in _USUAL_PORTS or "/" in authority:
        return None
    try:
        return check_public_url(f"{scheme}://{authority}{prefix}")
    except MockIdpError:
        return None


def _divided(host: str) -> tuple[str, str]:
    """Name and port; the address of IPv6 has colons and stands in brackets."""
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and "]" not in port else (host, "")


def _below(prefix: str) -> str:
    """A prefix without the slash at its end. One without the slash at its start is made odd, and so is the URL."""
    return prefix.rstrip("/") if prefix.startswith("/") or not prefix else f"?{prefix}"


def _first(value: str) -> str:
    return value.partition(",")[0].strip()


def _scheme(url: str) -> str:
    return url.partition(":")[0]


def _by_rfc_7239(value: str) -> dict[str, str]:
    """`host` and `proto` of the first element of a Forwarded header."""
    found: dict[str, str] = {}
    at = 0
    while (pair := _PAIR.match(value, at)) is not None:
        name, quoted, token = pair.groups()
        if name.lower() in ("host", "proto"):
            found[name.lower()] = token if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        at = pair.end()
        if value[at : at + 1] == ",":
            break
    return {name: text for name, text in found.items() if text}
