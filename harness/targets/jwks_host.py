"""Which host names Tasker accepts in its JWKS URL, and which of them lead to this machine.

Tasker 0.1.8 compares the host with a list when it starts: `localhost`, `metadata.google.internal`, and IPv4
literals (in any spelling) and IPv6 `[::1]` that are loopback, private, link-local or unspecified. It does not
look where a name leads. A refused URL does not stop the boot: the worker runs and accepts no bearer token,
so a name for the identity provider is checked here.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from harness.base.errors import TargetError
from harness.shown.foreign_text import foreign

_REFUSED_NAMES = ("localhost", "metadata.google.internal")


def refusal(host: str) -> str | None:
    """Why Tasker would refuse this host, as a clause ("is ..."); `None` when it would not."""
    name = host.strip("[]").lower()
    if name in _REFUSED_NAMES:
        return "is a name that Tasker refuses as JWKS host"
    address = _literal(name)
    if address and (address.is_private or address.is_loopback or address.is_link_local or address.is_unspecified):
        return "is an address that Tasker refuses as JWKS host (loopback, private or link-local)"
    return None


def _literal(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))  # 127.1 and 2130706433 too, as URL parsers read them.
    except OSError:
        return None


def check_is_url(url: str) -> None:
    """Raise `TargetError` when this is no http or https URL with a host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TargetError(f"the JWKS URL {url!r} is not an http or https URL with a host")


def check_jwks_host(name: str) -> None:
    """Raise `TargetError` unless Tasker accepts `name` and it leads to this machine's 127.0.0.1, and nowhere
    else.
    """
    if reason := refusal(name):
        raise TargetError(
            f"jwks_host {name!r} {reason}; use a name that resolves to 127.0.0.1, such as one from the "
            "hosts file, or leave jwks_host out"
        )
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise TargetError(
            f"jwks_host {name!r} does not resolve ({foreign(error)}); map it to 127.0.0.1 in the hosts file, or "
            "leave jwks_host out"
        ) from error
    if "127.0.0.1" not in found or not all(ipaddress.ip_address(text.split("%")[0]).is_loopback for text in found):
        raise TargetError(
            f"jwks_host {name!r} resolves to {', '.join(sorted(found))}; it has to resolve to 127.0.0.1 "
            "only, so that the worker fetches its keys from the identity provider on this machine"
        )
