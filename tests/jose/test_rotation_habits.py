"""One rotation does to a ring what the vendor's does."""

from collections.abc import Callable

import pytest

from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.ring import KeyRing
from mock_idp.jose.rotation import keys_needed, rotate

NOW = 1_700_000_000.0

Fresh = Callable[[str], SigningKey]


@pytest.fixture
def fresh(ec_key: SigningKey) -> Fresh:
    """fresh(kid): a key with that kid."""
    return lambda kid: SigningKey(ec_key.private_key, "ES256", kid)


def states(ring: KeyRing) -> dict[str, str]:
    return {entry.key.kid: entry.state for entry in ring}


def test_prepublished_promotes_the_next_key(fresh: Fresh) -> None:
    """Auth0 and Okta: next signs, current becomes previous, a fresh next is announced."""
    ring = KeyRing()
    ring.add(fresh("a"), "current")
    ring.add(fresh("b"), "next")
    rotation = rotate(ring, "prepublished", NOW, [fresh("c")])
    assert states(ring) == {"a": "previous", "b": "current", "c": "next"}
    assert (rotation.signing, rotation.published) == ("b", ("b", "c", "a"))


def test_prepublished_keeps_every_previous_key(fresh: Fresh) -> None:
    """Previous keys verify until somebody revokes them, however many rotations follow."""
    ring = KeyRing()
    ring.add(fresh("a"), "current")
    ring.add(fresh("b"), "next")
    rotate(ring, "prepublished", NOW, [fresh("c")])
    rotate(ring, "prepublished", NOW + 1, [fresh("d")])
    assert states(ring) == {"a": "previous", "b": "previous", "c": "current", "d": "next"}


def test_prepublished_without_a_next_key_takes_two(fresh: Fresh) -> None:
    """A ring with nothing announced needs a key that signs and one to announce."""
    ring = KeyRing()
    ring.add(fresh("a"), "current")
    assert keys_needed(ring, "prepublished") == 2
    rotate(ring, "prepublished", NOW, [fresh("b"), fresh("c")])
    assert states(ring) == {"a": "previous", "b": "current", "c": "next"}


def test_immediate_signs_with_an_unannounced_key(fresh: Fresh) -> None:
    """Keycloak: the fresh key signs at once, the old one stays published."""
    ring = KeyRing()
    ring.add(fresh("a"), "current")
    rotation = rotate(ring, "immediate", NOW, [fresh("b")])
    assert states(ring) == {"a": "previous", "b": "current"}
    assert (rotation.signing, rotation.published) == ("b", ("b", "a"))


def test_a_rotation_notes_its_time(fresh: Fresh) -> None:
    """Every key it moved has the time of the rotation."""
    ring = KeyRing()
    ring.add(fresh("a"), "current", now=NOW - 100)
    rotate(ring, "immediate", NOW, [fresh("b")])
    assert [entry.since for entry in ring] == [NOW, NOW]


@pytest.mark.parametrize("kids", [[], ["b", "c"]])
def test_a_wrong_number_of_keys_changes_nothing(kids: list[str], fresh: Fresh) -> None:
    """Too few or too many fresh keys are refused with the number needed."""
    ring = KeyRing()
    ring.add(fresh("a"), "current")
    with pytest.raises(JoseError, match=r"takes 1 fresh key") as caught:
        rotate(ring, "immediate", NOW, [fresh(kid) for kid in kids])
    assert caught.value.code == "wrong_number_of_keys"
    assert states(ring) == {"a": "current"}


@pytest.mark.parametrize("kids", [["b", "a"], ["b", "b"]])
def test_a_reused_kid_changes_nothing(kids: list[str], fresh: Fresh) -> None:
    """A rotation whose second key is unusable does not happen halfway."""
    ring = KeyRing()
    ring.add(fresh("a"), "current")
    with pytest.raises(JoseError) as caught:
        rotate(ring, "prepublished", NOW, [fresh(kid) for kid in kids])
    assert caught.value.code == "kid_reused"
    assert states(ring) == {"a": "current"}


def test_an_unknown_habit_is_refused(fresh: Fresh) -> None:
    """A misspelt habit is refused with a proposal."""
    with pytest.raises(JoseError, match="Did you mean 'immediate'") as caught:
        rotate(KeyRing(), "imediate", NOW, [fresh("a")])
    assert (caught.value.code, caught.value.field) == ("unknown_habit", "habit")
