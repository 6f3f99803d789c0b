"""Prime factors for RSA moduli that no library makes."""

import math
import secrets
from collections.abc import Callable

_ROUNDS = 8
_SMALL = math.prod(p for p in range(3, 2000, 2) if all(p % q for q in range(3, math.isqrt(p) + 1, 2)))

# Up to here two factors, as in any RSA key. Beyond, finding two takes seconds and finding many short ones does not
# (multi-prime RSA, RFC 8017 section 3.2). Who breaks such a key has gained nothing.
_TWO_FACTOR_BITS = 2048
_SHORT_FACTOR_BITS = 256


def factors(bits: int, exponent: int) -> tuple[int, ...]:
    """Distinct primes whose product has exactly `bits` bits.

    Each is 3 modulo 4, and `exponent` has no factor in common with the odd half of p - 1, so that an exponent
    above 0 can be undone: for every message when it is odd, for squares modulo p when it is even.
    """
    count = 2 if bits <= _TWO_FACTOR_BITS else bits // _SHORT_FACTOR_BITS
    size = bits // count
    found: list[int] = []
    while len(found) < count - 1:
        p = _prime(lambda: secrets.randbits(size) | 1 << (size - 1), exponent)
        if p not in found:
            found.append(p)
    # The last factor makes up for what the product of the others lacks.
    product = math.prod(found)
    low, high = (1 << (bits - 1)) // product + 1, (1 << bits) // product
    while True:
        p = _prime(lambda: low + secrets.randbelow(high - low), exponent)
        if p not in found and (product * p).bit_length() == bits:
            return (*found, p)


def _prime(draw: Callable[[], int], exponent: int) -> int:
    while True:
        candidate = draw() | 3
        if exponent and math.gcd(exponent, candidate >> 1) != 1:
            continue
        if math.gcd(candidate, _SMALL) == 1 and _is_probably_prime(candidate):
            return candidate


def _is_probably_prime(candidate: int) -> bool:
    """The test of Miller and Rabin, which for a number that is 3 modulo 4 has a single step."""
    half = candidate >> 1
    return all(pow(2 + secrets.randbelow(candidate - 4), half, candidate) in (1, candidate - 1) for _ in range(_ROUNDS))
