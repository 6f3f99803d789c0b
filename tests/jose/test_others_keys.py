"""Keys of others: the public half signs nothing but what its owner signed, and a private one isn't given out."""

from __future__ import annotations

import pytest

from mock_idp.jose.encoding import b64url_encode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.others_keys import BorrowedKey, brought_key

SIGNED = ".".join(b64url_encode(part) for part in (b'{"alg":"ES256"}', b'{"sub":"svc"}'))


@pytest.fixture
def borrowed(ec_key: SigningKey) -> BorrowedKey:
    return BorrowedKey(ec_key.public_jwk(), "ES256", "theirs")


def signed_by(key: SigningKey) -> str:
    return f"{SIGNED}.{b64url_encode(key.sign(SIGNED.encode()))}"


def test_a_signature_that_was_seen_is_given_again(borrowed: BorrowedKey, ec_key: SigningKey) -> None:
    token = signed_by(ec_key)
    borrowed.has_seen(token)
    assert f"{SIGNED}.{b64url_encode(borrowed.sign(SIGNED.encode()))}" == token


def test_nothing_else_is_signed(borrowed: BorrowedKey, ec_key: SigningKey) -> None:
    borrowed.has_seen(signed_by(ec_key))
    with pytest.raises(JoseError, match="is not here") as caught:
        borrowed.sign(b"something else")
    assert caught.value.code == "key_not_held"


def test_a_signature_by_another_key_is_not_taken(borrowed: BorrowedKey) -> None:
    """It would be given out as this one's."""
    header, payload = SIGNED.split(".")
    with pytest.raises(JoseError, match="has not signed this token"):
        borrowed.has_seen(f"{header}.{payload}.{b64url_encode(bytes(64))}")
    with pytest.raises(JoseError, match="is not here"):
        borrowed.sign(SIGNED.encode())


def test_a_private_key_that_was_brought_along_signs_and_stays(ec_key: SigningKey) -> None:
    key = brought_key(ec_key.private_pem(), "ES256", "mine")
    assert len(key.sign(SIGNED.encode())) == 64
    with pytest.raises(JoseError, match="is not given out"):
        key.private_pem()
