"""The curl line of a report repeats the request: bash runs it, and what arrives is compared byte by byte."""

from __future__ import annotations

import pytest
from cli_call import needs_curl, run_in_bash
from raw_server import RawServer

from harness.wire.curl_line import CurlLine
from harness.wire.exchange import Connection, Header, Request

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzdmMtMSJ9.c2lnbmF0dXJl"
ACCEPT: Header = ("Accept", "*/*")
POST = [("Content-Type", "application/json")]

pytestmark = needs_curl


def parts(request: bytes) -> tuple[bytes, list[bytes], bytes]:
    """The request line, the sorted header lines without those that curl adds for itself, and the body.

    Blanks around a header's value are not part of it (RFC 9110 §5.5).
    """
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    return first, sorted(line.rstrip() for line in lines if not line.startswith(b"User-Agent: curl/")), body


REQUESTS = {
    "plain": Request("GET", "/v1/tasks", (ACCEPT,)),
    "token": Request("GET", "/v1/tasks", (ACCEPT, ("Authorization", f"Bearer {TOKEN}"))),
    "token-in-the-middle": Request("GET", "/", (ACCEPT, ("Authorization", f"Bearer {TOKEN}, Bearer {TOKEN}'s"))),
    "token-in-the-query": Request("GET", f"/v1/tasks?access_token={TOKEN}&x=1", (ACCEPT,)),
    "token-in-an-odd-path": Request("GET", f"/a b/{TOKEN}", (ACCEPT,)),
    "quotes": Request("GET", "/", (ACCEPT, ("X-A", 'it\'s "$HOME" `id` \\ !x'))),
    "empty-header": Request("GET", "/", (ACCEPT, ("Authorization", ""))),
    "blank-header": Request("GET", "/", (ACCEPT, ("Authorization", " "))),
    "blanks": Request("GET", "/", (ACCEPT, ("Authorization", "Bearer  two  blanks"))),
    "same-header-twice": Request("GET", "/", (ACCEPT, ("X-A", "1"), ("X-A", "2"))),
    "latin-1-bytes": Request("GET", "/", (ACCEPT, ("X-A", "caf\u00e9 \u00ff1"))),
    "utf-8": Request("GET", "/", (ACCEPT, ("X-A", "\uff22earer 1"))),
    "raw-bytes": Request("GET", "/", (ACCEPT, ("X-A", b"\x80\x01ab'\\"))),
    "tab": Request("GET", "/", (ACCEPT, ("X-A", "a\tb"))),
    "dots": Request("GET", "/v1/./tasks/../x", (ACCEPT,)),
    "double-slashes": Request("GET", "//v1//tasks", (ACCEPT,)),
    "globs": Request("GET", "/{a,b}[1-3]", (ACCEPT,)),
    "fragment": Request("GET", "/v1/tasks#x?y", (ACCEPT,)),
    "blank-in-the-path": Request("GET", "/v1 tasks", (ACCEPT,)),
    "utf-8-in-the-path": Request("GET", "/é", (ACCEPT,)),
    "query": Request("GET", "/?a=b&c=%20'\"", (ACCEPT,)),
    "post": Request("POST", "/v1/tasks", (ACCEPT, *POST), b'{"name":"it\'s"}'),
    "empty-post": Request("POST", "/v1/tasks", (ACCEPT, *POST), b""),
    "body-that-looks-like-a-file": Request("POST", "/", (ACCEPT, *POST), b"@/etc/hostname"),
    "lines-in-the-body": Request("POST", "/", (ACCEPT, *POST), b"a\r\nb\n\xc3\xa9"),
    "long-body": Request("POST", "/", (ACCEPT, *POST), b"x" * 3000),
    "token-in-the-body": Request("POST", "/", (ACCEPT, *POST), b"access_token=" + TOKEN.encode()),
    "get-with-a-body": Request("GET", "/", (ACCEPT, *POST), b"{}"),
    "delete": Request("DELETE", "/v1/tasks/1", (ACCEPT,)),
    "head": Request("HEAD", "/v1/tasks", (ACCEPT,)),
    "odd-method": Request("it's", "/", (ACCEPT,)),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_line_sends_the_same_request(request_: Request) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    with RawServer(answer) as server:
        with Connection(server.url) as connection:
            connection.send(request_)
        done = run_in_bash(str(CurlLine(server.url, request_, TOKEN, f"printf %s {TOKEN}")))
        assert done.returncode == 0, done.stderr
        ours, curls = server.requests
    assert parts(curls) == parts(ours)


def test_the_answer_is_shown_with_its_head() -> None:
    with RawServer() as server:
        assert run_in_bash(str(CurlLine(server.url, REQUESTS["plain"]))).stdout.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_base_urls_path_is_kept_for_odd_paths() -> None:
    with RawServer() as server:
        run_in_bash(str(CurlLine(server.url + "/prefix", REQUESTS["fragment"])))
        assert server.requests[0].startswith(b"GET /prefix/v1/tasks#x?y HTTP/1.1\r\n")


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_token_is_not_in_the_line(request_: Request) -> None:
    """A command that mints another one stands there: the first would have expired."""
    assert TOKEN not in str(CurlLine("http://127.0.0.1:1", request_, TOKEN, "mint"))


def test_without_a_command_the_token_is_left_open() -> None:
    line = str(CurlLine("http://127.0.0.1:1", REQUESTS["token"], TOKEN))
    assert line.endswith("-H 'Authorization: Bearer ''<token>'")


def test_plain_lines_stay_readable() -> None:
    request = Request("POST", "/v1/tasks", (ACCEPT, ("Authorization", f"Bearer {TOKEN}")), b"{}")
    line = str(CurlLine("http://127.0.0.1:8080", request, TOKEN, "mint"))
    assert line == (
        "curl -si -X POST --globoff --path-as-is http://127.0.0.1:8080/v1/tasks "
        "-H 'Accept: */*' -H 'Authorization: Bearer '\"$(mint)\" --data-raw '{}'"
    )
