"""The keys of one issuer: made from settings, turned by the vendor's habit, brought back to the start by a reset."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mock_idp.errors import bad_field, conflict
from mock_idp.jose.algorithms import Algorithm, find_algorithm
from mock_idp.jose.certificates import CertificateProfile
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.kid import KidShape, spki43
from mock_idp.jose.pool import KeyPool
from mock_idp.jose.private_keys import PrivateKey, kind_of
from mock_idp.jose.public_jwk import CERTIFICATE_MEMBERS
from mock_idp.jose.ring import KeyRing, KeyState, RingEntry, check_state
from mock_idp.jose.rotation import Rotation, keys_needed, rotate
from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import IssuerContext

# What an encryption key says about itself in a JWK (RFC 7518 section 4.1).
_ENCRYPTION_ALG = {"RSA": "RSA-OAEP", "EC": "ECDH-ES", "OKP": "ECDH-ES"}


FIRST_PRIORITY = 100
"""How far in front the keys of the start stand; one that is made where none signs stands as far behind."""
# What a key takes beside its texts.
_KEY_BYTES = 4096


class IssuerKeys:
    """A key ring with the settings its keys were made from. Not thread-safe: the issuer guards it.

    `now` gives the issuer's time in unix seconds. `hold` is told how many bytes all keys take, and raises MockIdpError
    where that is too much.
    """

    def __init__(
        self,
        vendor: Vendor,
        context: IssuerContext,
        pool: KeyPool,
        now: Callable[[], float],
        hold: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._vendor = vendor
        self._context = context
        self._pool = pool
        self._now = now
        self._hold = hold
        self._bytes = 0
        self._members: dict[SigningKey, tuple[str, ...]] = {}
        # Each key of the start with its members.
        self._baseline: tuple[tuple[RingEntry, tuple[str, ...]], ...] = ()
        self.ring = self._empty_ring()

    def start_with(self, keys: Sequence[KeySettings]) -> None:
        """Make the keys an issuer starts with, and to which `reset` goes back."""
        for settings in keys:
            # Those of the start stand in the order in which they are said.
            self.check(settings)
            usual = FIRST_PRIORITY if settings.priority is None else settings.priority
            self.put(self.make(settings), replace(settings, priority=usual))
        self._baseline = tuple((entry, self.members(entry.key)) for entry in self.ring)

    def start_as(self, other: IssuerKeys) -> None:
        """Start with the keys that `other` has started with, which are those of the same issuer."""
        self._baseline = other._baseline
        self.reset()

    def add(self, settings: KeySettings) -> RingEntry:
        """Make a key and put it into the ring. Raises as `check` and `put`."""
        self.check(settings)
        return self.put(self.make(settings), settings)

    def check(self, settings: KeySettings) -> None:
        """Raises MockIdpError or JoseError for what can be seen to be wrong before anybody pays for a key."""
        if settings.name == "current":
            raise bad_field("name", "The name 'current' always means the key that signs; choose another one.")
        _check_use(settings.use, check_state(settings.state))
        self.ring.check_new(settings.kid, settings.name, allow_reuse=settings.allow_reuse)

    def put(self, key: SigningKey, settings: KeySettings) -> RingEntry:
        """Take in a key that was made from these settings, which are checked.

        Raises JoseError as `KeyRing.add`, and for an unknown member, MockIdpError when there is no room; then the ring
        is as it was.
        """
        members = settings.members or self._usual_members(key)
        key.public_jwk(members)  # An unknown member is refused before the key is in.
        state = check_state(settings.state)
        self.ring.check_new(key.kid, settings.name, allow_reuse=settings.allow_reuse)
        self._grow([key])
        entry = self.ring.add(
            key,
            state,
            name=settings.name,
            now=self._now(),
            allow_reuse=settings.allow_reuse,
            priority=settings.priority,
        )
        self._members[key] = members
        return entry

    def make(self, settings: KeySettings) -> SigningKey:
        """A key of these settings, which is in no ring yet; needs no guard.

        Raises JoseError as `KeyPool.take`, and for what somebody brought along and is no key.
        """
        algorithm = find_algorithm(settings.algorithm or self._context.algorithm)
        if settings.private_key is None:
            named = settings.curve if algorithm.name == "EdDSA" and settings.curve else algorithm.name
            return self._key(SigningKey, self._pool.take(named, settings.bits, settings.exponent), algorithm, settings)
        # Most issuers make their keys themselves.
        from mock_idp.jose.brought_keys import read_key
        from mock_idp.jose.others_keys import BroughtKey

        brought = read_key(settings.private_key)
        algorithm = find_algorithm(settings.algorithm or brought.signs_with(self._context.algorithm))
        return self._key(BroughtKey, brought.private_key, algorithm, settings)

    def _key(
        self, kind: type[SigningKey], material: PrivateKey, algorithm: Algorithm, settings: KeySettings
    ) -> SigningKey:
        return kind(
            material,
            algorithm.name,
            self._kid(settings),
            use=settings.use,
            published_alg=_ENCRYPTION_ALG.get(algorithm.family) if settings.use == "enc" else None,
            certificate=CertificateProfile(
                common_name=self._vendor.certificate_name(self._context), version=self._vendor.certificate_version
            ),
            issuer=self._issuer_member(settings),
        )

    def missing(self) -> KeySettings | None:
        """The settings of the key that is to sign where none does; None where one does."""
        if any(entry.state == "current" for entry in self.ring):
            return None
        name = f"fallback-{self._context.algorithm}"
        taken = any(entry.name == name for entry in self.ring)
        return KeySettings(name=None if taken else name, priority=-FIRST_PRIORITY)

    def _kid(self, settings: KeySettings) -> str | KidShape:
        if settings.kid is not None:
            return settings.kid
        # The same at each start, and at a second server: most vendors' are made up.
        return self._vendor.kid if settings.private_key is None else spki43

    def set_state(self, handle: str, state: str) -> RingEntry:
        """Move the key with this name or kid to another state. Raises JoseError and MockIdpError."""
        checked = check_state(state)
        _check_use(self.ring.entry(handle).key.use, checked)
        return self.ring.set_state(handle, checked, now=self._now())

    def members(self, key: SigningKey) -> tuple[str, ...]:
        """The JWK members a key is published with, in order."""
        return self._members.get(key, self._usual_members(key))

    def _usual_members(self, key: SigningKey) -> tuple[str, ...]:
        members = self._vendor.jwk_members
        if key.algorithm.family in self._vendor.certificate_families:
            return members
        return tuple(name for name in members if name not in CERTIFICATE_MEMBERS)

    def _empty_ring(self) -> KeyRing:
        return KeyRing(self._vendor.published_order, self._vendor.keys_by_priority)

    def wanted_for_rotation(self, habit: str | None = None) -> list[KeySettings]:
        """The settings of the fresh keys that one rotation takes: of the kind of the key that signs before it, or where
        another one was announced, of that. Raises JoseError for an unknown habit.
        """
        habit = habit or self._vendor.rotation_habit
        needed = keys_needed(self.ring, habit)
        by_state = {entry.state: entry.key for entry in reversed([*self.ring])}
        announced = by_state.get("next") if habit == "prepublished" else None
        model = announced or by_state.get("current")
        if model is None:
            return [KeySettings(algorithm=self._context.algorithm)] * needed
        like = KeySettings(
            algorithm=model.algorithm.name,
            members=self._members.get(model),
            issuer=model.issuer,
            **kind_of(model.public_key),
        )
        return [like] * needed

    def rotate(self, fresh: Sequence[SigningKey], habit: str | None = None) -> Rotation:
        """One rotation by the vendor's habit, or by the one that is named, with these keys.

        Raises JoseError, MockIdpError when there is no room.
        """
        self.ring.check_room(len(fresh))
        self._grow(fresh)
        wanted = self.wanted_for_rotation(habit)
        rotation = rotate(self.ring, habit or self._vendor.rotation_habit, self._now(), fresh)
        self._members |= {key: one.members for key, one in zip(fresh, wanted, strict=True) if one.members is not None}
        return rotation

    def remove(self, handle: str) -> None:
        """Forget the key with this name or kid. Raises JoseError."""
        key = self.ring.remove(handle, now=self._now())
        self._members.pop(key, None)
        self._bytes -= _size(key)
        self._hold(self._bytes)

    def reset(self) -> None:
        """The keys of the start in their first states; all others are gone, revoked or not, with their kids."""
        self.ring = self._empty_ring()
        for entry, _ in self._baseline:
            self.ring.add(
                entry.key, entry.state, name=entry.name, now=entry.since, allow_reuse=True, priority=entry.priority
            )
        self._members = {entry.key: members for entry, members in self._baseline}
        self._bytes = sum(_size(entry.key) for entry in self.ring)
        self._hold(self._bytes)

    def give_back(self) -> None:
        """Hand the key material back to the pool; the issuer is gone. Does nothing unless the pool recycles.

        A key of somebody else's would sign for others then.
        """
        for entry in self.ring:
            if entry.key.is_ours:
                self._pool.give_back(entry.key.private_key)

    def _grow(self, keys: Sequence[SigningKey]) -> None:
        grown = self._bytes + sum(map(_size, keys))
        self._hold(grown)
        self._bytes = grown

    def _issuer_member(self, settings: KeySettings) -> str | None:
        """The `issuer` of a JWK where the vendor publishes it: that of the discovery document unless said."""
        if settings.issuer is None:
            named = "issuer" in (settings.members or self._vendor.jwk_members)
            return str(self._vendor.discovery(self._context)["issuer"]) if named else None
        return self._context.base + settings.issuer if settings.issuer.startswith("/") else settings.issuer


def _size(key: SigningKey) -> int:
    return _KEY_BYTES + len(key.kid)


def _check_use(use: str, state: KeyState) -> None:
    if use == "enc" and state in ("current", "next"):
        sentence = "An encryption key signs nothing; it can be previous, retired, revoked or hidden."
        raise conflict("encryption_key", sentence, "state")
