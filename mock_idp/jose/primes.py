"""Prime factors for RSA moduli that no library makes.

Most of them come out of RSA keys that OpenSSL makes, which takes a tenth of the time of a search in Python, and lets
other threads run meanwhile.
"""

import math
import secrets
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.asymmetric import rsa

_ROUNDS = 8
_SMALL = math.prod(p for p in range(3, 2000, 2) if all(p % q for q in range(3, math.isqrt(p) + 1, 2)))

# Up to here two factors, as in any RSA key. Beyond, finding two takes seconds and finding many short ones does not
# (multi-prime RSA, RFC 8017 section 3.2). Who breaks such a key has gained nothing.
_TWO_FACTOR_BITS = 2048
# The shortest key that the library makes, and its factors.
_LIBRARY_BITS = 1024
_SHORT_FACTOR_BITS = _LIBRARY_BITS // 2


def factors(bits: int, exponent: int) -> tuple[int, ...]:
    """Distinct primes whose product has exactly `bits` bits, which are at least 512.

    `exponent` can be undone modulo each p: it has no factor in common with p - 1, or, when it is even, none with the
    odd half of it, so that it can be undone for squares.
    """
    if bits < _LIBRARY_BITS:
        size = bits // 2
        return _searched(bits, exponent, [_prime(lambda: secrets.randbits(size) | 1 << (size - 1), exponent)])
    if bits <= _TWO_FACTOR_BITS:
        return _of_library_keys(bits, exponent)
    count = round(bits / _SHORT_FACTOR_BITS)
    found: list[int] = []
    short = _fitting(_LIBRARY_BITS, exponent)
    while len(found) < count - 1:
        p = next(short)
        if p not in found:
            found.append(p)
    return _searched(bits, exponent, found)


def _of_library_keys(bits: int, exponent: int) -> tuple[int, ...]:
    """Two factors of keys of that size, the first of one key and the second of the same or another."""
    first: int | None = None
    second: int | None = None
    while first is None or second is None or first == second or (first * second).bit_length() != bits:
        p, q = _library_primes(bits, exponent)
        first = p if _can_be_undone(exponent, p) else first
        second = q if _can_be_undone(exponent, q) else second
    return first, second


def _searched(bits: int, exponent: int, found: list[int]) -> tuple[int, ...]:
    """These factors and one that makes up for what their product lacks."""
    product = math.prod(found)
    low, high = (1 << (bits - 1)) // product + 1, (1 << bits) // product
    while True:
        p = _prime(lambda: low + secrets.randbelow(high - low), exponent)
        if p not in found and (product * p).bit_length() == bits:
            return (*found, p)


def _fitting(bits: int, exponent: int) -> Iterator[int]:
    while True:
        yield from (p for p in _library_primes(bits, exponent) if _can_be_undone(exponent, p))


def _library_primes(bits: int, exponent: int) -> tuple[int, int]:
    # With 3 for an exponent the library takes no primes that would not do for its multiples.
    numbers = rsa.generate_private_key(3 if exponent and exponent % 3 == 0 else 65537, bits).private_numbers()
    return numbers.p, numbers.q


def _can_be_undone(exponent: int, p: int) -> bool:
    if exponent == 0:
        return True
    if exponent % 2:
        return math.gcd(exponent, p - 1) == 1
    return p % 4 == 3 and math.gcd(exponent, (p - 1) // 2) == 1


def _prime(draw: Callable[[], int], exponent: int) -> int:
    while True:
        # The test is shortest for a number that is 3 modulo 4, and half of the primes are.
        candidate = draw() | 3
        if not _can_be_undone(exponent, candidate):
            continue
        if math.gcd(candidate, _SMALL) == 1 and _is_probably_prime(candidate):
            return candidate


def _is_probably_prime(candidate: int) -> bool:
    """The test of Miller and Rabin, which for a number that is 3 modulo 4 has a single step."""
    half = candidate >> 1
    return all(pow(2 + secrets.randbelow(candidate - 4), half, candidate) in (1, candidate - 1) for _ in range(_ROUNDS))
