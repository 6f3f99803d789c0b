"""Tokens of a length."""

from collections.abc import Callable

import jwt
import pytest

from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.keys import SigningKey

Mint = Callable[..., ForgedToken]


@pytest.mark.parametrize("length", [600, 601, 602, 603, 16_384, 16_385])
def test_a_token_is_exactly_that_long(length: int, mint: Mint, rsa_key: SigningKey, ec_key: SigningKey) -> None:
    """Whatever the remainder by four; PyJWT finds it good."""
    for key in (rsa_key, ec_key):
        token = mint(signer=key, mutation="exact-length", with_={"bytes": length}).token
        assert len(token) == length
        public_key = jwt.PyJWK(key.public_jwk()).key
        said = jwt.decode(token, public_key, [key.algorithm.name], options={"verify_exp": False})
        assert set(said["filler"]) == {"x"}


def test_no_token_is_so_short(mint: Mint) -> None:
    """Nothing is cut."""
    with pytest.raises(JoseError, match="longer than 400 bytes"):
        mint(mutation="exact-length", with_={"bytes": 400})
