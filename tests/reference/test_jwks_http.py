"""How the key set arrives: over one bounded request that says nothing of the caller."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.reference.errors import FetchFailed
from harness.reference.jwks_fetcher import JwksFetcher
from harness.reference.settings import ReferenceSettings

from .issuer import Issuer, as_json
from .world import World


@contextmanager
def raw_issuer(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """The address of a server that answers one connection with `pieces`, `pause` seconds apart, then closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            try:
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(pause)  # A slow peer, not a way to wait for something.
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/jwks.json"
    finally:
        thread.join()
        listener.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(world: World, status: int) -> None:
    """Trust is bound to the configured address."""
    other = Issuer()
    other.publish(world.attacker)
    world.issuer.answer(b"", status, {"Location": other.url})
    try:
        assert world.start().status(world.attacker.token()) == 401
        assert other.fetches == []
    finally:
        other.close()


def test_the_request_says_nothing_of_the_caller(world: World) -> None:
    """No Authorization, no cookie, no key; a plain GET."""
    headers = {"Cookie": "a=b", "X-API-Key": "k", "X-Forwarded-For": "1.2.3.4"}
    assert world.start().ask(token=world.k1.token(), headers=headers).status == 200
    assert sorted(world.issuer.fetches[0]) == ["accept", "accept-encoding", "host", "user-agent"]


def test_plain_http_needs_permission(world: World) -> None:
    """Without it nothing is fetched and nobody is let in."""
    assert world.start(jwks_url_allow_http=False).status(world.k1.token()) == 401
    assert world.issuer.fetches == []


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "file:///etc/hostname", "http:///x", "x"])
def test_other_addresses_are_refused(world: World, address: str) -> None:
    """Only http and https, and with a host."""
    with pytest.raises(FetchFailed):
        JwksFetcher(world.settings(jwks_url=address)).fetch()


@pytest.mark.parametrize("content_type", ["application/jwk-set+json", "text/plain", "application/octet-stream", ""])
def test_the_content_type_does_not_matter(world: World, content_type: str) -> None:
    """Real issuers disagree about it."""
    body = as_json({"keys": [world.k1.jwk()]})
    world.issuer.answer(body, headers={"Content-Type": content_type} if content_type else {})
    assert world.start().status(world.k1.token()) == 200


def test_a_byte_now_and_then_does_not_hold_the_fetch() -> None:
    """The timeout is for the whole exchange, not for each byte."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with raw_issuer(head, *[b" "] * 40, pause=0.5) as url:
        began = time.monotonic()
        with pytest.raises(FetchFailed):
            fetcher(url, 0.3).fetch()
        assert time.monotonic() - began < 15  # All of it takes 20.


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}",),
        (b"",),
        (b"nonsense\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",),
    ],
    ids=["body cut", "closed", "no HTTP", "chunk cut"],
)
def test_an_incomplete_answer_is_a_failed_fetch(pieces: tuple[bytes, ...]) -> None:
    """Never half a key set."""
    with raw_issuer(*pieces) as url, pytest.raises(FetchFailed):
        fetcher(url, 5.0).fetch()


def test_a_chunked_answer_is_read() -> None:
    """Without a Content-Length."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with raw_issuer(head, b"4\r\nkeys\r\n", b"0\r\n\r\n") as url:
        assert fetcher(url, 5.0).fetch() == b"keys"


def test_user_information_of_the_address_stays_out_of_the_host(world: World) -> None:
    """It is a secret."""
    service = world.start(jwks_url=world.issuer.url.replace("http://", "http://user:secret@"))
    assert service.status(world.k1.token()) == 200
    assert "secret" not in str(world.issuer.fetches)


def test_a_closed_fetcher_ends_what_is_under_way(world: World) -> None:
    """And starts nothing new."""
    client = JwksFetcher(world.settings(jwks_fetch_timeout_seconds=20.0))
    world.issuer.hold()
    ended: list[Exception] = []

    def fetch() -> None:
        try:
            client.fetch()
        except FetchFailed as failure:
            ended.append(failure)

    thread = threading.Thread(target=fetch)
    thread.start()
    assert world.issuer.wait_for_fetches(1)
    client.close()
    thread.join(5)
    assert len(ended) == 1
    with pytest.raises(FetchFailed):
        client.fetch()


def fetcher(url: str, seconds: float) -> JwksFetcher:
    """A fetcher for `url` with this timeout."""
    settings = ReferenceSettings(
        "worker", "i", "a", jwks_url=url, jwks_url_allow_http=True, jwks_fetch_timeout_seconds=seconds
    )
    return JwksFetcher(settings)
