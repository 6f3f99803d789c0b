"""A key ring knows who signs, what is published, and that kids are not reused."""

import pytest

from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.private_keys import PrivateKey
from mock_idp.jose.ring import KEY_STATES, KeyRing, KeyState

NOW = 1_700_000_000.0


@pytest.fixture
def private_key(ec_key: SigningKey) -> PrivateKey:
    """Material for any number of keys; only the kid matters here."""
    return ec_key.private_key


@pytest.fixture
def ring(private_key: PrivateKey) -> KeyRing:
    """A ring with one key in each state; `kid-<state>` is its kid, `the-<state>` its name."""
    ring = KeyRing()
    for state in KEY_STATES:
        ring.add(SigningKey(private_key, "ES256", f"kid-{state}"), state, name=f"the-{state}", now=NOW)
    return ring


def kids(keys: list[SigningKey]) -> list[str]:
    return [key.kid for key in keys]


def snapshot(ring: KeyRing) -> list[object]:
    return list(ring)


def test_the_current_key_signs(ring: KeyRing) -> None:
    """`current` is the key in that state."""
    assert ring.current().kid == "kid-current"


def test_published_are_current_next_and_previous(ring: KeyRing) -> None:
    """Retired, revoked and hidden keys are not in the set."""
    assert kids(ring.published()) == ["kid-current", "kid-next", "kid-previous"]


def test_the_order_of_the_set_is_the_vendors(private_key: PrivateKey) -> None:
    """The set lists the states in the order the ring was made with, newest first within one."""
    ring = KeyRing(("previous", "current"))
    members: list[tuple[str, KeyState]] = [
        ("a", "previous"),
        ("b", "current"),
        ("c", "previous"),
        ("d", "next"),
    ]
    for kid, state in members:
        ring.add(SigningKey(private_key, "ES256", kid), state)
    assert kids(ring.published()) == ["c", "a", "b"]


@pytest.mark.parametrize("state", KEY_STATES)
def test_a_key_in_any_state_is_found(state: KeyState, ring: KeyRing) -> None:
    """Whatever became of a key, naming it by kid or name gives it, so that it can sign."""
    assert ring.find(f"kid-{state}") is ring.find(f"the-{state}")


def test_current_is_a_word_for_the_key_that_signs(ring: KeyRing) -> None:
    """`find("current")` is the current key."""
    assert ring.find("current") is ring.current()


def test_no_key_has_the_kid_current(ring: KeyRing, private_key: PrivateKey) -> None:
    """A kid that would be taken for the word is refused."""
    with pytest.raises(JoseError) as caught:
        ring.add(SigningKey(private_key, "ES256", "current"), "next", allow_reuse=True)
    assert (caught.value.code, caught.value.field) == ("kid_reserved", "kid")


def test_an_unknown_key_is_named_with_the_nearest(ring: KeyRing) -> None:
    """A misspelt name is refused with a proposal."""
    with pytest.raises(JoseError, match="Did you mean 'the-hidden'") as caught:
        ring.find("the-hiden")
    assert (caught.value.code, caught.value.field) == ("unknown_key", "key")


def test_a_new_current_key_makes_the_old_one_previous(ring: KeyRing) -> None:
    """There is one current key; the former one stays published."""
    ring.set_state("kid-next", "current", now=NOW + 1)
    assert ring.current().kid == "kid-next"
    assert kids(ring.published()) == ["kid-next", "kid-previous", "kid-current"]


def test_an_added_current_key_makes_the_old_one_previous(ring: KeyRing, private_key: PrivateKey) -> None:
    """Adding a key as current demotes the one before."""
    ring.add(SigningKey(private_key, "ES256", "new"), "current", now=NOW + 1)
    assert ring.entry("kid-current").state == "previous"


@pytest.mark.parametrize("state", ["retired", "revoked"])
def test_a_retired_or_revoked_key_leaves_the_set(state: KeyState, ring: KeyRing) -> None:
    """The key is gone from the set at once."""
    {"retired": ring.retire, "revoked": ring.revoke}[state]("kid-previous", now=NOW + 5)
    assert "kid-previous" not in kids(ring.published())
    assert (ring.entry("kid-previous").state, ring.entry("kid-previous").since) == (state, NOW + 5)


def test_nothing_signs_after_the_current_key_is_revoked(ring: KeyRing) -> None:
    """Without a current key, asking for it is an error and not another key."""
    ring.revoke("kid-current")
    with pytest.raises(JoseError) as caught:
        ring.current()
    assert caught.value.code == "no_current_key"


def test_a_retired_key_can_come_back(ring: KeyRing) -> None:
    """A rollback makes a retired key current again (same key, so no reuse of its kid)."""
    ring.set_state("kid-retired", "current")
    assert ring.current().kid == "kid-retired"


def test_a_revoked_key_stays_revoked(ring: KeyRing) -> None:
    """No state follows revoked, and the attempt changes nothing."""
    before = snapshot(ring)
    with pytest.raises(JoseError, match="'kid-revoked'") as caught:
        ring.set_state("kid-revoked", "current")
    assert caught.value.code == "key_revoked"
    assert snapshot(ring) == before


def test_an_unknown_state_is_refused(ring: KeyRing) -> None:
    """A misspelt state is refused with a proposal and changes nothing."""
    before = snapshot(ring)
    with pytest.raises(JoseError, match="Did you mean 'retired'") as caught:
        ring.set_state("kid-next", "retierd")  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.field) == ("unknown_state", "state")
    assert snapshot(ring) == before


def test_a_kid_is_not_reused(ring: KeyRing, private_key: PrivateKey) -> None:
    """A second key with a known kid is refused by name and changes nothing."""
    before = snapshot(ring)
    with pytest.raises(JoseError, match="'kid-retired'") as caught:
        ring.add(SigningKey(private_key, "ES256", "kid-retired"), "current")
    assert (caught.value.code, caught.value.field) == ("kid_reused", "kid")
    assert snapshot(ring) == before


def test_the_kid_of_a_removed_key_stays_used(ring: KeyRing, private_key: PrivateKey) -> None:
    """Removing a key does not free its kid."""
    ring.remove("kid-hidden")
    with pytest.raises(JoseError) as caught:
        ring.add(SigningKey(private_key, "ES256", "kid-hidden"))
    assert caught.value.code == "kid_reused"


def test_a_removed_key_is_gone(ring: KeyRing) -> None:
    """A removed key is neither published nor found."""
    ring.remove("kid-next")
    assert "kid-next" not in kids(ring.published())
    with pytest.raises(JoseError):
        ring.find("kid-next")


def test_a_kid_is_reused_when_asked_for(ring: KeyRing, private_key: PrivateKey) -> None:
    """With allow_reuse two keys share a kid; the kid means the newer one, the name tells them apart."""
    twin = SigningKey(private_key, "ES256", "kid-current")
    ring.add(twin, "next", name="twin", allow_reuse=True)
    assert ring.find("kid-current") is twin
    assert ring.find("the-current") is ring.current()
    assert kids(ring.published()).count("kid-current") == 2


@pytest.mark.parametrize("name", ["the-next", "kid-next", "current", ""])
def test_a_name_belongs_to_one_key(name: str, ring: KeyRing, private_key: PrivateKey) -> None:
    """A name that is taken, or that could be taken for something else, is refused."""
    with pytest.raises(JoseError) as caught:
        ring.add(SigningKey(private_key, "ES256", "fresh"), name=name)
    assert (caught.value.code, caught.value.field) == ("name_taken", "name")
    assert "fresh" not in {entry.key.kid for entry in ring}
