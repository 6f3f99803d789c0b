"""Faults of the connection over TLS: what the client sees is the fault, not broken TLS."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest
from idp_api import IssuerApi
from tls_api import Exchange, tls_api

from mock_idp.embed import EmbeddedIdp
from mock_idp.plans.faults.registry import FAULTS


def body_and_length(answer: bytes) -> tuple[bytes, int]:
    head, _, body = answer.partition(b"\r\n\r\n")
    (length,) = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return body, int(length.partition(b":")[2])


def test_truncate(tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path) -> None:
    """Half of the announced body, then the orderly end of TLS: the HTTP message is cut, not the connection."""
    tls_issuer.fault("truncate", times=1)
    with Exchange(tls_issuer, tls_idp.port, ca_file) as exchange:
        body, length = body_and_length(exchange.rest())
    assert 0 < len(body) < length


def test_close(tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path) -> None:
    """An orderly end, and nothing before it."""
    tls_issuer.fault("close", times=1)
    with Exchange(tls_issuer, tls_idp.port, ca_file) as exchange:
        assert exchange.rest() == b""


def test_reset(tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path) -> None:
    """The connection below TLS is reset."""
    tls_issuer.fault("reset", times=1)
    with Exchange(tls_issuer, tls_idp.port, ca_file) as exchange:
        assert exchange.is_reset()


def test_reset_after_the_headers(tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path) -> None:
    """The head is readable, the rest is a reset."""
    tls_issuer.fault("reset", after="headers", times=1)
    with Exchange(tls_issuer, tls_idp.port, ca_file) as exchange:
        assert exchange.head().startswith(b"HTTP/1.1 200 ")
        assert exchange.is_reset()


def test_drip(tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path) -> None:
    """The whole answer in drops, and the rest at once when it is let go."""
    tls_issuer.fault("drip", bytes_per_second=20, times=1)
    with Exchange(tls_issuer, tls_idp.port, ca_file) as exchange:
        assert exchange.tls.recv(1) == b"H"
        tls_issuer.ok("POST", "/faults/release")
        body, length = body_and_length(exchange.rest())
    assert len(body) == length


@pytest.mark.parametrize(
    ("after", "head"), [("nothing", b""), ("headers", b"HTTP/1.1 200 "), ("half", b"HTTP/1.1 200 ")]
)
def test_hang(tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path, after: str, head: bytes) -> None:
    """What is to come first has come, and the rest comes when the request is let go."""
    tls_issuer.fault("hang", after=after, times=1)
    with Exchange(tls_issuer, tls_idp.port, ca_file) as exchange:
        seen = exchange.head() if head else b""
        tls_issuer.ok("GET", "/requests/wait?endpoint=jwks&timeout=20")
        assert seen.startswith(head)
        thread = Thread(target=let_go, args=(tls_issuer,))
        thread.start()
        exchange.tls.settimeout(20)
        answer = seen + exchange.tls.recv(65_536)
        thread.join()
        assert answer.startswith(b"HTTP/1.1 200 ")


def let_go(tls_issuer: IssuerApi) -> None:
    tls_issuer.ok("POST", "/faults/release")


def test_hang_until_the_server_ends(ca_file: Path) -> None:
    """A request that hangs in the middle of a TLS connection does not hold `close` up."""
    with EmbeddedIdp(tls=True) as idp:
        assert idp.ca_file is not None
        with tls_api(idp.url, idp.ca_file) as api:
            issuer = IssuerApi(api, api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))
            issuer.fault("hang", after="headers")
            with Exchange(issuer, idp.port, idp.ca_file) as exchange:
                exchange.head()
                idp.close()
                assert exchange.rest() == b""


@pytest.mark.parametrize("kind", sorted(FAULTS.keys() - {"truncate", "close", "reset", "drip", "hang"}))
def test_the_others(tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path, kind: str) -> None:
    """Faults that leave the connection alone are an answer over TLS as over anything else."""
    needed = {"redirect": {"location": "/x"}, "body": {"body": "x"}, "encoding": {"chunked": True}}
    small = {"huge": {"bytes": 1000}, "crowd": {"count": 1}, "delay": {"seconds": 0}}
    tls_issuer.fault(kind, times=1, **needed.get(kind, {}), **small.get(kind, {}))
    with Exchange(tls_issuer, tls_idp.port, ca_file) as exchange:
        assert exchange.head().startswith(b"HTTP/1.1 ")
    assert tls_issuer.log()[0]["fault"] == kind
