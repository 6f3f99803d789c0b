"""Bytes that are hardly HTTP, for the server that embedding tests use."""

from __future__ import annotations

import socket

from .drawing import Draw

_LINES = (
    b"GET %s HTTP/1.1",
    b"POST %s HTTP/1.1",
    b"GET http://127.0.0.1%s HTTP/1.1",
    b"GET %s HTTP/1.0",
    b"GET %s HTTP/2.0",
    b"GET  %s HTTP/1.1",
    b"G\xc3\x89T %s HTTP/1.1",
    b"GET %s",
    b"GET http://[%s HTTP/1.1",
    b"GET //[::%s HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"CONNECT x:1 HTTP/1.1",
    b"GET %s?a=\xff\xfe HTTP/1.1",
    b"GET %s#x HTTP/1.1",
    b"GET %s\x00 HTTP/1.1",
    b"\r\nGET %s HTTP/1.1",
    b"PRI * HTTP/2.0",
)
_HEADERS = (
    b"Host: x",
    b"Host:",
    b"Host: [",
    b"Content-Length: 3",
    b"Content-Length: 03",
    b"Content-Length: -1",
    b"Content-Length: +3",
    b"Content-Length: 3, 3",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: \xc2\xb2",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: x",
    b"transfer-encoding : chunked",
    b"Connection: close",
    b"Connection: upgrade, close",
    b"Expect: 100-continue",
    b"Origin: https://a\nX-Injected: 1",
    b"Origin: a\rb",
    b"Origin: \xe9\xff",
    b" folded",
    b"No colon",
    b": no name",
    b"X\x00: y",
    b"X_Y: z",
    b"Authorization: Basic \xff",
    b"Cookie: \xff=\xfe",
    b"X: " + b"y" * 9000,
    b"Content-Type: application/x-www-form-urlencoded",
)
_BODIES = (
    b"",
    b"a=b",
    b"3\r\na=b\r\n0\r\n\r\n",
    b"0\r\n\r\n",
    b"-1\r\n\r\n",
    b"0x3\r\na=b\r\n0\r\n\r\n",
    b"3;x=y\r\na=b\r\n0\r\nT: v\r\n\r\n",
    b"fffffffffffffffff\r\n",
    b"3\r\na=bX\r\n0\r\n\r\n",
    b"1_0\r\n" + b"a" * 16 + b"\r\n0\r\n\r\n",
    b"\r\n\r\n",
)
_ENDS = (b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r")


def raw_request(draw: Draw, path: str) -> bytes:
    """What may be a request to a path, may be two, and may be none."""
    line = draw.pick(_LINES)
    parts = [line.replace(b"%s", path.encode())]
    parts += [draw.pick(_HEADERS) for _ in range(draw.number(0, 4))]
    end = draw.pick(_ENDS)
    data = end.join([*parts, b"", b""]) + draw.pick(_BODIES)
    if draw.number(0, 5) == 0:
        at = draw.number(0, len(data))
        data = data[:at] + draw.octets(6) + data[at + draw.number(0, 6) :]
    if draw.number(0, 10) == 0:
        data += draw.octets(40)
    return data


def ask_raw(port: int, data: bytes, seconds: float = 60.0) -> bytes:
    """Everything that is answered to these bytes and the end of the connection behind them."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        answer = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while received := connection.recv(65_536):
                answer += received
        except TimeoutError:
            return b"HTTP/1.1 599 No end\r\n\r\n" + answer
        except OSError:
            pass  # Closed while there was more to send: what was answered before that counts.
        return answer


def raw_finding(answer: bytes, by_granian: bool = False) -> tuple[int, str | None]:
    """The status of the first answer (0: none), and what is wrong with it in a few words."""
    if not answer:
        return 0, None
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    while head[9:10] == "1":
        answer = answer.partition(b"\r\n\r\n")[2]
        head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
        if not answer:
            return 100, None
    version = head[:9]
    # granian answers HTTP/1.0 in its own version.
    if (version != "HTTP/1.1 " and not (by_granian and version == "HTTP/1.0 ")) or not head[9:12].isdigit():
        return 0, f"no status line: {head[:60]!r}"
    status = int(head[9:12])
    if status >= 500 and status != 505:
        return status, f"{status} to raw bytes: {answer[-60:].decode('latin-1')}"
    if by_granian and 400 <= status < 500 and "\r\nx-mock-idp:" not in head.lower():
        return status, None
    if "\r\nx-mock-idp: testing-only" not in head.lower():
        return status, f"no marker on a {status} to raw bytes"
    if "x-injected" in head.lower() or "\n" in head.replace("\r\n", "") or "\r" in head.replace("\r\n", ""):
        return status, "an injected header"
    return status, None
