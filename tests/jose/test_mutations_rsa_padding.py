"""Each malformed padding is what the signature opens to, and no library takes it."""

import hashlib
from collections.abc import Callable

import jwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.keys import SigningKey, generate_key

Mint = Callable[..., ForgedToken]

# The DER prefixes of RFC 8017 section 9.2 note 1, and their malformed relatives written out.
SHA256 = "3031300d060960864801650304020105000420"
SHA512 = "3051300d060960864801650304020305000440"
WITHOUT_NULL = "302f300b0609608648016503040201" + "0420"
LONG_LENGTH = "308131300d060960864801650304020105000420"
SHA1_OID = "302d300906052b0e03021a05000420"

WRITTEN_OUT = {
    "garbage-after-digest": lambda digest: b"\x00\x01" + b"\xff" * 8 + b"\x00" + info(SHA256, digest) + b"\xa5" * 194,
    "short-ff-run": lambda digest: bytes(195) + b"\x01" + b"\xff" * 8 + b"\x00" + info(SHA256, digest),
    "digestinfo-without-null": lambda digest: b"\x00\x01" + b"\xff" * 204 + b"\x00" + info(WITHOUT_NULL, digest),
    "ber-long-length": lambda digest: b"\x00\x01" + b"\xff" * 201 + b"\x00" + info(LONG_LENGTH, digest),
    "sha1-oid": lambda digest: b"\x00\x01" + b"\xff" * 206 + b"\x00" + info(SHA1_OID, digest),
    "block-type-02": lambda digest: b"\x00\x02" + b"\xff" * 202 + b"\x00" + info(SHA256, digest),
}


def info(prefix: str, digest: bytes) -> bytes:
    return bytes.fromhex(prefix) + digest


def opened(forged: ForgedToken, key: SigningKey) -> bytes:
    """What the RSA public operation makes of the signature (RFC 8017 section 5.2.2)."""
    assert isinstance(key.public_key, rsa.RSAPublicKey)
    public = key.public_key.public_numbers()
    number = int.from_bytes(b64url_decode(forged.token.split(".")[2]), "big")
    return pow(number, public.e, public.n).to_bytes(key.public_key.key_size // 8, "big")


def digest_of(forged: ForgedToken) -> bytes:
    return hashlib.sha256(forged.token.rpartition(".")[0].encode()).digest()


def test_a_good_signature_opens_to_the_prescribed_message(mint: Mint, rsa_key: SigningKey) -> None:
    """The control: without mutation the encoded message is that of RFC 8017 section 9.2."""
    forged = mint()
    assert opened(forged, rsa_key) == b"\x00\x01" + b"\xff" * 202 + b"\x00" + info(SHA256, digest_of(forged))


@pytest.mark.parametrize("form", sorted(WRITTEN_OUT))
def test_a_signature_opens_to_the_malformed_message(form: str, mint: Mint, rsa_key: SigningKey) -> None:
    """The RSA public operation gives exactly the bytes the form is named after."""
    forged = mint(mutation="pkcs1-padding", with_={"form": form})
    assert opened(forged, rsa_key) == WRITTEN_OUT[form](digest_of(forged))


def test_the_cube_begins_like_a_good_message(mint: Mint, low_exponent_key: SigningKey) -> None:
    """With e=3 the cube is good up to the digest, and the rest is whatever came."""
    forged = mint(signer=low_exponent_key, mutation="pkcs1-padding", with_={"form": "low-exponent-free-bytes"})
    message = opened(forged, low_exponent_key)
    beginning = b"\x00\x01" + b"\xff" * 8 + b"\x00" + info(SHA256, digest_of(forged))
    assert message.startswith(beginning)
    assert len(message) - len(beginning) == 194


def test_the_cube_root_needs_no_private_key(mint: Mint, low_exponent_key: SigningKey) -> None:
    """The cube is below the modulus, so anybody who knows the public key can compute the signature."""
    forged = mint(signer=low_exponent_key, mutation="pkcs1-padding", with_={"form": "low-exponent-free-bytes"})
    root = int.from_bytes(b64url_decode(forged.token.split(".")[2]), "big")
    assert root**3 == int.from_bytes(opened(forged, low_exponent_key), "big")


@pytest.mark.parametrize("form", [*sorted(WRITTEN_OUT), "low-exponent-free-bytes"])
def test_a_malformed_message_is_refused(form: str, mint: Mint, low_exponent_key: SigningKey) -> None:
    """Both `cryptography` and PyJWT refuse the signature."""
    key = low_exponent_key
    token = mint(signer=key, mutation="pkcs1-padding", with_={"form": form}).token
    signed, _, signature = token.rpartition(".")
    assert isinstance(key.public_key, rsa.RSAPublicKey)
    with pytest.raises(InvalidSignature):
        key.public_key.verify(b64url_decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.api_jws.decode(token, key.public_key, algorithms=["RS256"])


def test_the_good_token_of_a_low_exponent_key_is_accepted(mint: Mint, low_exponent_key: SigningKey) -> None:
    """The control: e=3 itself is not what makes the libraries refuse."""
    token = mint(signer=low_exponent_key).token
    jwt.api_jws.decode(token, low_exponent_key.public_key, algorithms=["RS256"])


def test_the_digest_follows_the_algorithm(mint: Mint, rsa_key: SigningKey) -> None:
    """With RS512 the malformed message holds the SHA-512 DigestInfo."""
    forged = mint(alg="RS512", mutation="pkcs1-padding", with_={"form": "block-type-02"})
    digest = hashlib.sha512(forged.token.rpartition(".")[0].encode()).digest()
    assert opened(forged, rsa_key) == b"\x00\x02" + b"\xff" * 170 + b"\x00" + info(SHA512, digest)


@pytest.mark.parametrize("alg", ["PS256", "ES256", "EdDSA"])
def test_only_pkcs1_signatures_have_this_padding(alg: str, mint: Mint, rsa_key: SigningKey) -> None:
    """Other schemes are refused, naming what is needed."""
    key = SigningKey(rsa_key.private_key, alg, "k") if alg == "PS256" else generate_key(alg)
    with pytest.raises(JoseError, match="RS256") as caught:
        mint(signer=key, mutation="pkcs1-padding", with_={"form": "sha1-oid"})
    assert caught.value.code == "key_mismatch"


def test_the_cube_root_needs_exponent_three(mint: Mint) -> None:
    """A key with another exponent is refused, naming what is needed."""
    with pytest.raises(JoseError, match="exponent 3") as caught:
        mint(mutation="pkcs1-padding", with_={"form": "low-exponent-free-bytes"})
    assert caught.value.code == "key_mismatch"


def test_the_cube_root_needs_room(mint: Mint, low_exponent_key: SigningKey) -> None:
    """A digest that leaves too few free bytes is refused."""
    with pytest.raises(JoseError, match="longer key") as caught:
        mint(
            signer=low_exponent_key,
            alg="RS512",
            mutation="pkcs1-padding",
            with_={"form": "low-exponent-free-bytes"},
        )
    assert caught.value.code == "key_mismatch"
