"""Changes to the served key set that no key ring would make: foreign entries, and edited members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_idp.jose.keys import SigningKey


@dataclass(frozen=True)
class JwkEdit:
    """What is done to the entry of one key: members set to any JSON value, members removed."""

    set: Mapping[str, Any] = field(default_factory=dict)
    remove: Sequence[str] = ()

    def apply(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """The edited entry."""
        edited = {**entry, **self.set}
        return {name: value for name, value in edited.items() if name not in self.remove}


@dataclass(frozen=True)
class JwksOverlay:
    """What is laid over the published keys.

    `before` and `after` are entries of any shape around the real ones. `edits` and `members` go by key; a key that is
    no longer published takes its edit with it.
    """

    before: Sequence[Any] = ()
    after: Sequence[Any] = ()
    edits: Mapping[SigningKey, JwkEdit] = field(default_factory=dict)
    members: Mapping[SigningKey, Sequence[str]] = field(default_factory=dict)

    def entry(self, key: SigningKey, members: Sequence[str]) -> dict[str, Any]:
        """The entry of a key whose usual members are `members`, in their order."""
        entry = key.public_jwk(self.members.get(key, members))
        edit = self.edits.get(key)
        return entry if edit is None else edit.apply(entry)

    def around(self, entries: Sequence[Any]) -> dict[str, Any]:
        """The whole document."""
        return {"keys": [*self.before, *entries, *self.after]}
