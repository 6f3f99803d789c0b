"""The factors of odd RSA moduli."""

from __future__ import annotations

import math

import pytest

from mock_idp.jose.primes import factors

EXPONENTS = [0, 1, 2, 3, 4, 15, 65_537, 2**64 + 13, 3 * 5 * 7 * 11, 2 * 3 * 5 * 7, 2**256 - 1]


def is_prime(number: int) -> bool:
    """Fermat's test to three bases, which a random number that is no prime does not pass."""
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5))


@pytest.mark.parametrize("bits", [512, 513, 1000, 1023, 1024, 1025, 1999, 2048, 2049, 2304, 3000, 4096])
def test_the_product_has_that_many_bits(bits: int) -> None:
    """To the bit, of distinct primes, at the borders between the ways in which they are found."""
    found = factors(bits, 65_537)
    assert math.prod(found).bit_length() == bits
    assert len(set(found)) == len(found) >= 2
    assert all(is_prime(p) for p in found)


@pytest.mark.parametrize("bits", [512, 1024, 2100])
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_the_exponent_can_be_undone(bits: int, exponent: int) -> None:
    """Modulo each of them: for every number, or for squares where the exponent is even."""
    for p in factors(bits, exponent) if exponent else ():
        order = p - 1 if exponent % 2 else (p - 1) // 2
        number = pow(4, 12_345, p)
        assert pow(pow(number, exponent, p), pow(exponent, -1, order), p) == number


def test_no_two_are_alike() -> None:
    """They come out of fresh keys each time."""
    assert not set(factors(1024, 1)) & set(factors(1024, 1))
