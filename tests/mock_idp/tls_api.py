"""Talking TLS to a server and looking at what comes back byte by byte, for tests."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import requests
from cryptography import x509
from idp_api import Api, IssuerApi


def trusting(ca_file: Path) -> ssl.SSLContext:
    """A client that trusts this CA and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca_file)
    return context


def tls_api(url: str, ca_file: Path) -> Api:
    """The control API of a TLS server."""
    api = Api(url)
    api.session.verify = str(ca_file)
    return api


def fetch(url: str, ca_file: Path | bool) -> requests.Response:
    """A fetch of a client that knows this CA, and nothing of the machine's proxies."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, verify=str(ca_file) if isinstance(ca_file, Path) else ca_file, timeout=20)


def names_of(port: int, ca_file: Path) -> set[str]:
    """The names and addresses in the certificate that a port shows."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as sock,
        trusting(ca_file).wrap_socket(sock, server_hostname="localhost") as tls,
    ):
        shown = tls.getpeercert(binary_form=True)
    assert shown is not None
    names = x509.load_der_x509_certificate(shown).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in names.value}


class Exchange:
    """One request for an issuer's JWKS on a TLS connection that stays open until `close`."""

    def __init__(self, issuer: IssuerApi, port: int, ca_file: Path) -> None:
        path = issuer.about["jwks_uri"].split("/i/")[1]
        self.tls = trusting(ca_file).wrap_socket(
            socket.create_connection(("127.0.0.1", port), timeout=10),
            server_hostname="localhost",
            # The end of the connection without close_notify is an error, not an end.
            suppress_ragged_eofs=False,
        )
        self.tls.sendall(f"GET /i/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def __enter__(self) -> Exchange:
        return self

    def __exit__(self, *args: object) -> None:
        self.tls.close()

    def rest(self) -> bytes:
        """Everything until the orderly end of the connection. Raises OSError for any other end."""
        answer = b""
        while data := self.tls.recv(65_536):
            answer += data
        return answer

    def is_reset(self) -> bool:
        """Whether the TCP connection below ends with a reset; what comes before is thrown away.

        OpenSSL calls that an end of file as well, so TLS would not tell.
        """
        try:
            while socket.socket.recv(self.tls, 65_536):
                pass
        except ConnectionResetError:
            return True
        return False

    def head(self) -> bytes:
        """What comes up to the end of the head."""
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            one = self.tls.recv(1)
            assert one, answer
            answer += one
        return answer
