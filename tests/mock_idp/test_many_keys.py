"""Issuers with very many keys: what a key costs doesn't depend on how many there are, and there is an end."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from idp_api import IssuerApi, MakeIssuer

from mock_idp.embed import EmbeddedIdp
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose import ring as ring_module
from mock_idp.jose.errors import nearest
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.pool import KeyPool
from mock_idp.jose.public_jwk import PublicJwk
from mock_idp.jose.token_spec import TokenSpec

SECONDS = 20.0


@pytest.fixture
def subject(idp: EmbeddedIdp, issuer: IssuerApi) -> Issuer:
    """The object behind an issuer."""
    return idp.state.find(issuer.id)


def test_each_key_is_written_out_once(subject: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many others are published, and however often the JWKS is asked for in between."""
    written: list[PublicJwk] = []
    usual = PublicJwk.as_dict

    def counted(jwk: PublicJwk, *args: Any) -> dict[str, Any]:
        written.append(jwk)
        return usual(jwk, *args)

    monkeypatch.setattr(PublicJwk, "as_dict", counted)
    for number in range(200):
        subject.add_key(KeySettings(name=f"k{number}", state="previous"))
        assert b'"keys"' in subject.documents["jwks"].body
    assert len(written) <= 3 * 200


def test_the_key_set_is_right(issuer: IssuerApi) -> None:
    """All of them are there, newest first, and a change shows at once."""
    names = [issuer.ok("POST", "/keys", {"state": "previous"})["kid"] for _ in range(50)]
    assert issuer.kids()[-50:] == names[::-1]
    issuer.ok("PATCH", f"/keys/{names[7]}", {"state": "retired"})
    issuer.ok("DELETE", f"/keys/{names[9]}")
    assert not {names[7], names[9]} & set(issuer.kids())
    assert len(issuer.kids()) == 49


def test_others_go_on_while_a_key_is_made(subject: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are signed, and other keys are made, while one takes its time."""
    begun, go = threading.Event(), threading.Event()
    usual = KeyPool.take

    def slow(pool: KeyPool, *args: Any) -> Any:
        begun.set()
        assert go.wait(SECONDS)
        return usual(pool, *args)

    for make in (lambda: subject.add_key(KeySettings(name="slow")), subject.rotate):
        begun.clear()
        go.clear()
        with monkeypatch.context() as patched:
            patched.setattr(KeyPool, "take", slow)
            thread = threading.Thread(target=make)
            thread.start()
            assert begun.wait(SECONDS)
        signed = subject.mint(TokenSpec())
        other = subject.add_key(KeySettings(state="hidden"))
        go.set()
        thread.join()
        assert signed.kid
        assert other in subject.key_entries()
    assert subject.find_key("slow")


def test_a_name_that_was_taken_meanwhile(subject: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who want the same at once one gets it, and the other is told."""
    barrier = threading.Barrier(2)
    usual = KeyPool.take

    def together(pool: KeyPool, *args: Any) -> Any:
        barrier.wait(SECONDS)
        return usual(pool, *args)

    monkeypatch.setattr(KeyPool, "take", together)
    outcomes: list[str] = []

    def add() -> None:
        try:
            outcomes.append(str(subject.add_key(KeySettings(name="mine", state="hidden")).name))
        except Exception as error:
            outcomes.append(getattr(error, "code", repr(error)))

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["mine", "name_taken"]


def test_rotations_at_once(subject: Issuer) -> None:
    """Each is one, and there is one key that signs."""
    before = len(subject.key_entries())
    threads = [threading.Thread(target=subject.rotate) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [entry.state for entry in subject.key_entries()]
    assert (len(states), states.count("current")) == (before + 8, 1)


@pytest.mark.parametrize("path", ["/keys", "/rotate"])
def test_there_is_a_limit(make_issuer: MakeIssuer, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A refused key has changed nothing, and one that goes makes room."""
    issuer = make_issuer("okta", algorithm="ES256")
    monkeypatch.setattr(ring_module, "MAX_KEYS", 3)
    hidden = issuer.ok("POST", "/keys", {})["kid"]
    before = issuer.ok("GET", "/keys")
    assert issuer.refused("POST", path, {}) == (409, "too_many_keys", None)
    assert issuer.ok("GET", "/keys") == before
    issuer.ok("DELETE", f"/keys/{hidden}")
    issuer.ok("POST", path, {})


def test_the_kids_of_an_issuer_end_too(issuer: IssuerApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of deleted keys stay used, until a reset."""
    monkeypatch.setattr(ring_module, "MAX_KIDS", 3)
    for _ in range(2):
        issuer.ok("DELETE", f"/keys/{issuer.ok('POST', '/keys', {})['kid']}")
    assert issuer.refused("POST", "/keys", {}) == (409, "too_many_keys", None)
    issuer.ok("POST", "/reset")
    issuer.ok("POST", "/keys", {})


def test_errors_stay_short(issuer: IssuerApi) -> None:
    """However long and many the names are that a wrong one is compared with."""
    for number in range(60):
        issuer.ok("POST", "/keys", {"name": f"name-{number}", "kid": f"{number}" + "k" * 20_000})
    answer = issuer.api.call("GET", f"/issuers/{issuer.id}/keys/{'x' * 10_000}")
    assert (answer.status_code, answer.json()["error"]) == (404, "unknown_key")
    assert len(answer.content) < 15_000
    assert "name-1" in answer.json()["error_description"]
    assert nearest("name-l", (f"name-{number}" for number in range(2000))).startswith("Did you mean 'name-")


def test_a_change_that_cannot_be_served_is_none(issuer: IssuerApi) -> None:
    """An entry for an unknown key leaves what was laid over before."""
    issuer.ok("PUT", "/jwks", {"after": [{"kty": "odd"}]})
    before = issuer.jwks()
    assert issuer.refused("PUT", "/jwks", {"edit": {"nobody": {}}})[1] == "unknown_key"
    assert issuer.jwks() == before


def test_the_members_of_a_key_are_its_own(issuer: IssuerApi) -> None:
    """Two members of an overlay, then the usual ones again."""
    usual = issuer.jwks()
    issuer.ok("PUT", "/jwks", {"members": {"current": ["kid", "kty"]}})
    assert list(issuer.jwks()["keys"][0]) == ["kid", "kty"]
    issuer.ok("DELETE", "/jwks")
    assert issuer.jwks() == usual
