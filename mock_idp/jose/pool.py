"""RSA keys made ahead of time, so that nobody waits for one."""

from collections import deque
from collections.abc import Sequence
from threading import Condition, Event, Thread

from cryptography.hazmat.primitives.asymmetric import rsa

from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.private_keys import PrivateKey, generate_private_key, is_default_rsa


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
        """In: how many keys to keep waiting, for which algorithms, and by how many threads.

        `recycle` lets `give_back` bring key material back into the store; for tests only, since a key is then
        known to more than one issuer. Raises JoseError `unknown_algorithm`.
        """
        families = {find_algorithm(name, "algorithms").family for name in algorithms}
        self.ready = Event()
        self._size = size if "RSA" in families else 0
        self._recycle = recycle
        self._store: deque[rsa.RSAPrivateKey] = deque()
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

    def take(self, algorithm: str = "RS256") -> PrivateKey:
        """A private key for the algorithm: a waiting one, or, when none waits, one made here and now.

        Works on a closed pool too, which only stops making keys ahead. Raises as `generate_private_key`.
        """
        wanted = find_algorithm(algorithm)
        if wanted.family == "RSA":
            with self._changed:
                if self._store:
                    key = self._store.popleft()
                    self._changed.notify_all()
                    return key
        return generate_private_key(wanted)

    def give_back(self, private_key: PrivateKey) -> None:
        """Takes back the material of an issuer that is gone, to be used by another one under a new kid.

        Does nothing unless the pool recycles, for keys unlike those the pool makes, and after `close`. A kid
        derived from the key (Keycloak) comes back with it, so give back only what the same ring will not get.
        """
        if not isinstance(private_key, rsa.RSAPrivateKey) or not is_default_rsa(private_key):
            return
        with self._changed:
            if self._recycle and not self._closed:
                self._store.append(private_key)
                self.ready.set()
                self._changed.notify_all()

    def wait_until_full(self, timeout: float) -> bool:
        """Waits up to `timeout` seconds until all keys are there; says whether they are."""
        with self._changed:
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
                self._changed.wait_for(lambda: self._closed or len(self._store) < self._size)
                if self._closed:
                    return
            # Outside the lock, for this takes tens of milliseconds. With several fillers the store may end up
            # a key or two above its size, which does no harm.
            key = generate_private_key(rs256)
            assert isinstance(key, rsa.RSAPrivateKey)
            with self._changed:
                self._store.append(key)
                self.ready.set()
                self._changed.notify_all()
