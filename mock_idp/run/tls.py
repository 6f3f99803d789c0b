"""TLS for the server: a certificate made for this run by a CA nobody else has, or one that is brought along."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from mock_idp.ephemeral.passing_folder import passing_folder
from mock_idp.errors import MockIdpError, bad_field
from mock_idp.settings import ServerSettings, TlsSettings

USUAL_HOSTS = ("localhost", "127.0.0.1", "::1")
"""The names that a made certificate always has: those by which this machine reaches the server."""

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


class TlsSocket(ssl.SSLSocket):
    """A TLS connection whose orderly end is one: `shutdown` tells the client first (RFC 8446 section 6.1).

    Without that a client cannot tell the end from an attack, and says so in the middle of a test. `close` alone says
    nothing, which is what a reset needs.
    """

    def shutdown(self, how: int) -> None:
        """Send `close_notify` and end the connection; waits for nobody. Raises OSError as a socket does."""
        with suppress(OSError, ValueError):
            self.settimeout(0)
            # Sends ours, then wants the client's, which it does not wait for.
            self.unwrap()
        socket.socket.shutdown(self, how)


@dataclass(frozen=True)
class ServerTls:
    """What a server needs to speak TLS, and `ca_file`, the PEM file of the CA that clients are to trust.

    `ca_file` is None for a certificate that was brought along: only its owner knows who trusts it.
    """

    context: ssl.SSLContext = field(repr=False)
    ca_file: Path | None


@contextmanager
def server_tls(settings: ServerSettings) -> Iterator[ServerTls]:
    """The TLS side of a server with these settings; the CA's file is there for the length of the block.

    The private keys of CA and server stay in this process. Raises MockIdpError for a name that cannot stand in a
    certificate and for files that are no pair of certificate and key.
    """
    wanted = settings.tls or TlsSettings()
    if wanted.cert is not None and wanted.key is not None:
        yield ServerTls(_brought_along(wanted.cert, wanted.key), None)
        return
    hosts = certificate_hosts(settings)
    with passing_folder("mock-idp-tls-") as folder:
        context = _context()
        ca_file = folder / "ca.pem"
        ca_file.write_bytes(_made(context, hosts, folder))
        # The folder is this user's alone, the certificate in it is nobody's secret.
        ca_file.chmod(0o644)
        yield ServerTls(context, ca_file)


def certificate_hosts(settings: ServerSettings) -> tuple[str, ...]:
    """The names and addresses of a made certificate: the usual ones, those of the public URLs, and those asked for.

    Raises MockIdpError for one that is asked for and cannot stand there.
    """
    asked_for = [check_host(host) for host in (settings.tls or TlsSettings()).hosts]
    urls = [settings.public_url, *(issuer.public_url for issuer in settings.issuers)]
    hosts = [*USUAL_HOSTS, *(urlsplit(url).hostname or "" for url in urls if url), settings.host, *asked_for]
    # 0.0.0.0 and :: are no addresses of anybody.
    return tuple(dict.fromkeys(host for host in hosts if host and host not in ("0.0.0.0", "::")))


def check_host(host: str) -> str:
    """`host` if it can stand in a certificate: a name, a name behind `*.`, or an address. Raises MockIdpError."""
    try:
        return str(ip_address(host))
    except ValueError:
        labels = host.removeprefix("*.").split(".")
        if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
            raise bad_field("tls_host", f"{host!r} is neither a host name nor an address.") from None
        return host.lower()


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sslsocket_class = TlsSocket
    return context


def _made(context: ssl.SSLContext, hosts: tuple[str, ...], folder: Path) -> bytes:
    """Gives the context a new certificate for `hosts`. Out: the PEM of the CA that issued it."""
    import trustme

    ca = trustme.CA(organization_name="mock-idp, for testing only")
    try:
        certificate = ca.issue_cert(*hosts, organization_name="mock-idp, for testing only")
    except ValueError as error:
        raise bad_field("tls_host", f"No certificate can be made for {', '.join(hosts)}: {error}.") from None
    # The ssl module reads keys from files only: this one has mode 0600 and is gone when the line is done.
    with certificate.private_key_and_cert_chain_pem.tempfile(dir=str(folder)) as pem:
        context.load_cert_chain(pem)
    return ca.cert_pem.bytes()


def _brought_along(cert: Path, key: Path) -> ssl.SSLContext:
    for field_name, path in (("tls_cert", cert), ("tls_key", key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise bad_field(field_name, f"Cannot read {path}: {error.strerror}.") from None
    context = _context()
    try:
        # A key with a password would make OpenSSL ask for it on the terminal.
        context.load_cert_chain(cert, key, password=_no_password)
    except MockIdpError:
        raise
    except (ssl.SSLError, OSError) as error:
        reason = getattr(error, "reason", None) or "not PEM"
        sentence = f"{cert} and {key} are no certificate and its private key in PEM ({reason})."
        raise bad_field("tls_key" if reason == "KEY_VALUES_MISMATCH" else "tls_cert", sentence) from None
    return context


def _no_password() -> str:
    raise bad_field("tls_key", "The private key has a password; this server takes keys without.")
