"""RSA keys made ahead of time, so that nobody waits for one."""

from collections import deque
from collections.abc import Sequence
from threading import Condition, Event, Thread

from cryptography.hazmat.primitives.asymmetric import rsa

from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.private_keys import (
    DEFAULT_RSA_BITS,
    DEFAULT_RSA_EXPONENT,
    PrivateKey,
    exponent_of,
    fits,
    generate_private_key,
)
from mock_idp.jose.raw_rsa import RawRsaKey

# How many sorts of odd RSA keys are kept for the next one, and how many of each.
_ODD_KINDS, _ODD_OF_A_KIND = 64, 8
_MOST_KEPT = 5000
# Kept waiting before anybody has asked for one: a run of a few cases needs no more, and each costs a processor a while.
_AT_FIRST = 2


class KeyPool:
    """A store of fresh RSA-2048 private keys, filled by background threads.

    One RSA key serves every RS and PS algorithm. Elliptic keys are not stored: making one costs less than a
    lock. Key generation releases the interpreter lock, so a filler does not slow the server down.

    Attributes:
        ready: set once a first key was made, or at once when none of the pool's algorithms uses RSA.
        fillers: the background threads; none without RSA.
    """

    def __init__(
        self, size: int = 8, algorithms: Sequence[str] = ("RS256",), recycle: bool = False, threads: int = 1
    ) -> None:
        """In: how many keys to keep waiting at most, for which algorithms, and by how many threads.

        As many wait as have been asked for, two at least, so that whoever makes many issuers finds enough of them.

        `recycle` lets `give_back` bring key material back into the store; for tests only, since a key is then
        known to more than one issuer. Raises JoseError `unknown_algorithm`.
        """
        families = {find_algorithm(name, "algorithms").family for name in algorithms}
        self.ready = Event()
        self._size = size if "RSA" in families else 0
        self._recycle = recycle
        self._wanted = min(self._size, _AT_FIRST)
        self._store: deque[PrivateKey] = deque()
        # By size and exponent; nothing makes these ahead, but they take longer.
        self._odd: dict[tuple[int, int], deque[PrivateKey]] = {}
        self._changed = Condition()
        self._closed = False
        if not self._size:
            self.ready.set()
        self.fillers = [
            Thread(target=self._fill, name=f"key-pool-{number}", daemon=True)
            for number in range(threads if self._size else 0)
        ]
        for filler in self.fillers:
            filler.start()

    def take(self, algorithm: str = "RS256", bits: int | None = None, exponent: int | None = None) -> PrivateKey:
        """A private key for the algorithm: a waiting one, or, when none waits, one made here and now.

        `bits` and `exponent` are those of an RSA key; None is the usual. Works on a closed pool too, which only stops
        making keys ahead. Raises as `generate_private_key`.
        """
        wanted = find_algorithm(algorithm)
        bits = DEFAULT_RSA_BITS if bits is None else bits
        exponent = DEFAULT_RSA_EXPONENT if exponent is None else exponent
        usual = (bits, exponent) == (DEFAULT_RSA_BITS, DEFAULT_RSA_EXPONENT)
        if wanted.family == "RSA":
            with self._changed:
                if usual:
                    self._wanted = min(self._size, self._wanted + 1)
                store = self._store if usual else self._odd.get((bits, exponent))
                if store and fits(store[0], wanted):
                    key = store.popleft()
                    self._changed.notify_all()
                    return key
        return generate_private_key(wanted, bits=bits, exponent=exponent)

    def give_back(self, private_key: PrivateKey) -> None:
        """Takes back the material of an issuer that is gone, to be used by another one under a new kid.

        Does nothing unless the pool recycles, for elliptic keys, and after `close`. A kid derived from the key
        (Keycloak) comes back with it, so give back only what the same ring will not get.
        """
        if not isinstance(private_key, rsa.RSAPrivateKey | RawRsaKey):
            return
        kind = private_key.key_size, exponent_of(private_key)
        with self._changed:
            if not self._recycle or self._closed:
                return
            if kind == (DEFAULT_RSA_BITS, DEFAULT_RSA_EXPONENT):
                if len(self._store) < _MOST_KEPT:
                    self._store.append(private_key)
                self.ready.set()
                self._changed.notify_all()
            elif kind in self._odd or len(self._odd) < _ODD_KINDS:
                self._odd.setdefault(kind, deque(maxlen=_ODD_OF_A_KIND)).append(private_key)

    def wait_until_full(self, timeout: float) -> bool:
        """Waits up to `timeout` seconds until all keys of a pool in full use are there; says whether they are."""
        with self._changed:
            self._wanted = self._size
            self._changed.notify_all()
            return self._changed.wait_for(lambda: len(self._store) >= self._size, timeout)

    def close(self) -> None:
        """Stops the fillers and waits for the keys they are making; then no thread of the pool is left."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for filler in self.fillers:
            filler.join()

    def _fill(self) -> None:
        rs256 = find_algorithm("RS256")
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or len(self._store) < self._wanted)
                if self._closed:
                    return
            # Outside the lock, for this takes tens of milliseconds. With several fillers the store may end up
            # a key or two above its size, which does no harm.
            key = generate_private_key(rs256)
            with self._changed:
                self._store.append(key)
                self.ready.set()
                self._changed.notify_all()
