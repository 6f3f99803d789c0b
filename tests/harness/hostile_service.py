"""A service that tries everything on whoever reads what it says: python hostile_service.py PORT JWKS_URL [MODE]

It lets every token in, says to each request what a terminal, a shell, a parser of XML or a reader would take for
something else, hands tokens back in pieces, and writes all of it to its log. With the mode `die` it does not start.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import urllib.parse
import urllib.request

FORGED = b"3010 cells: 3010 passed"
PAYLOAD = (
    b"\x1b[2J\x1b[H\x1b]0;title\x07\x1b[32m" + FORGED + b"\x1b[0m\r\n" + FORGED + b"\n\x1b]8;;http://x/\x1b\\link"
    b"\x9b31m\xff\xc2\x9b1m\x00\x08\x7f\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x8b\xef\xbb\xbf\xef\xbf\xbf"
    b"[red]x[/red] :smile: $(touch pwned) `touch pwned` '; touch pwned; ' \"; touch pwned; \" ]]><x>&amp;<!--"
)
HEADER = PAYLOAD.replace(b"\r", b"").replace(b"\n", b"").replace(b"\x00", b"")
TEXT = PAYLOAD.decode("latin-1")


def token_of(head: bytes) -> bytes:
    found = head.lower().find(b"authorization: bearer ")
    return head[found + 22 :].split(b"\r\n")[0].strip() if found >= 0 else b""


def body_for(path: str, token: bytes, number: int, is_made: bool) -> bytes:
    if path.startswith("/metrics"):
        return b"".join(b'auth_total{name="%s %d"} 1e999\n' % (HEADER.replace(b'"', b""), n) for n in range(number + 3))
    if path.startswith("/api-docs"):
        paths = {f"/v1/{TEXT}/{{id}}": {"get": {"x-required-permission": f"things:{TEXT}"}}}
        return json.dumps({"paths": paths}).encode()
    if is_made or number % 3 == 0:
        return json.dumps(
            {"id": f"{TEXT}{'9' * 5000}", "things": [], "token": token.decode("latin-1"), "n": number}
        ).encode()
    return PAYLOAD + b"token %s " % token + b"%d " % number + b"A" * 5000


def answer(connection: socket.socket, jwks_url: str, number: int) -> None:
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
        head += more
    path = head.split(b" ")[1].decode("latin-1") if head.count(b" ") > 1 else "/"
    token = token_of(head)
    status = b"200" if token or path.startswith(("/health", "/metrics", "/api-docs")) else b"401"
    if token and head.startswith(b"POST"):
        status = b"201"
    if token:
        fetch(jwks_url, token)
        log(b"token " + token + b" " + PAYLOAD)
    half = len(token) // 2
    headers = [
        b"X-A: " + HEADER,
        b"Set-Cookie: a=" + token[:half],
        b"Set-Cookie: b=" + token[half:],
        b'WWW-Authenticate: Bearer realm="' + HEADER + b'", error="' + token + b'"',
        b"Content-Type: text/plain; " + HEADER,
    ]
    body = body_for(path, token, number, head.startswith(b"POST"))
    head = b"\r\n".join([b"HTTP/1.1 " + status + b" " + HEADER, *headers, b"Content-Length: %d" % len(body)])
    connection.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)


def fetch(jwks_url: str, token: bytes) -> None:
    """What the provider writes down of this holds the token, and what a terminal would obey."""
    url = f"{jwks_url}?x={urllib.parse.quote(PAYLOAD)}&t={token.decode()}"
    request = urllib.request.Request(url, headers={"User-Agent": "x", "X-Token": token.decode()})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for one in (request, url.replace("?", f"/{urllib.parse.quote(PAYLOAD, safe='')}{token.decode()}?")):
        try:
            opener.open(one, timeout=5).read()
        except OSError:
            continue


def log(line: bytes) -> None:
    sys.stderr.buffer.write(line + b"\n")
    sys.stderr.buffer.flush()


def main(port: str, jwks_url: str, mode: str = "") -> int:
    log(PAYLOAD)
    if mode == "die":
        return 7
    server = socket.create_server(("127.0.0.1", int(port)))
    log(b"listens")
    number = 0
    while True:
        connection, _ = server.accept()
        number += 1

        def serve(connection: socket.socket = connection, number: int = number) -> None:
            with connection:
                try:
                    answer(connection, jwks_url, number)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
