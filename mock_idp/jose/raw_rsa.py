"""RSA keys of sizes and exponents that no library makes, in plain integers (RFC 8017 sections 3 and 5).

For testing only: neither the search for primes nor the signature is guarded against anybody who measures time.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives import hashes

from mock_idp.jose.algorithms import Hash
from mock_idp.jose.der import NULL, RSA_ENCRYPTION, bit_string, integer, sequence
from mock_idp.jose.errors import JoseError
from mock_idp.jose.pkcs1 import encoded_message
from mock_idp.jose.primes import factors

MIN_BITS, MAX_BITS = 512, 16_384
MAX_EXPONENT = 2**256 - 1


@dataclass(frozen=True)
class RawRsaPublicKey:
    """Modulus and exponent, of whatever size."""

    n: int
    e: int

    def pkcs1_der(self) -> bytes:
        """RSAPublicKey in DER (RFC 8017 appendix A.1.1)."""
        return sequence(integer(self.n), integer(self.e))

    def spki_der(self) -> bytes:
        """SubjectPublicKeyInfo in DER (RFC 5280 section 4.1.2.7)."""
        return sequence(sequence(RSA_ENCRYPTION, NULL), bit_string(self.pkcs1_der()))


@dataclass(frozen=True)
class RawRsaKey:
    """A private RSA key: the prime factors of its modulus, two or many, and its public exponent."""

    primes: tuple[int, ...] = field(repr=False)
    exponent: int

    @cached_property
    def modulus(self) -> int:
        """n, the product of the primes."""
        return math.prod(self.primes)

    @property
    def key_size(self) -> int:
        """The length of the modulus in bits."""
        return self.modulus.bit_length()

    def public_key(self) -> RawRsaPublicKey:
        """The public half."""
        return RawRsaPublicKey(self.modulus, self.exponent)

    def sign(self, data: bytes, hash_: Hash) -> bytes:
        """RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.1), which a verifier accepts that takes the exponent as it is.

        Where no number opens to the padded digest, the padded digest itself: always for exponent 0, and for most
        tokens with an even exponent, as few numbers are squares modulo every prime. With exponent 1 the padded
        digest is the signature, and anybody can make it.

        Raises JoseError `key_mismatch` when the modulus is too short for the digest.
        """
        hasher = hashes.Hash(hash_)
        hasher.update(data)
        length = (self.key_size + 7) // 8
        message = encoded_message(hash_, hasher.finalize(), length)
        if message is None:
            sentence = (
                f"A key of {self.key_size} bits is too short for {hash_.name}; take a longer key or a shorter digest."
            )
            raise JoseError("key_mismatch", sentence, "alg")
        wanted = int.from_bytes(message, "big")
        root = self._root(wanted) if self.exponent else wanted
        opens = pow(root, self.exponent, self.modulus) == wanted
        return (root if opens else wanted).to_bytes(length, "big")

    @cached_property
    def _steps(self) -> tuple[tuple[int, int, int, int], ...]:
        """For each prime p: p, what undoes the exponent modulo p, the product of those before it and its inverse."""
        steps, product = [], 1
        for p in self.primes:
            # Squares form a group of half the size, and in it an even exponent can be undone as well.
            order = p - 1 if self.exponent % 2 else (p - 1) // 2
            steps.append((p, pow(self.exponent, -1, order), product, pow(product, -1, p)))
            product *= p
        return tuple(steps)

    def _root(self, number: int) -> int:
        """The candidate for an e-th root: one for each prime, joined (Chinese remainder theorem)."""
        root = 0
        for p, undoing, product, inverse in self._steps:
            root += product * ((pow(number, undoing, p) - root) * inverse % p)
        return root


def generate_raw_rsa(bits: int, exponent: int) -> RawRsaKey:
    """A fresh key, in some hundredths of a second, and a few tenths for 16384 bits or an exponent of many factors.

    In: `bits` from 512 to 16384; `exponent` from 0 to 2**256 - 1, sensible or not.
    Raises JoseError `bad_key_parameters` for others.
    """
    if not MIN_BITS <= bits <= MAX_BITS:
        sentence = f"An RSA key has from {MIN_BITS} to {MAX_BITS} bits here, not {bits}."
        raise JoseError("bad_key_parameters", sentence, "bits")
    if not 0 <= exponent <= MAX_EXPONENT:
        raise JoseError("bad_key_parameters", "The exponent of an RSA key is from 0 to 2**256 - 1 here.", "exponent")
    return RawRsaKey(factors(bits, exponent), exponent)
