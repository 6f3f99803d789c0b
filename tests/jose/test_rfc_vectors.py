"""The examples printed in the RFCs come out byte for byte."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.encoding import b64url_decode, b64url_encode
from mock_idp.jose.forge import forge
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.public_jwk import PublicJwk
from mock_idp.jose.signing import hmac_sign
from mock_idp.jose.token_spec import TokenSpec

# RFC 7515 appendix A: the same payload in A.1, A.2, A.3 and A.5.
PAYLOAD = '{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}'
PAYLOAD_SEGMENT = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

A1_KEY = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"

A2_N = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR"
    "T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB"
    "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia"
    "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
)
A2_D = (
    "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46su"
    "i395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4"
    "qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB"
    "4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ"
)
A2_SIGNATURE = (
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9"
    "uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
    "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq"
    "Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
)

RFC8037_D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"


def number(text: str) -> int:
    return int.from_bytes(b64url_decode(text), "big")


@pytest.fixture(scope="module")
def a2_key() -> SigningKey:
    """The RSA key of RFC 7515 appendix A.2.1."""
    n, e, d = number(A2_N), 65537, number(A2_D)
    p, q = rsa.rsa_recover_prime_factors(n, e, d)
    numbers = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(e, n),
    )
    return SigningKey(numbers.private_key(), "RS256", "a2")


@pytest.fixture(scope="module")
def rfc8037_key() -> SigningKey:
    """The Ed25519 key of RFC 8037 appendix A.1."""
    return SigningKey(ed25519.Ed25519PrivateKey.from_private_bytes(b64url_decode(RFC8037_D)), "EdDSA", "a1")


def token(key: SigningKey, header: str, payload: str, **options: object) -> str:
    spec = TokenSpec.from_json({"header_text": header, "payload": payload, **options})
    return forge(spec, base_claims={}, base_header={}, key=key, now=0).token


def test_hs256_of_rfc_7515_a1() -> None:
    """The HS256 signature of RFC 7515 A.1 is the one printed there."""
    header = b64url_encode(b'{"typ":"JWT",\r\n "alg":"HS256"}')
    mac = hmac_sign(b64url_decode(A1_KEY), find_algorithm("HS256"), f"{header}.{PAYLOAD_SEGMENT}".encode())
    assert b64url_encode(mac) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_rs256_of_rfc_7515_a2(a2_key: SigningKey) -> None:
    """The RS256 token of RFC 7515 A.2 is the one printed there."""
    expected = f"eyJhbGciOiJSUzI1NiJ9.{PAYLOAD_SEGMENT}.{A2_SIGNATURE}"
    assert token(a2_key, '{"alg":"RS256"}', PAYLOAD) == expected


def test_jwk_of_rfc_7515_a2(a2_key: SigningKey) -> None:
    """The public members of the key of RFC 7515 A.2 are the ones printed there."""
    assert a2_key.public_jwk(["kty", "n", "e"]) == {"kty": "RSA", "n": A2_N, "e": "AQAB"}


def test_jwk_of_rfc_7515_a3() -> None:
    """The public members of the P-256 key of RFC 7515 A.3 are the ones printed there."""
    private_key = ec.derive_private_key(number("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"), ec.SECP256R1())
    assert SigningKey(private_key, "ES256", "a3").public_jwk(["kty", "crv", "x", "y"]) == {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }


def test_unsecured_token_of_rfc_7515_a5(a2_key: SigningKey) -> None:
    """The unsecured token of RFC 7515 A.5 is what `alg-none` makes of A.2."""
    unsecured = token(a2_key, '{"alg":"RS256"}', PAYLOAD, mutation="alg-none")
    assert unsecured == f"eyJhbGciOiJub25lIn0.{PAYLOAD_SEGMENT}."


def test_thumbprint_of_rfc_7638() -> None:
    """The RSA thumbprint of RFC 7638 section 3.1 is the one printed there."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi"
        "FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb"
        "9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls"
        "1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    jwk = PublicJwk("RSA", "2011-04-29", "sig", "RS256", (("n", n), ("e", "AQAB")))
    assert jwk.thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_thumbprint_of_rfc_8037_a3(rfc8037_key: SigningKey) -> None:
    """The OKP thumbprint of RFC 8037 A.3 is the one printed there."""
    assert rfc8037_key.public().thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_jwk_of_rfc_8037_a2(rfc8037_key: SigningKey) -> None:
    """The public JWK of RFC 8037 A.2 is the one printed there."""
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert rfc8037_key.public_jwk(["kty", "crv", "x"]) == {"kty": "OKP", "crv": "Ed25519", "x": x}


def test_eddsa_of_rfc_8037_a4(rfc8037_key: SigningKey) -> None:
    """The EdDSA token of RFC 8037 A.4 is the one printed there."""
    assert token(rfc8037_key, '{"alg":"EdDSA"}', "Example of Ed25519 signing") == (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
