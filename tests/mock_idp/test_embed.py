"""The mock identity provider inside a test process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from idp_api import Api, IssuerApi, MakeIssuer

from mock_idp.embed import EmbeddedIdp
from mock_idp.errors import MockIdpError
from mock_idp.settings import IssuerSettings, ServerSettings


def test_serves_the_issuers_of_its_settings(make_idp: Callable[..., Any]) -> None:
    """What the settings name is there when the constructor returns."""
    _, api = make_idp(issuers=(IssuerSettings(id="a", style="okta", algorithm="ES256"),))
    assert [issuer["id"] for issuer in api.ok("GET", "/issuers")["issuers"]] == ["a"]


def test_leaves_nothing_behind() -> None:
    """After `close` no thread and no port of it is left."""
    before = set(threading.enumerate())
    with EmbeddedIdp() as idp, Api(idp.url) as api:
        api.ok("POST", "/issuers", {"style": "custom"})
    assert set(threading.enumerate()) <= before
    with EmbeddedIdp(ServerSettings(port=idp.port, key_pool_size=0)):
        pass


def test_close_ends_what_hangs(make_issuer: MakeIssuer) -> None:
    """A request that hangs does not hold `close` up."""
    idp = EmbeddedIdp(ServerSettings(port=0, key_pool_size=0))
    with Api(idp.url) as api:
        issuer = IssuerApi(api, api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))
        issuer.fault("hang")
        failures: list[BaseException] = []

        def fetch() -> None:
            try:
                issuer.get()
            except OSError as error:
                failures.append(error)

        thread = threading.Thread(target=fetch)
        thread.start()
        issuer.ok("GET", "/requests/wait?endpoint=jwks&timeout=10")
        before = time.monotonic()
        idp.close()
        assert time.monotonic() - before < 1.0
        thread.join()
    assert len(failures) == 1


def test_raises_what_went_wrong_in_its_threads(make_idp: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of the server is a 500 for the client and an exception for the test."""
    idp, api = make_idp()

    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(idp.state, "issuers", broken)
    assert api.call("GET", "/issuers").status_code == 500
    monkeypatch.undo()
    with pytest.raises(ZeroDivisionError):
        idp.raise_pending()


def test_a_bad_issuer_is_an_error_of_the_constructor() -> None:
    """Nothing runs when an issuer of the settings cannot be made."""
    before = set(threading.enumerate())
    with pytest.raises(MockIdpError, match="okta"):
        EmbeddedIdp(ServerSettings(port=0, issuers=(IssuerSettings(id="a", style="oktta"),)))
    assert set(threading.enumerate()) <= before


def test_key_material_is_used_again() -> None:
    """A deleted issuer's RSA key comes back under another kid, which makes an issuer per test cheap."""
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=1, recycle_keys=True)) as idp, Api(idp.url) as api:
        moduli, kids = set(), set()
        for _ in range(6):
            issuer = api.ok("POST", "/issuers", {"style": "custom"})
            moduli.add(issuer["keys"][0]["jwk"]["n"])
            kids.add(issuer["keys"][0]["kid"])
            api.ok("DELETE", f"/issuers/{issuer['id']}")
    assert len(moduli) < 6
    assert len(kids) == 6


def test_not_ready_before_its_keys_are(make_idp: Callable[..., Any]) -> None:
    """Until the keys are there, health is 503 and so is everything else."""
    idp, api = make_idp(issuers=(IssuerSettings(id="a", style="custom", mount="root", algorithm="ES256"),))
    idp.state.ready.clear()
    assert api.call("GET", "/health").status_code == 503
    assert api.call("GET", "/issuers").status_code == 503
    idp.state.ready.set()
    assert api.ok("GET", "/health") == {"status": "ready", "issuers": 1}
