"""The mock identity provider over TLS inside a test process."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
import requests
import trustme
from cryptography import x509
from idp_api import IssuerApi, raw_exchange
from tls_api import fetch, names_of, tls_api

from mock_idp.embed import EmbeddedIdp
from mock_idp.ephemeral.own_folder import MARKER
from mock_idp.errors import MockIdpError
from mock_idp.run.tls import certificate_hosts, check_host
from mock_idp.settings import IssuerSettings, ServerSettings, TlsSettings

USUAL = {"localhost", "127.0.0.1", "::1"}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """CA, certificate and key of somebody's own."""
    folder = tmp_path_factory.mktemp("own")
    ca = trustme.CA()
    certificate = ca.issue_cert("localhost")
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    return folder / "ca.pem", folder / "cert.pem", folder / "key.pem"


def test_its_urls_begin_with_https(tls_issuer: IssuerApi) -> None:
    """Issuer, JWKS, discovery and token endpoint."""
    names = ("issuer", "jwks_uri", "discovery_url", "token_endpoint")
    assert {tls_issuer.about[name].partition("://")[0] for name in names} == {"https"}


def test_the_documents_are_what_they_name(tls_issuer: IssuerApi, ca_file: Path) -> None:
    """From the discovery document to the keys by the URLs that stand there, with the CA as the only thing known."""
    discovery = fetch(tls_issuer.about["discovery_url"], ca_file).json()
    assert discovery["issuer"] == tls_issuer.about["issuer"]
    assert fetch(discovery["jwks_uri"], ca_file).json()["keys"]


def test_no_browser_is_told_to_keep_to_https(tls_idp: EmbeddedIdp, ca_file: Path) -> None:
    """The vendor's header would outlive the mock, and reach every other server on localhost."""
    with tls_api(tls_idp.url, ca_file) as api:
        made = api.ok("POST", "/issuers", {"style": "auth0"})
        answer = fetch(made["jwks_uri"], ca_file)
        api.ok("DELETE", f"/issuers/{made['id']}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in answer.headers


def test_who_does_not_know_the_ca_does_not_trust_it(tls_issuer: IssuerApi, pair: tuple[Path, Path, Path]) -> None:
    """The certificate is nobody else's."""
    for ca_file in (True, pair[0]):
        with pytest.raises(requests.exceptions.SSLError):
            fetch(tls_issuer.about["jwks_uri"], ca_file)


def test_a_client_that_does_not_trust_it_is_no_error(
    tls_issuer: IssuerApi, tls_idp: EmbeddedIdp, ca_file: Path
) -> None:
    """The server goes on."""
    with pytest.raises(requests.exceptions.SSLError):
        fetch(tls_issuer.about["jwks_uri"], True)
    assert fetch(tls_issuer.about["jwks_uri"], ca_file).status_code == 200
    assert not tls_idp._wsgi.errors


def test_plain_http_is_told_so(tls_idp: EmbeddedIdp) -> None:
    """A sentence in plain HTTP, and the end of the connection."""
    answer = raw_exchange(tls_idp.port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"This port speaks TLS: the URL begins with https://.")


def test_the_usual_names(tls_idp: EmbeddedIdp, ca_file: Path) -> None:
    """Those by which a machine knows itself."""
    assert names_of(tls_idp.port, ca_file) == USUAL


def test_the_names_of_the_settings() -> None:
    """The hosts of public URLs, the address that is bound, and those that are asked for, each once."""
    settings = ServerSettings(
        public_url="https://idp.test:9400",
        issuers=(IssuerSettings(id="a", style="okta", public_url="https://okta.test"),),
        tls=TlsSettings(hosts=("*.example.test", "10.0.0.7", "localhost")),
    )
    assert certificate_hosts(settings) == (
        *("localhost", "127.0.0.1", "::1", "idp.test", "okta.test", "*.example.test", "10.0.0.7"),
    )


def test_an_address_for_everybody_is_no_name() -> None:
    """0.0.0.0 is where a server listens, not who it is."""
    settings = ServerSettings(host="0.0.0.0", allow_remote=True, control_token="t", tls=TlsSettings())
    assert set(certificate_hosts(settings)) == USUAL


@pytest.mark.parametrize(
    "host", ["", "a b", "-a", "a-", "a..b", "a/b", "me@idp.test", "a" * 64, "*", "*.", "10.0.0.0/8"]
)
def test_what_is_no_host(host: str) -> None:
    """The error names the option."""
    with pytest.raises(MockIdpError, match="tls_host"):
        check_host(host)


def test_the_ca_file_has_no_private_key(ca_file: Path) -> None:
    """One certificate of a CA, and nothing else in its folder but the marker by which that is removed."""
    text = ca_file.read_text()
    assert "PRIVATE" not in text
    constraints = x509.load_pem_x509_certificate(text.encode()).extensions.get_extension_for_class(
        x509.BasicConstraints
    )
    assert constraints.value.ca
    assert {path.name for path in ca_file.parent.iterdir()} == {ca_file.name, MARKER}


def test_the_folder_is_nobody_elses(ca_file: Path) -> None:
    """While the key passes through it, too."""
    assert ca_file.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_is_left() -> None:
    """No file, no thread and no port."""
    before = set(threading.enumerate())
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=0), tls=True) as idp:
        ca_file = idp.ca_file
        assert ca_file is not None
        with socket.create_connection(("127.0.0.1", idp.port)):  # One that never begins its handshake.
            assert fetch(f"{idp.url}/_mock/health", ca_file).json()["status"] == "ready"
            idp.close()
    assert not ca_file.parent.exists()
    assert set(threading.enumerate()) <= before
    with socket.create_server(("127.0.0.1", idp.port)):
        pass


def test_nothing_is_left_of_one_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files go when the constructor gives up."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(MockIdpError, match="okta"):
        EmbeddedIdp(ServerSettings(port=0, issuers=(IssuerSettings(id="a", style="oktta"),)), tls=True)
    assert list(tmp_path.iterdir()) == []


def test_without_tls_there_is_no_ca_file() -> None:
    """Plain HTTP as ever."""
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=0)) as idp:
        assert (idp.ca_file, idp.url.partition(":")[0]) == (None, "http")


def test_the_back_channel_is_https_too() -> None:
    """What a service asks by itself is where it has asked, under whatever name: that port speaks TLS alone."""
    issuer = IssuerSettings(id="a", style="custom", mount="root")
    settings = ServerSettings(port=0, key_pool_size=0, tls=TlsSettings(), backchannel_dynamic=True, issuers=(issuer,))
    with EmbeddedIdp(settings) as idp:
        inside = f"https://127.0.0.1:{idp.port}"
        found = fetch(f"{inside}/.well-known/openid-configuration", idp.ca_file or False).json()
    assert found["jwks_uri"].startswith(f"{inside}/")
    assert found["issuer"].startswith(f"https://localhost:{idp.port}")


def test_a_certificate_that_is_brought_along(pair: tuple[Path, Path, Path]) -> None:
    """It is shown, and there is no CA file: its owner knows who trusts it."""
    ca_file, cert, key = pair
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=0, tls=TlsSettings(cert=cert, key=key))) as idp:
        assert idp.ca_file is None
        assert names_of(idp.port, ca_file) == {"localhost"}


def test_files_that_are_no_pair(pair: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """The error names the file that is wrong."""
    ca_file, cert, key = pair
    odd = tmp_path / "odd.pem"
    odd.write_text("nothing")
    for wrong_cert, wrong_key, field in (
        (tmp_path / "none.pem", key, "tls_cert"),
        (cert, tmp_path / "none.pem", "tls_key"),
        (odd, key, "tls_cert"),
        (ca_file, key, "tls_key"),
    ):
        with pytest.raises(MockIdpError) as caught:
            EmbeddedIdp(ServerSettings(port=0, tls=TlsSettings(cert=wrong_cert, key=wrong_key)))
        assert caught.value.field == field


def test_a_key_with_a_password_is_refused(pair: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """Nobody is asked for it on the terminal."""
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(pair[2].read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
    )
    with pytest.raises(MockIdpError, match="password"):
        EmbeddedIdp(ServerSettings(port=0, tls=TlsSettings(cert=pair[1], key=locked)))


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"cert": Path("a")}, "tls_key"),
        ({"key": Path("a")}, "tls_cert"),
        ({"cert": Path("a"), "key": Path("b"), "hosts": ("idp.test",)}, "tls_host"),
    ],
)
def test_settings_that_contradict_each_other(settings: dict[str, Path], field: str) -> None:
    """One file alone, or names for a certificate that has them."""
    with pytest.raises(MockIdpError) as caught:
        TlsSettings(**settings)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_public_url_without_tls_is_refused() -> None:
    """Nobody could reach it there."""
    with pytest.raises(MockIdpError) as caught:
        ServerSettings(public_url="http://idp.test", tls=TlsSettings())
    assert caught.value.field == "public_url"
