"""Damaged signatures have exactly the damage they are named after, and no library takes them."""

import inspect
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from mock_idp.jose.encoding import b64url_decode, b64url_encode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.mutations import MUTATIONS

Mint = Callable[..., ForgedToken]

DAMAGES = [
    "flip-first-signature-bit",
    "flip-last-signature-bit",
    "drop-signature-characters",
    "empty-signature",
    "signature-of-another-token",
    "zero-signature",
    "double-signature",
]


def third(forged: ForgedToken) -> str:
    return forged.token.split(".")[2]


def signature(forged: ForgedToken) -> bytes:
    return b64url_decode(third(forged))


def test_the_unmutated_token_is_accepted(mint: Mint, rsa_key: SigningKey) -> None:
    """The control of every case below: the same token without the damage verifies."""
    jwt.api_jws.decode(mint().token, rsa_key.public_key, algorithms=["RS256"])


@pytest.mark.parametrize("signer", ["rsa_key", "ec_key", "okp_key"])
@pytest.mark.parametrize("mutation", DAMAGES)
def test_a_damaged_signature_is_refused(mutation: str, signer: str, mint: Mint, request: pytest.FixtureRequest) -> None:
    """PyJWT refuses the token, whatever the algorithm."""
    key = request.getfixturevalue(signer)
    # A cut signature is refused already as text when spare bits of its last character are set.
    with pytest.raises(jwt.DecodeError):
        jwt.api_jws.decode(mint(signer=key, mutation=mutation).token, key.public_key, algorithms=[key.algorithm.name])


@pytest.mark.parametrize("mutation", DAMAGES)
def test_header_and_payload_stay(mutation: str, mint: Mint) -> None:
    """Only the third segment differs from the good token."""
    assert mint(mutation=mutation).token.rpartition(".")[0] == mint().token.rpartition(".")[0]


def test_the_first_bit_is_flipped(mint: Mint) -> None:
    """One bit differs, the very first."""
    good, bad = signature(mint()), signature(mint(mutation="flip-first-signature-bit"))
    assert int.from_bytes(good, "big") ^ int.from_bytes(bad, "big") == 1 << (8 * len(good) - 1)


def test_the_last_bit_is_flipped(mint: Mint) -> None:
    """One bit differs, the very last of the signature itself."""
    good, bad = signature(mint()), signature(mint(mutation="flip-last-signature-bit"))
    assert int.from_bytes(good, "big") ^ int.from_bytes(bad, "big") == 1


@pytest.mark.parametrize("count", [1, 4, 342])
def test_characters_are_dropped_from_the_end(count: int, mint: Mint) -> None:
    """The third segment is the good one without its last `count` characters."""
    cut = third(mint(mutation="drop-signature-characters", with_={"count": count}))
    assert cut == third(mint())[:-count]


@pytest.mark.parametrize("count", [0, -1, 343])
def test_a_count_beyond_the_signature_is_refused(count: int, mint: Mint) -> None:
    """No characters, and more than there are, cannot be dropped."""
    with pytest.raises(JoseError) as caught:
        mint(mutation="drop-signature-characters", with_={"count": count})
    assert (caught.value.code, caught.value.field) == ("wrong_value", "with.count")


def test_the_null_signature_is_empty(mint: Mint) -> None:
    """The third segment is empty and the header still says RS256."""
    forged = mint(mutation="empty-signature")
    assert (third(forged), forged.header["alg"]) == ("", "RS256")


def test_the_other_tokens_signature_is_a_good_one(mint: Mint, rsa_key: SigningKey) -> None:
    """It verifies over the token with the other jti."""
    other = mint(claims={"jti": "t1-another"}).token.rpartition(".")[0]
    borrowed = signature(mint(claims={"jti": "t1"}, mutation="signature-of-another-token"))
    assert isinstance(rsa_key.public_key, rsa.RSAPublicKey)
    rsa_key.public_key.verify(borrowed, other.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_the_zero_signature_has_the_right_length(mint: Mint) -> None:
    """All bytes are zero, as many as the good signature has."""
    assert signature(mint(mutation="zero-signature")) == bytes(256)


def test_the_double_signature_is_the_good_one_twice(mint: Mint) -> None:
    """The bytes of the good signature stand there twice."""
    assert signature(mint(mutation="double-signature")) == signature(mint()) * 2


def test_a_replaced_payload_keeps_the_old_signature(mint: Mint, rsa_key: SigningKey) -> None:
    """The claims are the new ones, the signature is that of the old ones."""
    forged = mint(mutation="replace-payload", with_={"claims": {"sub": "admin"}})
    assert forged.claims == mint().claims | {"sub": "admin"}
    assert third(forged) == third(mint())
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.api_jws.decode(forged.token, rsa_key.public_key, algorithms=["RS256"])


def test_a_replaced_payload_must_have_been_an_object(mint: Mint) -> None:
    """There is nothing to merge claims into when the payload is a list."""
    with pytest.raises(JoseError) as caught:
        mint(payload="[]", mutation="replace-payload", with_={"claims": {}})
    assert caught.value.code == "not_an_object"


@pytest.mark.parametrize("text", ["", "not-a-jwt", "a.b.c", "...", "null", "ä", "\x00"])
def test_the_whole_token_can_be_any_text(text: str, mint: Mint) -> None:
    """replace-token gives the text, and the answer says there is no header."""
    forged = mint(mutation="replace-token", with_={"text": text})
    assert (forged.token, forged.header, forged.claims) == (text, None, None)


def test_a_text_that_is_a_token_is_read(mint: Mint) -> None:
    """The answer about a replaced token is read from the text."""
    text = f"{b64url_encode(b'[1]')}.{b64url_encode(b'2')}"
    forged = mint(mutation="replace-token", with_={"text": text})
    assert (forged.header, forged.claims) == ([1], 2)


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS.keys())
def test_a_mutation_is_named_like_its_function(mutation: Any) -> None:
    """A name in the data is the name in the code."""
    assert mutation.name == mutation.function.__name__.replace("_", "-")


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS.keys())
def test_a_mutation_says_what_it_does_and_why(mutation: Any) -> None:
    """One sentence and a source, both from the docstring."""
    assert mutation.sentence.endswith(".")
    assert mutation.sentence in " ".join(inspect.getdoc(mutation.function).split())  # type: ignore[union-attr]
    assert mutation.source.startswith("RFC ")


@pytest.mark.parametrize("form", ["leading-zero", "plus-modulus"])
def test_the_same_number_in_other_bytes(form: str, mint: Mint, rsa_key: SigningKey) -> None:
    """Modulo n it is the right signature, and no library takes it."""
    forged = mint(mutation="rsa-same-number", with_={"form": form})
    n = rsa_key.public_key.public_numbers().n
    number = int.from_bytes(signature(forged), "big")
    verifier, signed = jwt.get_algorithm_by_name("RS256"), forged.token.rpartition(".")[0].encode()
    assert verifier.verify(signed, rsa_key.public_key, (number % n).to_bytes(256, "big"))
    assert not verifier.verify(signed, rsa_key.public_key, signature(forged))


def test_only_rsa_has_such_numbers(mint: Mint, ec_key: SigningKey) -> None:
    with pytest.raises(JoseError, match="RSA key"):
        mint(signer=ec_key, mutation="rsa-same-number", with_={"form": "leading-zero"})
