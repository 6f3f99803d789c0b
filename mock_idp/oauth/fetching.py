"""A small document that somebody named by its URL: of a stranger from where nothing private can be; within limits.

A URL of a stranger leads anywhere, so the address that a name stands for is looked at, and that address is asked and no
other. A redirect is not followed, no proxy and no cookie is used.
"""

from __future__ import annotations

import io
import ssl
from contextlib import closing
from http.client import HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import SOCK_STREAM, create_connection, getaddrinfo, socket
from typing import BinaryIO, Literal
from urllib.parse import urlsplit

from mock_idp.tools import clocks

Places = Literal["loopback", "public", "anywhere"]
"""From where a document may come: this machine, public addresses as well, or wherever it lies, private networks too."""
# What stands before a body may be that long.
_MOST_HEAD = 32 * 1024


class FetchError(Exception):
    """A document that could not be had. The argument says why, behind "it "."""


def fetch(url: str, *, places: Places, most: int, seconds: float) -> bytes:
    """The body at an http or https URL whose status is 200. In: from where it may come, how many bytes it may have, and
    how long it all may take.

    Raises FetchError.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise FetchError("lies at no port") from None
    until = clocks.steady() + seconds
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with closing(_connection(parts.scheme, host, port, places, until)) as connection:
            request = f"GET {target} HTTP/1.0\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n\r\n"
            connection.sendall(request.encode("ascii"))
            return _body(_all(connection, most + _MOST_HEAD, until), most)
    except TimeoutError:
        raise FetchError(f"was not there within {seconds:g} seconds") from None
    except ssl.SSLError as error:
        raise FetchError(f"lies behind TLS that fails: {error.reason or 'no handshake'}") from None
    except (OSError, UnicodeError):
        raise FetchError("cannot be reached") from None


def _connection(scheme: str, host: str, port: int, places: Places, until: float) -> socket:
    address = _address(host, port, places)
    connection = create_connection((str(address), port), timeout=_left(until))
    if scheme != "https":
        return connection
    try:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def _address(host: str, port: int, places: Places) -> IPv4Address | IPv6Address:
    """The address of a host, if all that it has are ones that may be asked."""
    if places == "loopback" and not _is_here(host):
        # Not even its name is looked up.
        raise FetchError("lies on another machine, from which nothing is fetched unless that is allowed")
    found = [ip_address(one[4][0]) for one in getaddrinfo(host, port, type=SOCK_STREAM)]
    is_safe = all(_plain(one).is_loopback for one in found) or all(_plain(one).is_global for one in found)
    if places != "anywhere" and not is_safe:
        raise FetchError("lies at an address that is not public")
    # A server on this machine may listen at one of its addresses only, mostly at that of IPv4.
    return min(found, key=lambda one: one.version)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return _plain(ip_address(host)).is_loopback
    except ValueError:
        return False


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _all(connection: socket, most: int, until: float) -> bytes:
    """All that comes until the connection ends, which an answer to HTTP/1.0 does with (RFC 9112 section 6.3)."""
    came = bytearray()
    while len(came) <= most:
        connection.settimeout(_left(until))
        piece = connection.recv(65_536)
        if not piece:
            break
        came += piece
    return bytes(came)


def _body(came: bytes, most: int) -> bytes:
    response = HTTPResponse(_Came(came))  # type: ignore[arg-type]
    try:
        response.begin()
        body = response.read(most + 1)
    except (HTTPException, ValueError):
        raise FetchError("comes with no HTTP") from None
    if response.status != 200:
        raise FetchError(f"has the status {response.status}")
    if len(body) > most:
        raise FetchError(f"has more than {most} bytes")
    return body


class _Came:
    """What a response is read from once it is all there."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> BinaryIO:
        """The bytes."""
        return io.BytesIO(self._data)


def _left(until: float) -> float:
    left = until - clocks.steady()
    if left <= 0:
        raise TimeoutError
    return left
