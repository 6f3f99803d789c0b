"""A mock vendor for each test, and a process that knows it as its clients' documentation says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from served_vendor import MakeVendor, Vendor

from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import IssuerSettings, ServerSettings, TlsSettings


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxies of this machine know nothing of the mock."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeVendor]:
    """Starts servers with one vendor each, over TLS unless `tls` says otherwise; they end with the test. `hosts` are
    more names in the certificate; anything else is a setting of the issuer.

    A server of its own, because clients keep what they have learnt of an address for the life of the process. The CA
    is made known by the environment variables that requests, httpx and OpenSSL document.
    """
    made: list[tuple[EmbeddedIdp, Vendor]] = []

    def make(style: str, *, tls: bool = True, hosts: tuple[str, ...] = (), **settings: Any) -> Vendor:
        issuer = IssuerSettings("default", style, mount="root", **settings)
        security = TlsSettings(hosts) if tls else None
        idp = EmbeddedIdp(ServerSettings(port=0, key_pool_size=0, issuers=(issuer,), tls=security))
        made.append((idp, Vendor(idp)))
        if idp.ca_file is not None:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(idp.ca_file))
            monkeypatch.setenv("SSL_CERT_FILE", str(idp.ca_file))
        return made[-1][1]

    yield make
    for idp, vendor in made:
        vendor.close()
        idp.close()
        idp.raise_pending()
