"""The TLS end of the identity provider: what a careful client does with each of its certificates."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from harness.base.errors import HarnessError
from harness.grammar.vocabulary import CERTIFICATES
from harness.idp.client import IdpClient
from harness.idp.tls_front import TlsFront

HEALTH = "/_mock/health"
SECONDS = 5.0


@pytest.fixture
def front(idp_client: IdpClient) -> Iterator[TlsFront]:
    front = TlsFront(idp_client.url, lambda port: f"https://localhost:{port}")
    yield front
    front.close()


def port(front: TlsFront) -> int:
    return int(front.address.rpartition(":")[2])


def careful_client(front: TlsFront) -> http.client.HTTPSConnection:
    """Python's own client, with its usual checks and the CA that the front names."""
    context = ssl.create_default_context(cafile=front.ca_file)
    return http.client.HTTPSConnection("localhost", port(front), context=context, timeout=SECONDS)


def status(client: http.client.HTTPSConnection) -> int:
    client.request("GET", HEALTH)
    answer = client.getresponse()
    answer.read()
    return answer.status


def old_client(front: TlsFront, newest: ssl.TLSVersion) -> http.client.HTTPSConnection:
    """A client that is content with any protocol up to `newest`."""
    context = ssl.create_default_context(cafile=front.ca_file)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, newest
    return http.client.HTTPSConnection("localhost", port(front), context=context, timeout=SECONDS)


def test_the_trusted_certificate_is_accepted(front: TlsFront) -> None:
    with closing(careful_client(front)) as client:
        assert status(client) == 200


def test_it_serves_beside_many_open_files(front: TlsFront, many_descriptors: None) -> None:
    """A run with many services has thousands of sockets."""
    with closing(careful_client(front)) as client:
        assert status(client) == 200


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("self-signed", "self-signed"),
        ("wrong-host", "not valid for 'localhost'"),
        ("expired", "expired"),
        ("unknown-ca", "unable to get local issuer certificate"),
        # Which of the two words it says depends on the version of OpenSSL.
        ("tls-1.0", "(?i)protocol|legacy sigalg"),
    ],
)
def test_each_other_certificate_is_refused_for_its_own_reason(front: TlsFront, kind: str, complaint: str) -> None:
    front.present(kind)
    with closing(careful_client(front)) as client, pytest.raises(ssl.SSLError, match=complaint):
        status(client)


def test_every_kind_is_tried_here() -> None:
    """The two tests before this one name all there are."""
    assert set(CERTIFICATES) == {"trusted", "self-signed", "wrong-host", "expired", "unknown-ca", "tls-1.0"}


@pytest.mark.parametrize("kind", ["self-signed", "wrong-host", "expired", "unknown-ca"])
def test_a_careless_client_gets_an_answer_behind_each_certificate(front: TlsFront, kind: str) -> None:
    """So it is the certificate alone that a refusal is about."""
    front.present(kind)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with closing(http.client.HTTPSConnection("localhost", port(front), context=context, timeout=SECONDS)) as client:
        assert status(client) == 200


def test_tls_1_0_is_really_spoken(front: TlsFront) -> None:
    front.present("tls-1.0")
    with closing(old_client(front, ssl.TLSVersion.TLSv1)) as client:
        assert status(client) == 200
        assert isinstance(client.sock, ssl.SSLSocket)
        assert client.sock.version() == "TLSv1"


def test_the_trusted_certificate_comes_with_a_current_protocol_only(front: TlsFront) -> None:
    with closing(old_client(front, ssl.TLSVersion.TLSv1_1)) as client, pytest.raises(ssl.SSLError):
        status(client)


def test_connect_leads_to_the_same_place(idp_client: IdpClient) -> None:
    """A service behind HTTPS_PROXY asks for a name that need not exist."""
    named = TlsFront(idp_client.url, lambda port: "https://idp.tasker.test")
    context = ssl.create_default_context(cafile=named.ca_file)
    proxied = http.client.HTTPSConnection("127.0.0.1", port(named), context=context, timeout=SECONDS)
    with closing(named), closing(proxied) as client:
        client.set_tunnel("idp.tasker.test", 443)
        assert status(client) == 200


def test_connect_meets_the_certificate_that_is_presented(front: TlsFront) -> None:
    front.present("expired")
    with closing(careful_client(front)) as client:
        client.set_tunnel("localhost", 443)
        with pytest.raises(ssl.SSLCertVerificationError):
            status(client)


def test_another_certificate_ends_the_open_connections(front: TlsFront) -> None:
    with closing(careful_client(front)) as client:
        assert status(client) == 200
        assert client.sock is not None
        front.present("unknown-ca")
        assert client.sock.recv(1) == b""


def test_the_same_certificate_again_leaves_connections_open(front: TlsFront) -> None:
    with closing(careful_client(front)) as client:
        assert status(client) == 200
        front.present("trusted")
        assert status(client) == 200


def test_the_trusted_certificate_can_come_back(front: TlsFront) -> None:
    front.present("self-signed")
    front.present("trusted")
    with closing(careful_client(front)) as client:
        assert status(client) == 200


def test_an_unknown_kind_is_refused_and_changes_nothing(front: TlsFront) -> None:
    with pytest.raises(HarnessError, match=r"'borrowed' is no certificate; there are trusted, self-signed"):
        front.present("borrowed")
    with closing(careful_client(front)) as client:
        assert status(client) == 200


@pytest.mark.parametrize("sent", [b"", b"\x16", b"CONNECT localhost:443 HTTP/1.1\r\n"])
def test_close_leaves_no_thread_and_no_file(idp_client: IdpClient, sent: bytes) -> None:
    """Also when somebody is in the middle of a handshake, or has not said a word."""
    others = set(threading.enumerate())  # A session of another test in this process may have a front too.
    front = TlsFront(idp_client.url, lambda port: f"https://localhost:{port}")
    folder = Path(front.ca_file).parent
    with closing(careful_client(front)) as client, socket.create_connection(("127.0.0.1", port(front))) as other:
        other.sendall(sent)
        assert status(client) == 200
        ours = [one for one in threading.enumerate() if one.name == "tls-front" and one not in others]
        assert ours
        front.close()
    assert not [thread for thread in ours if thread.is_alive()]
    assert not [thread for thread in threading.enumerate() if thread.name == "tls-front" and thread not in others]
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port(front)))


def test_close_can_be_called_again(front: TlsFront) -> None:
    front.close()
    front.close()


def test_a_tunnel_request_that_ends_early_is_given_up(front: TlsFront) -> None:
    with socket.create_connection(("127.0.0.1", port(front)), timeout=SECONDS) as client:
        client.sendall(b"CONNECT localhost")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(1) == b""
