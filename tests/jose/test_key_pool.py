"""The pool has keys ready, gives each once, and stops when it is closed."""

from collections.abc import Iterator
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.pool import KeyPool
from mock_idp.jose.private_keys import generate_private_key

DEADLINE = 30.0  # seconds; far above what a few RSA keys take on a busy machine


def modulus(private_key: object) -> int:
    assert isinstance(private_key, rsa.RSAPrivateKey)
    return private_key.public_key().public_numbers().n


def holds(pool: KeyPool, least: int) -> bool:
    return len(pool._store) >= least


@pytest.fixture
def pool() -> Iterator[KeyPool]:
    """A pool of two keys that recycles."""
    with_recycling = KeyPool(2, recycle=True)
    yield with_recycling
    with_recycling.close()


def test_a_pool_becomes_ready_and_full(pool: KeyPool) -> None:
    """The first key sets `ready`, and the pool fills up to its size."""
    assert pool.ready.wait(DEADLINE)
    assert pool.wait_until_full(DEADLINE)


@pytest.mark.parametrize(("taken", "made"), [(0, 2), (3, 8), (20, 28)])
def test_a_pool_makes_as_many_ahead_as_are_asked_for(monkeypatch: pytest.MonkeyPatch, taken: int, made: int) -> None:
    """Two before anybody has asked, one more for each that was, up to its size of eight."""
    keys: list[object] = []

    def generate(*_: object, **__: object) -> object:
        keys.append(generate_private_key(find_algorithm("RS256")) if not keys else keys[0])
        return keys[0]

    monkeypatch.setattr("mock_idp.jose.pool.generate_private_key", generate)
    pool = KeyPool(8)
    for number in range(taken + 1):
        with pool._changed:
            assert pool._changed.wait_for(partial(holds, pool, min(8, 2 + number)), DEADLINE)
        if number < taken:
            pool.take()
    pool.close()
    assert len(keys) == made


def test_no_key_is_given_twice(pool: KeyPool) -> None:
    """Keys taken one after the other all differ, waiting ones and fresh ones."""
    moduli = [modulus(pool.take()) for _ in range(5)]
    assert len(set(moduli)) == 5


def test_a_taken_key_is_replaced(pool: KeyPool) -> None:
    """A full pool fills up again after a key was taken."""
    assert pool.wait_until_full(DEADLINE)
    pool.take("PS512")
    assert pool.wait_until_full(DEADLINE)


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [
        ("RS256", rsa.RSAPrivateKey),
        ("PS384", rsa.RSAPrivateKey),
        ("ES256", ec.EllipticCurvePrivateKey),
        ("ES512", ec.EllipticCurvePrivateKey),
        ("EdDSA", ed25519.Ed25519PrivateKey),
    ],
)
def test_a_key_fits_the_algorithm_it_was_taken_for(algorithm: str, kind: type, pool: KeyPool) -> None:
    """Material for any signing algorithm can be taken."""
    key = SigningKey(pool.take(algorithm), algorithm)
    assert isinstance(key.private_key, kind)


def test_a_pool_has_no_symmetric_keys(pool: KeyPool) -> None:
    """Taking a key for HS256 is refused."""
    with pytest.raises(JoseError) as caught:
        pool.take("HS256")
    assert caught.value.code == "no_private_key"


def test_a_returned_key_is_used_again(pool: KeyPool) -> None:
    """With recycling, given-back material comes out again."""
    assert pool.wait_until_full(DEADLINE)
    returned = pool.take()
    pool.give_back(returned)
    taken = {modulus(pool.take()) for _ in range(4)}
    assert modulus(returned) in taken


def test_nothing_is_recycled_unasked() -> None:
    """Without recycling, given-back material never comes out again."""
    pool = KeyPool(1)
    try:
        assert pool.wait_until_full(DEADLINE)
        returned = pool.take()
        pool.give_back(returned)
        assert modulus(returned) not in {modulus(pool.take()) for _ in range(3)}
    finally:
        pool.close()


def test_an_unusual_key_is_not_recycled(pool: KeyPool, low_exponent_key: SigningKey) -> None:
    """A key with exponent 3 is never handed to somebody who asked for a plain one."""
    assert pool.wait_until_full(DEADLINE)
    pool.give_back(low_exponent_key.private_key)
    assert modulus(low_exponent_key.private_key) not in {modulus(pool.take()) for _ in range(4)}


def test_a_closed_pool_has_no_threads() -> None:
    """After close no filler of the pool lives."""
    pool = KeyPool(3, threads=2)
    mine = pool.fillers
    pool.close()
    assert mine
    assert not any(filler.is_alive() for filler in mine)


def test_a_closed_pool_still_gives_keys() -> None:
    """A key taken after close is made on the spot."""
    pool = KeyPool(1)
    pool.close()
    first, second = modulus(pool.take()), modulus(pool.take())
    assert first != second


def test_a_pool_without_rsa_is_ready_at_once() -> None:
    """A pool for elliptic keys needs no thread and is ready when it exists."""
    pool = KeyPool(4, ["ES256", "EdDSA"])
    assert pool.ready.is_set()
    assert not pool.fillers


def test_odd_keys_come_back_too() -> None:
    """A pool that recycles keeps them for the next issuer that wants one of their size and exponent."""
    pool = KeyPool(0, recycle=True)
    key = pool.take("RS256", bits=512, exponent=3)
    pool.give_back(key)
    assert pool.take("RS256", bits=512, exponent=5) is not key
    assert pool.take("RS512", bits=512, exponent=3) is key
    assert pool.take("RS256", bits=512, exponent=3) is not key
    pool.close()


def test_an_odd_key_for_pss_is_refused_all_the_same() -> None:
    """One that waits doesn't change what a key can do."""
    pool = KeyPool(0, recycle=True)
    pool.give_back(pool.take("RS256", bits=512))
    with pytest.raises(JoseError, match="RS256, RS384 and RS512 only"):
        pool.take("PS256", bits=512)
    pool.close()


def test_a_pool_that_does_not_recycle_keeps_none() -> None:
    """Nor does one that is closed."""
    for pool in (KeyPool(0), KeyPool(0, recycle=True)):
        key = pool.take("RS256", bits=512)
        pool.close()
        pool.give_back(key)
        assert pool.take("RS256", bits=512) is not key
