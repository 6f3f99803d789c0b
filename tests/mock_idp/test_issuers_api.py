"""Issuers over the control API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from idp_api import Api, IssuerApi, MakeIssuer, raw_exchange


def test_an_issuer_is_described(issuer: IssuerApi) -> None:
    """The answer to POST is what GET shows, with everything a service has to be told."""
    assert issuer.ok("GET", "") == issuer.about
    assert issuer.about["tasker"] == {
        "jwks_url": issuer.about["jwks_uri"],
        "jwt_issuer": issuer.about["issuer"],
        "jwt_audience": "tasker-api",
        "permissions_claim": "permissions",
    }


def test_the_public_url_of_the_server(issuer: IssuerApi, api: Api) -> None:
    """By default an issuer lives on localhost and the server's port."""
    port = api.url.rpartition(":")[2]
    assert issuer.about["jwks_uri"].startswith(f"http://localhost:{port}/i/{issuer.id}/")


def test_a_public_url_of_its_own(make_issuer: MakeIssuer) -> None:
    """Documents and tokens carry the public URL, whatever address the server has."""
    issuer = make_issuer("auth0", algorithm="ES256", id="public-1", public_url="http://idp.example")
    assert issuer.about["issuer"] == "http://idp.example/i/public-1/"
    assert issuer.ok("POST", "/tokens", {})["claims"]["iss"] == "http://idp.example/i/public-1/"


def test_an_absolute_request_finds_it(make_issuer: MakeIssuer, api: Api) -> None:
    """A service behind a forward proxy asks for the whole public URL."""
    issuer = make_issuer("auth0", algorithm="ES256", id="proxied-1", public_url="http://idp.example")
    request = f"GET {issuer.about['jwks_uri']} HTTP/1.1\r\nHost: idp.example\r\nConnection: close\r\n\r\n"
    assert raw_exchange(int(api.url.rpartition(":")[2]), request.encode()).startswith(b"HTTP/1.1 200 OK")


def test_two_issuers_share_nothing(make_issuer: MakeIssuer) -> None:
    """Keys, faults and logs of one issuer are not those of another."""
    one, two = make_issuer("custom", algorithm="ES256"), make_issuer("custom", algorithm="ES256")
    one.fault("status", status=500)
    assert one.get().status_code == 500
    assert two.get().status_code == 200
    assert len(one.log()) == len(two.log()) == 1
    assert set(one.ok("DELETE", "/faults")["faults"]) == set()
    assert not set(one.kids()) & set(two.kids())


def test_ids_are_made_up(api: Api, make_issuer: MakeIssuer) -> None:
    """Without an id an issuer gets one that is free."""
    ids = {make_issuer("custom", algorithm="ES256").id for _ in range(3)}
    assert len(ids) == 3


def test_an_id_is_taken_once(issuer: IssuerApi) -> None:
    """A second issuer with the same id is refused."""
    spec = {"style": "custom", "id": issuer.id}
    assert issuer.api.refused("POST", "/issuers", spec) == (409, "issuer_exists", "id")


def test_a_deleted_issuer_is_gone(api: Api) -> None:
    """Its paths and its control calls answer 404."""
    issuer = IssuerApi(api, api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"}))
    issuer.ok("DELETE", "")
    assert issuer.get().status_code == 404
    assert issuer.refused("GET", "") == (404, "unknown_issuer", None)


def test_keys_of_the_start(make_issuer: MakeIssuer) -> None:
    """The caller's keys replace the vendor's usual ones; the first state is current."""
    issuer = make_issuer("auth0", keys=[{"name": "k1", "algorithm": "ES256"}, {"name": "k2", "state": "next"}])
    assert [(key["name"], key["state"]) for key in issuer.about["keys"]] == [("k1", "current"), ("k2", "next")]
    assert issuer.about["keys"][0]["jwk"]["kty"] == "EC"


def test_a_key_that_cannot_be_made_makes_no_issuer(api: Api) -> None:
    """Nothing is left of an issuer whose keys contradict each other."""
    keys = [{"kid": "a", "algorithm": "ES256"}, {"kid": "a", "algorithm": "ES256"}]
    assert api.refused("POST", "/issuers", {"style": "custom", "id": "half", "keys": keys})[0] == 409
    assert api.refused("GET", "/issuers/half")[0] == 404
    api.ok("POST", "/issuers", {"style": "custom", "id": "half", "algorithm": "ES256"})
    api.ok("DELETE", "/issuers/half")


@pytest.mark.parametrize(
    ("style", "options", "field"),
    [
        ("keycloak", {"realm": "a/b"}, "options.realm"),
        ("keycloak", {"relm": "a"}, "options.relm"),
        ("okta", {"authorization_server": 1}, "options.authorization_server"),
        ("custom", {"jwks_path": "no-slash"}, "options.jwks_path"),
    ],
)
def test_bad_options(api: Api, style: str, options: dict[str, Any], field: str) -> None:
    """The options are those of the style, and the error leads to the one that is wrong."""
    assert api.refused("POST", "/issuers", {"style": style, "options": options}) == (400, "invalid_field", field)


def test_reset_brings_the_start_back(make_issuer: MakeIssuer) -> None:
    """Keys, faults, clock, log and changes to the JWKS are as they were."""
    issuer = make_issuer("okta", algorithm="ES256")
    before = issuer.jwks()
    issuer.ok("POST", "/rotate")
    issuer.ok("POST", "/keys", {"name": "extra", "state": "previous"})
    issuer.ok("PATCH", f"/keys/{before['keys'][0]['kid']}", {"state": "revoked"})
    issuer.ok("PUT", "/jwks", {"before": [{"kty": "odd"}]})
    issuer.ok("PUT", "/clock", {"offset_seconds": 1000})
    issuer.fault("status", status=500)
    issuer.ok("POST", "/reset")
    assert issuer.ok("GET", "/requests")["requests"] == []
    assert issuer.jwks() == before
    assert issuer.ok("GET", "/clock")["offset_seconds"] == 0
    assert issuer.ok("GET", "/faults") == {"faults": []}
    assert [key["state"] for key in issuer.ok("GET", "/keys")["keys"]] == ["current", "next"]


def test_reset_of_the_server(make_idp: Callable[..., Any]) -> None:
    """Issuers of the settings stay, as they were at the start; the others go."""
    from mock_idp.settings import IssuerSettings

    _, api = make_idp(issuers=(IssuerSettings(id="default", style="custom", mount="root", algorithm="ES256"),))
    first = api.ok("GET", "/issuers/default")["keys"]
    api.ok("POST", "/issuers/default/rotate")
    api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"})
    api.ok("POST", "/reset")
    assert [(issuer["id"], issuer["keys"]) for issuer in api.ok("GET", "/issuers")["issuers"]] == [("default", first)]


def test_there_is_a_limit(make_idp: Callable[..., Any]) -> None:
    """A server does not grow without end."""
    _, api = make_idp(max_issuers=1)
    api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"})
    assert api.refused("POST", "/issuers", {"style": "custom"}) == (409, "too_many_issuers", None)
