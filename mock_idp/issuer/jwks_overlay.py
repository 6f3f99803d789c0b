"""Changes to the served key set that no key ring would make: foreign entries, and edited members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_idp.jose.encoding import compact_json
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

    def document(self, keys: Iterable[SigningKey], usual_members: Callable[[SigningKey], tuple[str, ...]]) -> bytes:
        """The JSON of the key set with these keys. Raises JoseError for what has no JSON form."""
        return b'{"keys":[%b]}' % b",".join(
            [
                *map(compact_json, self.before),
                *(self._entry(key, usual_members(key)) for key in keys),
                *map(compact_json, self.after),
            ]
        )

    def _entry(self, key: SigningKey, usual_members: tuple[str, ...]) -> bytes:
        members, edit = self.members.get(key), self.edits.get(key)
        if members is None and edit is None:
            return key.public_json(usual_members)
        entry = key.public_jwk(members or usual_members)
        return compact_json(entry if edit is None else edit.apply(entry))
