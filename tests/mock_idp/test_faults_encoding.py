"""The usual document in other encodings, under the in-process server and under granian."""

from __future__ import annotations

import gzip
import json

import pytest
from idp_api import IssuerApi, raw_exchange

from mock_idp.plans.faults.encoding import accepts_gzip


def exchange(issuer: IssuerApi, *headers: str, method: str = "GET") -> tuple[dict[str, str], bytes]:
    """Headers (names in lower case) and body of the JWKS as they are on the wire."""
    path = issuer.local(issuer.about["jwks_uri"]).removeprefix(issuer.api.url)
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    answer = raw_exchange(int(issuer.api.url.rpartition(":")[2]), "\r\n".join(lines).encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    fields = (line.partition(":") for line in head.decode().split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in fields}, body


@pytest.mark.parametrize("accepted", [True, False])
def test_gzip_always(faulty: IssuerApi, accepted: bool) -> None:
    """The body is compressed whatever the client accepts, and the header says so."""
    usual = faulty.jwks()
    faulty.fault("encoding", gzip="always")
    headers, body = exchange(faulty, f"Accept-Encoding: {'gzip' if accepted else 'identity'}")
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))
    assert json.loads(gzip.decompress(body)) == usual


def test_gzip_if_accepted(faulty: IssuerApi) -> None:
    """Only a client that asks for it gets it; caches are told (RFC 9110 section 12.5.5)."""
    usual = faulty.jwks()
    faulty.fault("encoding", gzip="if-accepted")
    headers, body = exchange(faulty, "Accept-Encoding: deflate, gzip;q=0.5")
    assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
    assert json.loads(gzip.decompress(body)) == usual
    headers, body = exchange(faulty)
    assert "content-encoding" not in headers
    assert json.loads(body) == usual


def test_bom(faulty: IssuerApi) -> None:
    """EF BB BF, then the document."""
    usual = faulty.jwks()
    faulty.fault("encoding", bom=True)
    body = faulty.get().content
    assert body[:3] == b"\xef\xbb\xbf"
    assert json.loads(body[3:]) == usual


def test_chunked(faulty: IssuerApi) -> None:
    """Transfer-Encoding: chunked on the wire, without Content-Length, in more than one chunk."""
    usual = faulty.get().content
    faulty.fault("encoding", chunked=True)
    headers, body = exchange(faulty)
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers
    chunks = []
    while body:
        size, _, body = body.partition(b"\r\n")
        chunks.append(body[: int(size, 16)])
        body = body[int(size, 16) :].removeprefix(b"\r\n")
    assert chunks.pop() == b""
    assert len(chunks) > 1
    assert b"".join(chunks) == usual


def test_chunks_leave_the_connection_usable(faulty: IssuerApi) -> None:
    """A client that reads them all can ask again on the same connection."""
    faulty.fault("encoding", chunked=True, times=1)
    url = faulty.local(faulty.about["jwks_uri"])
    first, second = (faulty.api.session.get(url, timeout=20) for _ in range(2))
    assert first.json() == second.json()
    assert [entry["status"] for entry in faulty.log()] == [200, 200]


def test_everything_at_once(faulty: IssuerApi) -> None:
    """A byte order mark inside of gzip inside of chunks."""
    usual = faulty.jwks()
    faulty.fault("encoding", gzip="always", bom=True, chunked=True)
    assert json.loads(faulty.get().content.decode("utf-8-sig")) == usual


def test_head_has_no_chunks(faulty: IssuerApi) -> None:
    """The answer to HEAD ends with its head (RFC 9110 section 9.3.2)."""
    faulty.fault("encoding", chunked=True)
    assert exchange(faulty, method="HEAD")[1] == b""


def test_a_fault_that_changes_nothing_is_refused(issuer: IssuerApi) -> None:
    """At least one of the three has to be said."""
    for spec in ({}, {"gzip": None}, {"bom": False, "chunked": False}):
        assert issuer.refused("POST", "/faults", {"on": "jwks", "kind": "encoding", **spec}) == (
            400,
            "invalid_field",
            None,
        )


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("gzip", True),
        ("deflate, GZIP", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0.1", True),
        ("*", True),
        ("*, gzip;q=0", False),
        ("identity", False),
    ],
)
def test_what_accepts_gzip(header: str, accepted: bool) -> None:
    """As RFC 9110 section 12.5.3 reads the header."""
    assert accepts_gzip(header) is accepted
