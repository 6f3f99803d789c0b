"""How much memory the issuers of a server may take, all of them together.

What is written down by the way (the request logs; codes, tokens and logins) makes room for what comes later. What
somebody has declared is evidence of what they want, so nothing of it goes: what is too much is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from threading import Lock
from typing import Any, Protocol

from mock_idp.errors import conflict

MAX_LOG_BYTES = 128 * 1024 * 1024
"""Of the request logs of all issuers."""
MAX_FLOW_BYTES = 128 * 1024 * 1024
"""Of the codes, tokens, devices, logins and pushed requests of all issuers."""
MAX_DECLARED_BYTES = 256 * 1024 * 1024
"""Of the issuers, keys, clients, users, faults, scripted answers and changed key sets that were asked for."""
# What an object takes beside its text.
_OBJECT_BYTES = 64


def size_of(value: Any) -> int:
    """About how many bytes a value takes: those of its text, and some for each object in it."""
    if isinstance(value, str | bytes):
        return _OBJECT_BYTES + len(value)
    if isinstance(value, Mapping):
        return _OBJECT_BYTES + sum(size_of(key) + size_of(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return _OBJECT_BYTES + sum(map(size_of, value))
    if is_dataclass(value) and not isinstance(value, type):
        return _OBJECT_BYTES + sum(size_of(getattr(value, one.name)) for one in fields(value))
    return _OBJECT_BYTES


class Forgetful(Protocol):
    """Something that remembers things in the order in which they came."""

    def forget_oldest(self) -> int:
        """Forget the oldest thing; how many bytes that freed, 0 when there was none."""


class Remembered:
    """What many remember. Beyond `most` bytes, the one that remembers most forgets its oldest.

    Safe to use from any number of threads; whoever calls it holds no lock that `forget_oldest` takes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes: dict[Forgetful, int] = {}
        self._total = 0
        self._lock = Lock()

    @property
    def total(self) -> int:
        """How many bytes are remembered."""
        return self._total

    def join(self, one: Forgetful) -> None:
        """Count what this one remembers from now on."""
        with self._lock:
            self._bytes.setdefault(one, 0)

    def leave(self, one: Forgetful) -> None:
        """Count it no more: it is gone with all it remembers, whatever is still written to it."""
        with self._lock:
            self._total -= self._bytes.pop(one, 0)

    def changed(self, one: Forgetful, by: int) -> None:
        """So many bytes more (or less) are remembered by this one."""
        with self._lock:
            if one not in self._bytes:
                return
            self._bytes[one] += by
            self._total += by
            if self._total <= self._most:
                return
        self._make_room()

    def _make_room(self) -> None:
        while True:
            with self._lock:
                if self._total <= self._most or not self._bytes:
                    return
                largest = max(self._bytes, key=self._bytes.__getitem__)
            freed = largest.forget_oldest()
            if not freed:
                return
            with self._lock:
                if largest in self._bytes:
                    self._bytes[largest] -= freed
                    self._total -= freed


class Declared:
    """The bytes of what was declared, at most `most`. Safe to use from any number of threads."""

    def __init__(self, most: int = MAX_DECLARED_BYTES) -> None:
        self.most = most
        self.total = 0
        self.lock = Lock()


class Share:
    """What of it one issuer has, by what it is: its settings, its keys, its faults.

    While `refuses` is not set, there is always room: a reset brings back what had room before.
    """

    def __init__(self, declared: Declared, refuses: bool = True) -> None:
        self.refuses = refuses
        self._declared = declared
        self._sizes: dict[str, int] | None = {}

    def hold(self, what: str, size: int) -> None:
        """Have so many bytes of this. Raises MockIdpError 409 where that is too much; then nothing has changed."""
        declared = self._declared
        with declared.lock:
            if self._sizes is None:
                return
            more = size - self._sizes.get(what, 0)
            if self.refuses and more > 0 and declared.total + more > declared.most:
                sentence = (
                    f"All issuers together hold at most {declared.most:,} bytes of what is declared; delete some."
                )
                raise conflict("too_much_declared", sentence)
            self._sizes[what] = size
            declared.total += more

    def close(self) -> None:
        """Give all of it back, for good."""
        with self._declared.lock:
            self._declared.total -= sum((self._sizes or {}).values())
            self._sizes = None


@dataclass
class IssuersMemory:
    """The memory of all issuers of a server."""

    logs: Remembered = field(default_factory=lambda: Remembered(MAX_LOG_BYTES))
    flows: Remembered = field(default_factory=lambda: Remembered(MAX_FLOW_BYTES))
    declared: Declared = field(default_factory=Declared)
