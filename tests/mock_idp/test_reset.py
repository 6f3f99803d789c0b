"""A reset of the server gives exactly what it was started with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from idp_api import Api, IssuerApi

from mock_idp.embed import EmbeddedIdp
from mock_idp.jose.key_spec import KeySettings
from mock_idp.plans.stubs.settings import stub_settings
from mock_idp.settings import ClientSettings, IssuerSettings, UserSettings

MakeIdp = Callable[..., tuple[EmbeddedIdp, Api]]

ISSUERS = (
    IssuerSettings(id="default", style="okta", mount="root", algorithm="ES256"),
    IssuerSettings(
        id="partner",
        style="custom",
        algorithm="ES256",
        keys=(KeySettings(name="k1", kid="one"), KeySettings(name="k2", state="next", members=("kty", "kid"))),
        clients=(ClientSettings("app", secret="s"),),
        users=(UserSettings("ann"),),
        script=(stub_settings({"on": "jwks", "delay_seconds": 0.001}),),
    ),
)
PARTS = ("", "/keys", "/faults", "/script", "/clients", "/users", "/requests")


@pytest.fixture
def api(make_idp: MakeIdp) -> Api:
    """A server with issuers from its settings."""
    return make_idp(issuers=ISSUERS, recycle_keys=True)[1]


def picture(api: Api) -> list[Any]:
    """Everything there is to see of a server."""
    ids = [issuer["id"] for issuer in api.ok("GET", "/issuers")["issuers"]]
    seen: list[Any] = [ids]
    for issuer_id in ids:
        seen += [api.ok("GET", f"/issuers/{issuer_id}{part}") for part in PARTS]
        clock = api.ok("GET", f"/issuers/{issuer_id}/clock")
        seen.append((clock["offset_seconds"], clock["at"]))
        # Not by a request, which would stand in the log.
        seen.append(api.ok("DELETE", f"/issuers/{issuer_id}/jwks"))
    return seen


def change(api: Api) -> None:
    """Something of everything that can be changed."""
    for issuer_id in ("default", "partner"):
        issuer = IssuerApi(api, api.ok("GET", f"/issuers/{issuer_id}"))
        issuer.get()
        issuer.ok("POST", "/rotate")
        issuer.ok("POST", "/keys", {"name": "mine", "kid": "mine", "state": "previous"})
        issuer.ok("DELETE", "/keys/current")
        issuer.ok("PUT", "/jwks", {"after": [{"kty": "odd"}]})
        issuer.ok("PUT", "/clock", {"at": 1})
        issuer.ok("POST", "/clients", {"id": "other"})
        issuer.ok("POST", "/users", {"username": "bob"})
        issuer.ok("DELETE", "/script")
        issuer.ok("POST", "/script", {"problem": "wrong_secret"})
        issuer.fault("status")
    api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"})


def test_everything_is_as_it_was(api: Api) -> None:
    """Keys, members, states, clients, users, script, faults, log, clock, and the ids that are made up next."""
    before = picture(api)
    change(api)
    assert picture(api) != before
    api.ok("POST", "/reset")
    assert picture(api) == before
    assert api.ok("POST", "/issuers", {"style": "custom", "algorithm": "ES256"})["id"] == "custom-1"
    assert api.ok("POST", "/issuers/default/faults", {"on": "jwks", "kind": "close"})["id"] == "f1"


@pytest.mark.parametrize("deleted", [["default"], ["partner"], ["partner", "default"]])
def test_what_was_deleted_comes_back(api: Api, deleted: list[str]) -> None:
    """With the same keys, at the same place, in the same order."""
    before = picture(api)
    change(api)
    for issuer_id in deleted:
        api.ok("DELETE", f"/issuers/{issuer_id}")
    api.ok("POST", "/reset")
    assert picture(api) == before
    assert api.session.get(f"{api.url}/oauth2/default/v1/keys", timeout=20).status_code == 200
    api.ok("POST", "/reset")
    assert [issuer["id"] for issuer in api.ok("GET", "/issuers")["issuers"]] == ["default", "partner"]


def test_another_one_of_the_same_name_goes(api: Api) -> None:
    """What was made in place of a deleted one isn't it."""
    before = picture(api)
    for issuer_id in ("default", "partner"):
        api.ok("DELETE", f"/issuers/{issuer_id}")
        api.ok("POST", "/issuers", {"id": issuer_id, "style": "keycloak", "algorithm": "ES384"})
    api.ok("POST", "/reset")
    assert picture(api) == before
    answer = api.session.get(f"{api.url}/i/default/realms/tasker/protocol/openid-connect/certs", timeout=20)
    assert answer.status_code == 404


def test_keys_that_come_back_are_nobody_elses(make_idp: MakeIdp) -> None:
    """Where key material is used again, that of an issuer that comes back is not."""
    rsa = (IssuerSettings(id="default", style="custom"),)
    _, api = make_idp(issuers=rsa, recycle_keys=True)
    modulus = api.ok("GET", "/issuers/default/keys")["keys"][0]["jwk"]["n"]
    api.ok("DELETE", "/issuers/default")
    other = api.ok("POST", "/issuers", {"style": "custom"})
    assert other["keys"][0]["jwk"]["n"] != modulus
    api.ok("POST", "/reset")
    assert api.ok("GET", "/issuers/default/keys")["keys"][0]["jwk"]["n"] == modulus


def test_a_kid_is_new_again(api: Api) -> None:
    """Also after the reset of one issuer, which goes back to the kids of its start."""
    for path in ("/reset", "/issuers/default/reset"):
        api.ok("POST", "/issuers/default/keys", {"kid": "mine"})
        assert api.refused("POST", "/issuers/default/keys", {"kid": "mine"})[1] == "kid_reused"
        api.ok("POST", path)
    api.ok("POST", "/issuers/default/keys", {"kid": "mine"})


def test_a_script_has_its_ids_again(api: Api) -> None:
    """After the reset of one issuer, too."""
    api.ok("POST", "/issuers/partner/script", {"problem": "wrong_secret"})
    api.ok("POST", "/issuers/partner/reset")
    assert [step["id"] for step in api.ok("GET", "/issuers/partner/script")["steps"]] == ["s1"]


def test_who_waits_is_told(api: Api) -> None:
    """A call that waits for requests ends with the issuer they were for."""
    statuses: list[int] = []

    def wait() -> None:
        with Api(api.url) as own:
            statuses.append(own.call("GET", "/issuers/default/requests/wait?count=5&timeout=60").status_code)

    thread = threading.Thread(target=wait)
    thread.start()
    while thread.is_alive():
        api.ok("POST", "/reset")  # Again, as the call may have come only now.
        thread.join(0.01)
    assert statuses == [408]


def test_resets_at_once(api: Api) -> None:
    """Many of them, among calls that make and delete issuers, leave the start."""
    before = picture(api)
    problems: list[str] = []

    def run(number: int) -> None:
        with Api(api.url) as own:
            for _ in range(10):
                answers = [
                    own.call("POST", "/reset"),
                    own.call("DELETE", "/issuers/default"),
                    own.call("POST", "/issuers", {"id": "default", "style": "custom", "algorithm": "ES256"}),
                    own.call("GET", "/issuers"),
                ]
                problems.extend(answer.text for answer in answers if answer.status_code >= 500)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    api.ok("POST", "/reset")
    assert (picture(api), problems) == (before, [])
