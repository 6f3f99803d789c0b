"""Raw RSA keys: any size and exponent, and a signature wherever there can be one."""

import hashlib

import jwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey, generate_key
from mock_idp.jose.raw_rsa import RawRsaKey

SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


def published(key: SigningKey) -> tuple[int, int]:
    """n and e, from the JWK alone."""
    jwk = key.public_jwk()
    return int.from_bytes(b64url_decode(jwk["n"]), "big"), int.from_bytes(b64url_decode(jwk["e"]), "big")


def message(data: bytes, length: int) -> bytes:
    """EMSA-PKCS1-v1_5 with SHA-256, written out (RFC 8017 section 9.2)."""
    return b"\x00\x01" + b"\xff" * (length - 54) + b"\x00" + SHA256 + hashlib.sha256(data).digest()


@pytest.fixture(scope="module")
def largest() -> SigningKey:
    """A key of 16384 bits."""
    return generate_key("RS256", bits=16_384, kid="b")


@pytest.mark.parametrize("bits", [512, 768, 1000, 8192])
def test_the_modulus_is_as_long_as_asked_for(bits: int) -> None:
    """To the bit, with two primes or with many."""
    assert published(generate_key("RS256", bits=bits))[0].bit_length() == bits


def test_the_largest_modulus(largest: SigningKey) -> None:
    """16384 bits."""
    assert published(largest)[0].bit_length() == 16_384


@pytest.mark.parametrize("bits", [512, 768, 8192])
def test_the_signature_opens_to_the_padded_digest(bits: int) -> None:
    """s**e mod n is the message that PKCS #1 prescribes."""
    key = generate_key("RS256", bits=bits)
    n, e = published(key)
    signature = key.sign(b"data")
    assert pow(int.from_bytes(signature, "big"), e, n).to_bytes(bits // 8, "big") == message(b"data", bits // 8)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_another_library_verifies_a_large_key(algorithm: str, largest: SigningKey) -> None:
    """`cryptography` takes the 16384-bit key and all three digests."""
    n, e = published(largest)
    public_key = rsa.RSAPublicNumbers(e, n).public_key()
    digest = {"RS256": hashes.SHA256(), "RS384": hashes.SHA384(), "RS512": hashes.SHA512()}[algorithm]
    signature = largest.sign(b"data", find_algorithm(algorithm))
    public_key.verify(signature, b"data", padding.PKCS1v15(), digest)
    with pytest.raises(InvalidSignature):
        public_key.verify(signature, b"other data", padding.PKCS1v15(), digest)


def test_pyjwt_verifies_an_unusual_exponent() -> None:
    """An odd exponent that no library generates is as good as any, with nothing but the JWK."""
    key = generate_key("RS256", exponent=2**64 + 13)
    public_key = jwt.PyJWK(key.public_jwk()).key
    assert jwt.get_algorithm_by_name("RS256").verify(b"data", public_key, key.sign(b"data"))


def test_with_exponent_one_the_padded_digest_is_the_signature() -> None:
    """So that anybody can make it."""
    assert generate_key("RS256", exponent=1).sign(b"data") == message(b"data", 256)


def test_with_exponent_zero_nothing_can_be_signed() -> None:
    """The padded digest stands where a signature would."""
    key = generate_key("RS256", bits=768, exponent=0)
    assert key.public_jwk()["e"] == "AA"
    assert key.sign(b"data") == message(b"data", 96)


@pytest.mark.parametrize("exponent", [2, 4, 6])
def test_with_an_even_exponent_some_signatures_exist(exponent: int) -> None:
    """A number opens to the padded digest, or the padded digest stands in its place."""
    key = generate_key("RS256", bits=512, exponent=exponent)
    n, _ = published(key)
    opened = 0
    for number in range(64):
        data = str(number).encode()
        signature = key.sign(data)
        if pow(int.from_bytes(signature, "big"), exponent, n).to_bytes(64, "big") == message(data, 64):
            opened += 1
        else:
            assert signature == message(data, 64)
    # One in four of them on average; that none of 64 is among them happens once in a hundred million keys.
    assert 0 < opened < 64


def test_a_short_key_has_no_room_for_a_long_digest() -> None:
    """512 bits hold no SHA-512 DigestInfo; the error says what to do."""
    key = generate_key("RS256", bits=512)
    with pytest.raises(JoseError, match="longer key") as caught:
        key.sign(b"data", find_algorithm("RS512"))
    assert (caught.value.code, caught.value.field) == ("key_mismatch", "alg")


def test_a_raw_key_does_not_sign_with_pss() -> None:
    """Neither when it is made nor when it signs."""
    with pytest.raises(JoseError) as caught:
        generate_key("PS256", bits=512)
    assert (caught.value.code, caught.value.field) == ("bad_key_parameters", "algorithm")
    with pytest.raises(JoseError) as caught:
        generate_key("RS256", bits=512).sign(b"data", find_algorithm("PS256"))
    assert caught.value.code == "key_mismatch"


def test_the_public_pem_is_that_of_the_jwk(largest: SigningKey) -> None:
    """SPKI as another library reads it."""
    loaded = serialization.load_pem_public_key(largest.public_pem().encode())
    assert isinstance(loaded, rsa.RSAPublicKey)
    assert (loaded.public_numbers().n, loaded.public_numbers().e) == published(largest)


def test_the_primes_do_not_show() -> None:
    """Neither in the repr of the key nor in that of its material."""
    material = generate_key("RS256", bits=512).private_key
    assert isinstance(material, RawRsaKey)
    assert not any(str(prime) in repr(material) for prime in material.primes)


def test_there_is_neither_certificate_nor_pkcs8() -> None:
    """What has no form is refused, and left out of the JWK."""
    key = generate_key("RS256", bits=512)
    assert "x5c" not in key.public_jwk(["kty", "n", "e", "x5c", "x5t"])
    with pytest.raises(JoseError) as caught:
        key.certificate()
    assert caught.value.code == "no_certificate"
    with pytest.raises(JoseError) as caught:
        key.private_pem()
    assert caught.value.code == "no_private_pem"
