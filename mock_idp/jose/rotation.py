"""The vendors' rotation habits: what one rotation does to a key ring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mock_idp.jose.errors import JoseError, nearest
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.ring import KeyRing


@dataclass(frozen=True)
class Rotation:
    """What a rotation led to: the kid that signs now and the published kids in the order of the JWKS."""

    signing: str
    published: tuple[str, ...]


def prepublished(ring: KeyRing, now: float, new_keys: Sequence[SigningKey]) -> None:
    """next signs, current becomes previous, the last of the new keys is published as next (Auth0, Okta).

    Previous keys stay published until they are retired or revoked. A ring without a next key spends the first
    new key as the one that signs.
    """
    *spare, upcoming = new_keys
    if spare:
        ring.add(spare[0], "current", now=now)
    else:
        # The one that has been announced longest signs first.
        ring.move(next(entry for entry in ring if entry.state == "next"), "current", now=now)
    ring.add(upcoming, "next", now=now)


def immediate(ring: KeyRing, now: float, new_keys: Sequence[SigningKey]) -> None:
    """The fresh key signs at once without having been announced; the old one stays published (Keycloak)."""
    ring.add(new_keys[0], "current", now=now)


HABITS: dict[str, Callable[[KeyRing, float, Sequence[SigningKey]], None]] = {
    "prepublished": prepublished,
    "immediate": immediate,
}
"""Every habit by its name."""


def keys_needed(ring: KeyRing, habit: str) -> int:
    """How many fresh keys one rotation of this ring takes. Raises JoseError `unknown_habit`."""
    _check_habit(habit)
    if habit == "prepublished" and not any(entry.state == "next" for entry in ring):
        return 2
    return 1


def rotate(ring: KeyRing, habit: str, now: float, new_keys: Sequence[SigningKey]) -> Rotation:
    """One rotation of the ring by the vendor's habit, all or nothing.

    In: `now` in unix seconds; as many fresh keys as `keys_needed` says.

    Raises:
        JoseError: `unknown_habit`; `wrong_number_of_keys`; `kid_reused` for a new key whose kid is not new;
            `too_many_keys`.
    """
    needed = keys_needed(ring, habit)
    if len(new_keys) != needed:
        sentence = f"A {habit} rotation of this issuer takes {needed} fresh key(s), not {len(new_keys)}."
        raise JoseError("wrong_number_of_keys", sentence, "new_keys")
    ring.check_room(needed)
    for key in new_keys:
        ring.check_new(key.kid)
    if len({key.kid for key in new_keys}) != needed:
        raise JoseError("kid_reused", f"kid {new_keys[0].kid!r} stands on two of the new keys.", "new_keys")
    HABITS[habit](ring, now, new_keys)
    return Rotation(ring.current().kid, tuple(key.kid for key in ring.published()))


def _check_habit(habit: str) -> None:
    if habit not in HABITS:
        raise JoseError("unknown_habit", f"{habit!r} is not a rotation habit. {nearest(habit, HABITS)}", "habit")
