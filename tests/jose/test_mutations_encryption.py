"""Encrypted tokens are what a careless service could decrypt with the issuer's private key, or with its public one."""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable
from typing import Any, get_args

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwe
from joserfc.jwk import ECKey, OKPKey, RSAKey

from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.jwe import ContentEncryption
from mock_idp.jose.key_agreement import ECDH_ALGORITHMS
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.mutations.encryption import JweAlgorithm

Mint = Callable[..., ForgedToken]

PADDINGS = {
    "RSA-OAEP": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    "RSA-OAEP-256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
    "RSA1_5": padding.PKCS1v15(),
}


def header_of(token: str) -> dict[str, Any]:
    return dict(json.loads(b64url_decode(token.split(".")[0])))


def decrypted(token: str, key: SigningKey) -> bytes:
    """What RFC 7516 section 5.2 makes of the token, with the exported keys alone."""
    header, encrypted_key, iv, ciphertext, tag = (b64url_decode(part) for part in token.split("."))
    members = json.loads(header)
    content_key = content_key_of(members, encrypted_key, key)
    aad = token.split(".")[0].encode()
    if members["enc"] == "A256GCM":
        text = AESGCM(content_key).decrypt(iv, ciphertext + tag, aad)
    else:
        mac = hmac.HMAC(content_key[:16], hashes.SHA256())
        mac.update(aad + iv + ciphertext + (8 * len(aad)).to_bytes(8, "big"))
        assert mac.finalize()[:16] == tag
        decryptor = Cipher(algorithms.AES(content_key[16:]), modes.CBC(iv)).decryptor()
        unpadder = PKCS7(128).unpadder()
        text = unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()
    return zlib.decompress(text, -15) if members.get("zip") == "DEF" else text


def content_key_of(members: dict[str, Any], encrypted: bytes, key: SigningKey) -> bytes:
    if members["alg"] == "dir":
        assert encrypted == b""
        return hashlib.sha256(key.public_pem().encode()).digest()
    if members["alg"] == "PBES2-HS256+A128KW":
        salt = b"PBES2-HS256+A128KW\x00" + b64url_decode(members["p2s"])
        return aes_key_unwrap(
            hashlib.pbkdf2_hmac("sha256", key.public_pem().encode(), salt, members["p2c"], 16), encrypted
        )
    private_key = load_pem_private_key(key.private_pem().encode(), None)
    assert isinstance(private_key, rsa.RSAPrivateKey)
    return private_key.decrypt(encrypted, PADDINGS[members["alg"]])


@pytest.mark.parametrize("enc", get_args(ContentEncryption))
@pytest.mark.parametrize("alg", [alg for alg in get_args(JweAlgorithm) if alg not in ECDH_ALGORITHMS])
def test_the_claims_can_be_decrypted(
    alg: str, enc: str, mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]
) -> None:
    """The private key, or the secret made from the public one, opens the token to the claims."""
    token = mint(mutation="jwe", with_={"alg": alg, "enc": enc}).token
    assert json.loads(decrypted(token, rsa_key)) == base_claims


def test_the_header_says_how(mint: Mint) -> None:
    """alg and enc are those of the encryption, the kid is that of the key, and nothing is nested."""
    header = header_of(mint(mutation="jwe").token)
    assert header == {"alg": "RSA-OAEP", "typ": "JWT", "kid": "k1", "enc": "A256GCM"}


def test_an_unsecured_jwt_inside(mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]) -> None:
    """The text is a JWT with alg none and an empty signature; cty says that it is one."""
    token = mint(mutation="jwe", with_={"plaintext": "unsecured-jwt"}).token
    header, payload, signature = decrypted(token, rsa_key).decode().split(".")
    assert json.loads(b64url_decode(header)) == {"alg": "none"}
    assert (json.loads(b64url_decode(payload)), signature) == (base_claims, "")
    assert header_of(token)["cty"] == "JWT"


def test_the_good_token_inside(mint: Mint, rsa_key: SigningKey) -> None:
    """The text is the token without the mutation."""
    token = mint(mutation="jwe", with_={"plaintext": "signed-jwt"}).token
    assert decrypted(token, rsa_key).decode() == mint().token


def test_zip(mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]) -> None:
    """The text is compressed before it is encrypted, and the header says so."""
    token = mint(mutation="jwe", with_={"zip": True}).token
    assert header_of(token)["zip"] == "DEF"
    assert json.loads(decrypted(token, rsa_key)) == base_claims


def test_a_bomb(mint: Mint, rsa_key: SigningKey, base_claims: dict[str, Any]) -> None:
    """Ten million bytes in a token of some twenty thousand, still the claims."""
    token = mint(mutation="jwe", with_={"zip": True, "bomb_bytes": 10_000_000}).token
    assert len(token) < 30_000
    text = decrypted(token, rsa_key)
    assert len(text) == 10_000_000
    assert json.loads(text) == base_claims


def test_a_count_nobody_can_afford(mint: Mint) -> None:
    """The header may ask for two thousand million iterations; making the token takes no such time."""
    token = mint(mutation="jwe", with_={"alg": "PBES2-HS256+A128KW", "p2c": 2**31 - 1}).token
    assert header_of(token)["p2c"] == 2**31 - 1


@pytest.mark.parametrize("alg", ["RSA-OAEP", "RSA-OAEP-256"])
@pytest.mark.parametrize("kid", [None, "theirs"])
def test_to_the_key_of_a_recipient(alg: str, kid: str | None, mint: Mint, ec_key: SigningKey) -> None:
    """Whatever kind of key signs: a library opens it with the recipient's key, and finds the good token."""
    theirs = RSAKey.generate_key(2048, {"kid": kid} if kid else None)
    options = {"plaintext": "signed-jwt", "alg": alg, "key": theirs.as_dict(private=False)}
    token = mint(signer=ec_key, mutation="jwe", with_=options).token
    opened = jwe.decrypt_compact(token, theirs, algorithms=[alg, "A256GCM"])
    assert opened.plaintext is not None
    assert opened.plaintext.decode().split(".")[:2] == mint(signer=ec_key).token.split(".")[:2]
    assert (header_of(token)["cty"], header_of(token).get("kid")) == ("JWT", theirs.as_dict().get("kid"))
    with pytest.raises(JoseError) as caught:
        mint(mutation="jwe", with_={**options, "alg": "dir"})
    assert caught.value.field == "with.key"


THEIRS = {
    **{crv: ECKey.generate_key(crv, {"kid": "theirs"}) for crv in ("P-256", "P-384", "P-521")},
    **{crv: OKPKey.generate_key(crv, {"kid": "theirs"}) for crv in ("X25519", "X448")},
}


@pytest.mark.parametrize("enc", get_args(ContentEncryption))
@pytest.mark.parametrize("alg", ECDH_ALGORITHMS)
@pytest.mark.parametrize("crv", THEIRS)
def test_to_an_elliptic_key_of_a_recipient(crv: str, alg: str, enc: str, mint: Mint) -> None:
    """A library agrees with the `epk` of the header; it is of the same curve, and another one each time."""
    theirs = THEIRS[crv]
    options = {"plaintext": "signed-jwt", "alg": alg, "enc": enc, "key": theirs.as_dict(private=False)}
    tokens = [mint(mutation="jwe", with_=options).token for _ in range(2)]
    for token in tokens:
        opened = jwe.decrypt_compact(token, theirs, algorithms=[alg, enc])
        assert opened.plaintext is not None
        assert opened.plaintext.decode() == mint().token
        assert (header_of(token)["kid"], header_of(token)["epk"]["crv"]) == ("theirs", crv)
        assert "d" not in header_of(token)["epk"]
    assert header_of(tokens[0])["epk"]["x"] != header_of(tokens[1])["epk"]["x"]


@pytest.mark.parametrize("alg", ECDH_ALGORITHMS)
def test_to_the_elliptic_key_that_signs(alg: str, mint: Mint, ec_key: SigningKey, base_claims: dict[str, Any]) -> None:
    """As with RSA: who publishes a key for signatures gets a token that its private half opens."""
    token = mint(signer=ec_key, mutation="jwe", with_={"alg": alg}).token
    own = ECKey.import_key(ec_key.private_pem())
    opened = jwe.decrypt_compact(token, own, algorithms=[alg, "A256GCM"])
    assert json.loads(opened.plaintext or b"") == base_claims
    with pytest.raises(JoseError) as caught:
        mint(mutation="jwe", with_={"alg": alg})
    assert caught.value.code == "key_mismatch"


def test_two_tokens_share_no_secret(mint: Mint) -> None:
    """Content key and initialisation vector are new for every token."""
    first, second = (mint(mutation="jwe").token.split(".") for _ in range(2))
    assert first[0] == second[0]
    assert all(one != other for one, other in zip(first[1:], second[1:], strict=True))


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"bomb_bytes": 100}, "with.bomb_bytes"),
        ({"zip": True, "bomb_bytes": -1}, "with.bomb_bytes"),
        ({"zip": True, "bomb_bytes": 10**12}, "with.bomb_bytes"),
        ({"p2c": 10}, "with.p2c"),
        ({"alg": "PBES2-HS256+A128KW", "p2c": 0}, "with.p2c"),
        ({"key": {}}, "with.key"),
        ({"key": {"kty": "oct", "k": "AAAA"}}, "with.key"),
        ({"key": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, "with.key"),
        ({"key": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}, "with.key"),
        ({"alg": "ECDH-ES", "key": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}}, "with.key"),
        ({"alg": "ECDH-ES", "key": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, "with.key"),
        ({"alg": "ECDH-ES", "key": {"kty": "OKP", "crv": "X25519", "x": "AA"}}, "with.key"),
        ({"alg": "ECDH-ES", "key": {"kty": "OKP", "crv": "X25519"}}, "with.key"),
        ({"alg": "ECDH-ES", "key": {"kty": "OKP", "crv": "X25519", "x": "A" * 43}}, "with.key"),
        ({"alg": "ECDH-ES", "key": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}}, "with.key"),
        ({"key": THEIRS["P-256"].as_dict(private=False)}, "with.key"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], field: str, mint: Mint) -> None:
    """They are refused, naming the option."""
    with pytest.raises(JoseError) as caught:
        mint(mutation="jwe", with_=options)
    assert (caught.value.code, caught.value.field) == ("wrong_value", field)


def test_only_rsa_keys_encrypt(mint: Mint, ec_key: SigningKey) -> None:
    """Nobody encrypts to a signature key of another kind; the shared secrets work with every key."""
    with pytest.raises(JoseError) as caught:
        mint(signer=ec_key, mutation="jwe")
    assert caught.value.code == "key_mismatch"
    token = mint(signer=ec_key, mutation="jwe", with_={"alg": "dir"}).token
    assert base64.urlsafe_b64decode(token.split(".")[0] + "==")
    assert decrypted(token, ec_key)
