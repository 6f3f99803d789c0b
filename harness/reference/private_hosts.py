"""Which hosts of a URL are on this machine or in its own network, by their spelling alone."""

from __future__ import annotations

import ipaddress
import socket


def is_private(host: str) -> bool:
    """Whether `host`, a name or an address without brackets, is local.

    That is `localhost` and names under it (RFC 6761 §6.3), and addresses that are loopback, private, link-local or
    unspecified. A name is not resolved.
    """
    name = host.lower().rstrip(".")
    if f".{name}".endswith(".localhost"):
        return True
    address = _literal(name)
    return address is not None and address.is_private


def _literal(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))  # 127.1 and 2130706433, as resolvers read them.
    except OSError:
        return None
