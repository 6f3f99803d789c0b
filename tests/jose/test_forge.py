"""The forge makes the token a spec describes."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_idp.jose.algorithms import ALGORITHMS, SIGNING_ALGORITHMS
from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.forge import ForgedToken, forge
from mock_idp.jose.keys import SigningKey, generate_key
from mock_idp.jose.token_spec import TokenSpec

Mint = Callable[..., ForgedToken]
Claims = dict[str, Any]

unhurried = settings(deadline=None, database=None)

json_objects = st.dictionaries(
    st.text(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def verified(forged: ForgedToken, key: SigningKey, algorithm: str | None = None) -> dict[str, Any]:
    """The claims PyJWT reads after checking the signature, and nothing but the signature."""
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    options |= {"verify_sub": False, "verify_jti": False, "verify_iss": False}
    algorithms = [algorithm or key.algorithm.name]
    return jwt.decode(forged.token, key.public_key, algorithms=algorithms, options=options)


def parts(forged: ForgedToken) -> tuple[bytes, bytes]:
    header, payload, _ = forged.token.split(".")
    return b64url_decode(header), b64url_decode(payload)


def test_the_plain_token_is_the_providers(mint: Mint, rsa_key: SigningKey, base_claims: Claims) -> None:
    """Without differences the token holds the provider's claims, and verifies."""
    forged = mint()
    assert verified(forged, rsa_key) == base_claims == forged.claims


def test_the_header_keeps_the_providers_order(mint: Mint) -> None:
    """alg and kid are filled in where the provider marked their place."""
    header, _ = parts(mint())
    assert header == b'{"alg":"RS256","typ":"JWT","kid":"k1"}'


def test_alg_and_kid_come_without_a_mark(rsa_key: SigningKey) -> None:
    """A provider that marks no place gets alg and kid at the end of its header."""
    forged = forge(TokenSpec(), base_claims={}, base_header={"typ": "JWT"}, key=rsa_key, now=0)
    assert list(forged.header.items()) == [("typ", "JWT"), ("alg", "RS256"), ("kid", "k1")]


def test_what_is_reported_is_what_is_in_the_token(mint: Mint) -> None:
    """The header and claims of the answer are those of the token."""
    forged = mint(claims={"a": [1, {"ä": None}]}, header={"x": True})
    header, payload = parts(forged)
    assert (json.loads(header), json.loads(payload)) == (forged.header, forged.claims)


@pytest.mark.parametrize("algorithm", SIGNING_ALGORITHMS)
def test_every_algorithm_makes_a_good_token(
    algorithm: str, mint: Mint, rsa_key: SigningKey, base_claims: Claims
) -> None:
    """A token by a key of any algorithm verifies, and the header names the algorithm."""
    is_rsa = ALGORITHMS[algorithm].family == "RSA"
    key = SigningKey(rsa_key.private_key, algorithm, "k") if is_rsa else generate_key(algorithm, kid="k")
    forged = mint(signer=key)
    assert (forged.header["alg"], forged.header["kid"], forged.kid) == (algorithm, "k", "k")
    if algorithm in ("Ed25519", "Ed448"):  # PyJWT 2.15.1 doesn't know these names of RFC 9864 yet.
        forged, algorithm = mint(signer=key, header={"alg": "EdDSA"}), "EdDSA"
    assert verified(forged, key, algorithm) == base_claims


def test_alg_signs_and_says_so(mint: Mint, rsa_key: SigningKey, base_claims: Claims) -> None:
    """`alg` signs with another algorithm of the key and names it in the header."""
    forged = mint(alg="PS384")
    assert forged.header["alg"] == "PS384"
    assert verified(forged, rsa_key, "PS384") == base_claims


@pytest.mark.parametrize("alg", ["ES256", "HS256"])
def test_an_alg_the_key_cannot_is_refused(alg: str, mint: Mint) -> None:
    """`alg` must fit the key; the error says where to look."""
    with pytest.raises(JoseError) as caught:
        mint(alg=alg)
    assert (caught.value.code, caught.value.field) == ("key_mismatch", "alg")


def test_the_header_may_lie(mint: Mint) -> None:
    """Header members replace what the forge wrote: alg, kid, and new ones of any type."""
    forged = mint(header={"alg": "HS256", "kid": ["k1"], "crit": ["exp"]})
    assert forged.header == {"alg": "HS256", "typ": "JWT", "kid": ["k1"], "crit": ["exp"]}


def test_a_lying_header_is_still_signed(mint: Mint, rsa_key: SigningKey, base_claims: Claims) -> None:
    """The signature covers the header as it is, by the key and algorithm that were asked for."""
    forged = mint(header={"kid": "k2"})
    assert verified(forged, rsa_key) == base_claims
    assert (forged.header["kid"], forged.kid) == ("k2", "k1")


def test_header_members_can_be_left_out(mint: Mint) -> None:
    """A member in header_without is absent, and an absent one does no harm."""
    assert mint(header_without=["kid", "typ", "nope"]).header == {"alg": "RS256"}


@unhurried
@given(claims=json_objects)
def test_any_claims_arrive(claims: dict[str, Any], mint: Mint, ec_key: SigningKey, base_claims: Claims) -> None:
    """Claims of any JSON value are in the verified token, over those of the provider."""
    forged = mint(signer=ec_key, claims=claims)
    assert verified(forged, ec_key) == base_claims | claims


def test_claims_can_be_left_out(mint: Mint, rsa_key: SigningKey) -> None:
    """A claim in `without` is absent."""
    assert "exp" not in verified(mint(without=["exp"]), rsa_key)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(300, b"1700000300"), (-5, b"1699999995"), (300.5, b"1700000300.5"), (300.0, b"1700000300.0")],
)
def test_times_are_seconds_from_now(seconds: float, expected: bytes, mint: Mint) -> None:
    """A whole number gives an integer NumericDate, a fraction a fraction."""
    _, payload = parts(mint(times={"exp": seconds}))
    assert b'"exp":' + expected in payload


def test_raw_claims_are_written_as_they_are(mint: Mint) -> None:
    """Raw text takes the claim's place unchecked, and the token is signed."""
    forged = mint(raw={"exp": "1e400", "x": "-0"})
    _, payload = parts(forged)
    assert payload == (b'{"iss":"https://issuer.test/","sub":"svc-1","exp":1e400,"permissions":["tasks:list"],"x":-0}')


def test_a_number_no_double_holds_is_reported_as_text(mint: Mint) -> None:
    """The answer about a raw token can be written as JSON."""
    assert mint(raw={"exp": "1e400"}).claims["exp"] == "1e400"


def test_members_can_repeat(mint: Mint, rsa_key: SigningKey) -> None:
    """raw_members are appended in order, duplicates included; a lenient reader sees the last."""
    forged = mint(raw_members=[["exp", "1"], ["exp", "2"]])
    _, payload = parts(forged)
    assert payload.endswith(b'"permissions":["tasks:list"],"exp":1,"exp":2}')
    assert verified(forged, rsa_key)["exp"] == forged.claims["exp"] == 2


@pytest.mark.parametrize("text", ["[]", "null", "", '{"a":1', '{"a":1}{"b":2}', "ä\x00"])
def test_the_payload_can_be_any_text(text: str, mint: Mint, rsa_key: SigningKey) -> None:
    """`payload` is the whole payload, and the signature over it is good."""
    forged = mint(payload=text)
    _, payload = parts(forged)
    assert payload == text.encode()
    assert jwt.api_jws.decode(forged.token, rsa_key.public_key, algorithms=["RS256"]) == payload


def test_the_payload_can_be_any_bytes(mint: Mint) -> None:
    """`payload_b64` is the whole payload as bytes that need not be UTF-8."""
    forged = mint(payload_b64="_wA")
    assert parts(forged)[1] == b"\xff\x00"
    assert forged.claims is None


@pytest.mark.parametrize("text", ['{"alg":"none","alg":"RS256","kid":"k1"}', "[]", '"RS256"', '{"alg":', "", " { } "])
def test_the_header_can_be_any_text(text: str, mint: Mint) -> None:
    """`header_text` is the whole header."""
    assert parts(mint(header_text=text))[0] == text.encode()


def test_the_header_can_be_any_bytes(mint: Mint) -> None:
    """`header_b64` is the whole header as bytes, such as UTF-16."""
    forged = mint(header_b64="ewB9AA")
    assert parts(forged)[0] == b"{\x00}\x00"


def test_a_raw_header_member_is_written_as_it_is(mint: Mint) -> None:
    """header_raw takes the member's place unchecked."""
    assert parts(mint(header_raw={"alg": "null"}))[0] == b'{"alg":null,"typ":"JWT","kid":"k1"}'


def test_a_header_of_raw_text_is_signed(mint: Mint, rsa_key: SigningKey, base_claims: Claims) -> None:
    """A verifier that reads the last of two alg members accepts the signature."""
    forged = mint(header_text='{"alg":"none","alg":"RS256"}')
    assert verified(forged, rsa_key) == base_claims


@pytest.mark.parametrize(("member", "field"), [("payload", "payload"), ("header_text", "header_text")])
def test_text_utf8_cannot_hold_is_refused(member: str, field: str, mint: Mint) -> None:
    """A lone surrogate in raw text is refused, naming the member."""
    with pytest.raises(JoseError) as caught:
        mint(**{member: "\ud800"})
    assert (caught.value.code, caught.value.field) == ("not_utf8", field)


def test_a_claim_json_cannot_hold_is_refused(mint: Mint) -> None:
    """Infinity in a claim is refused and pointed to `raw`."""
    with pytest.raises(JoseError, match="'raw'") as caught:
        mint(claims={"exp": float("inf")})
    assert (caught.value.code, caught.value.field) == ("not_json", "claims")


def test_the_forge_leaves_its_input_alone(rsa_key: SigningKey) -> None:
    """The provider's claims and header are the same after forging."""
    claims, header = {"exp": 1, "iss": "x"}, {"alg": "", "kid": ""}
    spec = TokenSpec.from_json({"times": {"exp": 5}, "without": ["iss"], "header_without": ["kid"]})
    forge(spec, base_claims=claims, base_header=header, key=rsa_key, now=0)
    assert (claims, header) == ({"exp": 1, "iss": "x"}, {"alg": "", "kid": ""})


def test_what_the_provider_places_is_not_the_forges(mint: Mint, base_claims: Claims) -> None:
    """permissions, subject, client_id, audience and kind change nothing here."""
    placed = mint(permissions=["x"], subject="s", client_id="c", audience="a", kind="user")
    assert placed.claims == base_claims


def test_a_repr_does_not_hold_the_token(mint: Mint) -> None:
    """The repr shows header and claims, never the signature."""
    forged = mint()
    assert forged.token.rsplit(".", 1)[1] not in repr(forged)
