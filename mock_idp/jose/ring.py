"""The keys of one issuer and where each stands in its life.

Not thread-safe: the issuer that owns a ring guards it.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from mock_idp.jose.errors import JoseError, nearest
from mock_idp.jose.keys import SigningKey

KeyState = Literal["next", "current", "previous", "retired", "revoked", "hidden"]
"""next: published, does not sign yet. current: signs. previous: published, no longer signs. retired: no
longer published. revoked: withdrawn for good. hidden: never published, signs when named (the attacker's)."""

KEY_STATES: tuple[KeyState, ...] = get_args(KeyState)

DEFAULT_PUBLISHED_ORDER: tuple[KeyState, ...] = ("current", "next", "previous")


MAX_KEYS = 5000
"""How many keys a ring holds."""
MAX_KIDS = 100_000
"""How many kids a ring has seen in its time."""
MAX_CHANGES = 200
"""How many changes of its keys a ring remembers."""
KID_CHARACTERS = 200
"""How much of a kid it remembers there."""


@dataclass(frozen=True)
class RingEntry:
    """A key in a ring: its state, the caller's handle for it, the unix second of its last change; and how far in front
    it stands where that is a matter of priority.
    """

    key: SigningKey
    state: KeyState
    name: str | None = None
    since: float | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What became of a key: its kid (a long one cut), its name, its state from now on, and the unix second."""

    kid: str
    name: str | None
    state: KeyState | Literal["removed"]
    at: float | None


class KeyRing:
    """The key ring of one issuer. `changes` are the last `MAX_CHANGES` of its keys, oldest first.

    At most one key is current: making another one current turns the old one into a previous one.
    A kid belongs to the first key that had it, also after that key is gone, unless a caller allows the reuse.
    """

    def __init__(
        self, published_order: Sequence[KeyState] = DEFAULT_PUBLISHED_ORDER, by_priority: bool = False
    ) -> None:
        """In: the states a vendor publishes, in the order of its JWKS, newest first within a state; or, with
        `by_priority`, in whatever order, as each key keeps the place that its priority gives it.
        """
        self.published_order: tuple[KeyState, ...] = tuple(published_order)
        self.by_priority = by_priority
        self._entries: list[RingEntry] = []
        # The names and kids of the entries, how often each is there.
        self._handles: Counter[str] = Counter()
        # Digests, as a kid may be long, and stays used when its key has gone.
        self._used_kids: set[bytes] = set()
        self.changes: deque[KeyChange] = deque(maxlen=MAX_CHANGES)

    def __iter__(self) -> Iterator[RingEntry]:
        """All entries, oldest first."""
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def add(
        self,
        key: SigningKey,
        state: KeyState = "hidden",
        *,
        name: str | None = None,
        now: float | None = None,
        allow_reuse: bool = False,
        priority: int | None = None,
    ) -> RingEntry:
        """Takes a key in.

        In: `name`, the caller's handle; `now` in unix seconds; `allow_reuse` for a kid that was used before;
        `priority`, unless said above all others for a key that signs, and 0 for one that doesn't.

        Raises:
            JoseError: `unknown_state`; `kid_reused` for a kid this ring has seen; `kid_reserved`; `name_taken`;
                `too_many_keys`.
        """
        self.check_new(key.kid, name, allow_reuse=allow_reuse)
        if priority is None:
            priority = max((entry.priority for entry in self._entries), default=0) + 100 if state == "current" else 0
        entry = RingEntry(key, check_state(state), name, now, priority)
        if state == "current":
            self._demote_current(now)
        self._entries.append(entry)
        self._handles.update(_handles_of(entry))
        self._used_kids.add(_digest(key.kid))
        self._note(entry, state, now)
        return entry

    def check_new(self, kid: str | None, name: str | None = None, *, allow_reuse: bool = False) -> None:
        """Raises what `add` would for this name and kid (None: one that is made up), before anybody pays for a key."""
        self.check_room(1)
        if kid == "current":
            raise JoseError("kid_reserved", "The word 'current' means the key that signs; choose another kid.", "kid")
        if kid is not None and not allow_reuse and _digest(kid) in self._used_kids:
            sentence = f"kid {kid!r} was used by an earlier key of this issuer; say allow_reuse to use it again."
            raise JoseError("kid_reused", sentence, "kid")
        if name in ("", "current"):
            raise JoseError("name_taken", f"{name!r} cannot name a key; 'current' is the one that signs.", "name")
        if name is not None and name in self._handles:
            raise JoseError("name_taken", f"There is already a key called {name!r} in this issuer.", "name")

    def check_room(self, count: int) -> None:
        """Raises JoseError `too_many_keys` when so many more are too many."""
        if len(self._entries) + count > MAX_KEYS:
            raise JoseError("too_many_keys", f"An issuer holds at most {MAX_KEYS} keys; delete some.")
        if len(self._used_kids) + count > MAX_KIDS:
            raise JoseError("too_many_keys", f"This issuer has had {MAX_KIDS} keys; reset it, or make another one.")

    def entry(self, kid: str, field: str | None = "key") -> RingEntry:
        """The entry with this name or kid; of several the newest. `current` is the one that signs.

        Raises:
            JoseError: `unknown_key` with the nearest known handle; `no_current_key` when none signs.
        """
        if kid == "current":
            return self._current_entry()
        for entry in reversed(self._entries):
            if entry.name == kid:
                return entry
        for entry in reversed(self._entries):
            if entry.key.kid == kid:
                return entry
        handles = {entry.key.kid for entry in self._entries} | {
            entry.name for entry in self._entries if entry.name is not None
        }
        raise JoseError("unknown_key", f"No key {kid!r} in this issuer. {nearest(kid, handles)}", field)

    def find(self, kid: str) -> SigningKey:
        """The key with this name or kid, or `current`; in any state it can sign. Raises as `entry`."""
        return self.entry(kid).key

    def current(self) -> SigningKey:
        """The key that signs. Raises JoseError `no_current_key` when none does."""
        return self._current_entry().key

    def published(self) -> list[SigningKey]:
        """The keys of the JWKS: by state in the vendor's order, newest first within a state; or by priority."""
        if self.by_priority:
            shown = (entry for entry in self._entries if entry.state in self.published_order)
            return [entry.key for entry in sorted(shown, key=lambda entry: -entry.priority)]
        newest_first = self._entries[::-1]
        return [entry.key for state in self.published_order for entry in newest_first if entry.state == state]

    def set_state(self, kid: str, state: KeyState, *, now: float | None = None) -> RingEntry:
        """Moves the key with this name or kid to a state; `current` makes the old current key a previous one.

        Raises:
            JoseError: `unknown_state`; `unknown_key`; `key_revoked`, as nothing brings a revoked key back.
        """
        return self.move(self.entry(kid), state, now=now)

    def move(self, old: RingEntry, state: KeyState, *, now: float | None = None) -> RingEntry:
        """As `set_state`, for an entry of this ring; tells keys apart that share a kid."""
        check_state(state)
        if old.state == state:
            return old
        if old.state == "revoked":
            sentence = f"Key {old.key.kid!r} is revoked, which is for good; add a fresh key instead."
            raise JoseError("key_revoked", sentence, "state")
        if state == "current":
            self._demote_current(now)
        return self._replace(old, state, now)

    def retire(self, kid: str, *, now: float | None = None) -> RingEntry:
        """Takes the key out of the JWKS (the end of its overlap). Raises as `set_state`."""
        return self.set_state(kid, "retired", now=now)

    def revoke(self, kid: str, *, now: float | None = None) -> RingEntry:
        """Withdraws the key for good (it leaked). Raises as `set_state`."""
        return self.set_state(kid, "revoked", now=now)

    def remove(self, kid: str, *, now: float | None = None) -> SigningKey:
        """Forgets the key with this name or kid; its kid stays used. Raises JoseError `unknown_key`."""
        entry = self.entry(kid)
        self._entries.remove(entry)
        self._note(entry, "removed", now)
        for handle in _handles_of(entry):
            self._handles[handle] -= 1
            if not self._handles[handle]:
                del self._handles[handle]
        return entry.key

    def _current_entry(self) -> RingEntry:
        for entry in self._entries:
            if entry.state == "current":
                return entry
        sentence = "No key of this issuer is current, so nothing signs; name a key or make one current."
        raise JoseError("no_current_key", sentence, "key")

    def _demote_current(self, now: float | None) -> None:
        for entry in self:
            if entry.state == "current":
                self._replace(entry, "previous", now)

    def _replace(self, old: RingEntry, state: KeyState, now: float | None) -> RingEntry:
        # Newest first within a state means: latest to enter the ring, so the position stays.
        entry = replace(old, state=state, since=now)
        self._entries[self._entries.index(old)] = entry
        self._note(entry, state, now)
        return entry

    def _note(self, entry: RingEntry, state: KeyState | Literal["removed"], now: float | None) -> None:
        self.changes.append(KeyChange(entry.key.kid[:KID_CHARACTERS], entry.name, state, now))


def _handles_of(entry: RingEntry) -> list[str]:
    return [entry.key.kid] if entry.name is None else [entry.key.kid, entry.name]


def _digest(kid: str) -> bytes:
    return hashlib.blake2b(kid.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def check_state(state: str) -> KeyState:
    """The word as a state. Raises JoseError `unknown_state` with the nearest one."""
    for known in KEY_STATES:
        if state == known:
            return known
    raise JoseError("unknown_state", f"{state!r} is not a key state. {nearest(state, KEY_STATES)}", "state")
