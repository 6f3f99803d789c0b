"""ECDSA signatures at the edges, against PyJWT and the curve itself."""

from collections.abc import Callable
from typing import get_args

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken
from mock_idp.jose.keys import SigningKey, generate_key
from mock_idp.jose.mutations.ecdsa import CURVE_ORDERS, EcdsaForm

Mint = Callable[..., ForgedToken]

CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
WIDTHS = {"ES256": 32, "ES384": 48, "ES512": 66}


def signature(forged: ForgedToken) -> bytes:
    return b64url_decode(forged.token.split(".")[2])


@pytest.mark.parametrize("alg", CURVES)
def test_n_is_the_order_of_the_curve(alg: str) -> None:
    """n-1 is the largest private key the library accepts, n is refused."""
    curve = CURVES[alg]
    n = CURVE_ORDERS[curve.name]
    ec.derive_private_key(n - 1, curve)
    with pytest.raises(ValueError, match=r"."):
        ec.derive_private_key(n, curve)


@pytest.mark.parametrize("alg", CURVES)
@pytest.mark.parametrize(("form", "r", "s"), [("r0-s0", 0, 0), ("rn-sn", "n", "n"), ("r1-sn", 1, "n"), ("r1-s1", 1, 1)])
def test_r_and_s_are_the_numbers_of_the_name(form: str, r: int | str, s: int | str, alg: str, mint: Mint) -> None:
    """The signature is r and s, each as wide as the curve's order."""
    raw = signature(mint(signer=generate_key(alg), mutation="ecdsa-edge", with_={"form": form}))
    n = CURVE_ORDERS[CURVES[alg].name]
    numbers = int.from_bytes(raw[: WIDTHS[alg]], "big"), int.from_bytes(raw[WIDTHS[alg] :], "big")
    assert len(raw) == 2 * WIDTHS[alg]
    assert numbers == (n if r == "n" else r, n if s == "n" else s)


@pytest.mark.parametrize(("form", "length"), [("65-bytes", 65), ("63-bytes", 63)])
def test_a_wrong_length_has_the_length_of_its_name(form: str, length: int, mint: Mint, ec_key: SigningKey) -> None:
    """The signature is one byte too long or too short for P-256."""
    forged = mint(signer=ec_key, mutation="ecdsa-edge", with_={"form": form})
    assert len(signature(forged)) == length


def test_a_byte_too_many_is_all_that_is_wrong(mint: Mint, ec_key: SigningKey) -> None:
    """Without its last byte the 65-byte signature is a good one."""
    forged = mint(signer=ec_key, mutation="ecdsa-edge", with_={"form": "65-bytes"})
    verifier = jwt.get_algorithm_by_name("ES256")
    signed = forged.token.rpartition(".")[0].encode()
    assert verifier.verify(signed, ec_key.public_key, signature(forged)[:-1])


def test_a_rewritten_signature_is_the_right_one(mint: Mint, ec_key: SigningKey) -> None:
    """In DER, with two zero bytes, and the other way round."""
    made = {
        form: mint(signer=ec_key, mutation="ecdsa-edge", with_={"form": form})
        for form in ("der", "zeros-before-both", "swapped")
    }
    signed = made["der"].token.rpartition(".")[0].encode()
    ec_key.public_key.verify(signature(made["der"]), signed, ec.ECDSA(hashes.SHA256()))
    spaced, swapped = signature(made["zeros-before-both"]), signature(made["swapped"])
    verifier = jwt.get_algorithm_by_name("ES256")
    assert (spaced[0], spaced[33], len(spaced)) == (0, 0, 66)
    assert verifier.verify(signed, ec_key.public_key, spaced[1:33] + spaced[34:])
    assert verifier.verify(signed, ec_key.public_key, swapped[32:] + swapped[:32])


@pytest.mark.parametrize("form", get_args(EcdsaForm))
def test_an_edge_signature_is_refused(form: str, mint: Mint, ec_key: SigningKey) -> None:
    """PyJWT refuses every form."""
    token = mint(signer=ec_key, mutation="ecdsa-edge", with_={"form": form}).token
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.api_jws.decode(token, ec_key.public_key, algorithms=["ES256"])


def test_only_ecdsa_has_these_edges(mint: Mint) -> None:
    """An RSA key is refused, naming what is needed."""
    with pytest.raises(JoseError, match="ES256") as caught:
        mint(mutation="ecdsa-edge", with_={"form": "r0-s0"})
    assert caught.value.code == "key_mismatch"
