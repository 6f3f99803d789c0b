"""The login page over TLS, in a browser that trusts this server's certificate and no other stranger's."""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Error, Playwright

from browser.application import Application
from browser.chromium import launch
from browser.visits import sign_in
from mock_idp.embed import EmbeddedIdp


@pytest.fixture
def secure() -> Iterator[EmbeddedIdp]:
    with EmbeddedIdp(tls=True) as server:
        yield server
        server.raise_pending()


@pytest.fixture
def secure_application(secure: EmbeddedIdp) -> Iterator[Application]:
    application = Application(secure.url, "custom", str(secure.ca_file))
    yield application
    application.close()


def pinned_key(server: EmbeddedIdp) -> str:
    """The public key that the server shows, as Chromium's switch names it; the CA vouches for it."""
    trusting = ssl.create_default_context(cafile=server.ca_file)
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection,
        trusting.wrap_socket(connection, server_hostname="localhost") as tls,
    ):
        shown = tls.getpeercert(binary_form=True)
    assert shown is not None
    key = x509.load_der_x509_certificate(shown).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(spki).digest()).decode()


def test_a_user_signs_in(playwright: Playwright, secure: EmbeddedIdp, secure_application: Application) -> None:
    """With a login that goes over TLS only: its cookie says so."""
    browser = launch(playwright, f"--ignore-certificate-errors-spki-list={pinned_key(secure)}")
    try:
        page = browser.new_page()
        came = sign_in(page, secure_application)
        assert [cookie["secure"] for cookie in page.context.cookies()] == [True]
    finally:
        browser.close()
    assert secure_application.user(secure_application.redeem(came["code"])) == "ann"


def test_a_browser_that_does_not_know_the_ca_shows_no_page(chromium: Browser, secure_application: Application) -> None:
    """The certificate is nobody else's."""
    with chromium.new_context() as context, pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        context.new_page().goto(secure_application.sign_in())
