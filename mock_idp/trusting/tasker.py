"""The lines Tasker's configuration needs for an issuer of this server."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import tomli_w

_HOST_NOTE = (
    "# Tasker refuses localhost and addresses as the host of jwks_url: give the server a --public-url with a name",
    "# that leads here, such as one that the hosts file maps to 127.0.0.1.",
)


def tasker_toml(*, jwks_uri: str, issuer: str, audience: str, permissions_claim: str, algorithm: str) -> str:
    """The keys of Tasker's `[web.auth]` table for an issuer, one a line, in TOML.

    A comment stands in front when Tasker would refuse the host of the JWKS URL.
    """
    lines: dict[str, str | bool | list[str]] = {
        "jwt_verification_method": "jwks",
        "jwks_url": jwks_uri,
        "jwks_url_allow_http": jwks_uri.startswith("http://"),
        "jwt_issuer": issuer,
        "jwt_audience": audience,
        "jwt_allowed_algorithms": [algorithm],
        "permissions_claim": permissions_claim,
    }
    note = () if _is_name(urlsplit(jwks_uri).hostname or "") else _HOST_NOTE
    return "\n".join([*note, *(f"{name} = {_value(value)}" for name, value in lines.items())])


def _value(value: str | bool | list[str]) -> str:
    """A value in TOML, on one line."""
    if isinstance(value, list):
        return f"[{', '.join(_value(one) for one in value)}]"
    # Not as JSON, which writes a character beyond 16 bits in two halves that TOML refuses. The dollar sign is escaped,
    # as Tasker fills in ${NAME} before it reads the TOML.
    return tomli_w.dumps({"_": value}).removeprefix("_ = ").rstrip("\n").replace("$", "\\u0024")


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host != "localhost"
    return False
