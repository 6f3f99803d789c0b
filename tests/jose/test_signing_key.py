"""A signing key signs with what it can, and shows only its public half."""

import base64
import hashlib
from datetime import UTC, datetime

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from mock_idp.jose.algorithms import ALGORITHMS, SIGNING_ALGORITHMS, find_algorithm
from mock_idp.jose.certificates import CertificateProfile
from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey, generate_key
from mock_idp.jose.private_keys import generate_private_key

KEYCLOAK_MEMBERS = ["kid", "kty", "alg", "use", "x5c", "x5t", "x5t#S256", "n", "e"]
AUTH0_MEMBERS = ["alg", "e", "kid", "kty", "n", "use", "x5c", "x5t"]
OKTA_MEMBERS = ["kty", "alg", "kid", "use", "e", "n"]


def key_for(algorithm: str, rsa_key: SigningKey) -> SigningKey:
    if ALGORITHMS[algorithm].family == "RSA":
        return SigningKey(rsa_key.private_key, algorithm, "k")
    return generate_key(algorithm, kid="k")


@pytest.mark.parametrize("algorithm", SIGNING_ALGORITHMS)
def test_another_library_verifies_every_algorithm(algorithm: str, rsa_key: SigningKey) -> None:
    """PyJWT verifies the signature with nothing but the published JWK."""
    key = key_for(algorithm, rsa_key)
    # It doesn't know the names of RFC 9864 yet (2.15.1).
    name = "EdDSA" if algorithm in ("Ed25519", "Ed448") else algorithm
    public_key = jwt.PyJWK({**key.public_jwk(), "alg": name}).key
    verifier = jwt.get_algorithm_by_name(name)
    assert verifier.verify(b"data", public_key, key.sign(b"data"))
    assert not verifier.verify(b"other data", public_key, key.sign(b"data"))


def test_a_key_signs_with_another_algorithm_of_its_type(rsa_key: SigningKey) -> None:
    """An RS256 key signs PS512 when told to."""
    signature = rsa_key.sign(b"data", find_algorithm("PS512"))
    assert jwt.get_algorithm_by_name("PS512").verify(b"data", rsa_key.public_key, signature)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "HS256"])
def test_a_key_refuses_an_algorithm_of_another_type(algorithm: str, rsa_key: SigningKey) -> None:
    """An RSA key cannot sign with an elliptic or symmetric algorithm."""
    with pytest.raises(JoseError) as caught:
        rsa_key.sign(b"data", find_algorithm(algorithm))
    assert caught.value.code == "key_mismatch"


def test_a_curve_belongs_to_one_algorithm(ec_key: SigningKey) -> None:
    """A P-256 key cannot sign ES384 (RFC 7518 section 3.4)."""
    with pytest.raises(JoseError) as caught:
        ec_key.sign(b"data", find_algorithm("ES384"))
    assert caught.value.code == "key_mismatch"


def test_a_key_is_published_only_for_what_it_can_sign() -> None:
    """Material and algorithm must fit when the key is made."""
    with pytest.raises(JoseError) as caught:
        SigningKey(ec.generate_private_key(ec.SECP256R1()), "RS256", "k")
    assert (caught.value.code, caught.value.field) == ("key_mismatch", "algorithm")


def test_an_unknown_algorithm_is_named_with_the_nearest() -> None:
    """A misspelt algorithm is refused with a proposal."""
    with pytest.raises(JoseError, match="Did you mean 'RS256'") as caught:
        generate_key("RS265")
    assert caught.value.code == "unknown_algorithm"


def test_no_provider_key_is_symmetric() -> None:
    """A key for HS256 cannot be generated."""
    with pytest.raises(JoseError) as caught:
        generate_key("HS256")
    assert caught.value.code == "no_private_key"


@pytest.mark.parametrize(
    ("bits", "exponent", "field"),
    [(511, 65537, "bits"), (16_385, 3, "bits"), (2048, -1, "exponent"), (2048, 2**256, "exponent")],
)
def test_an_impossible_rsa_key_names_the_parameter(bits: int, exponent: int, field: str) -> None:
    """A size or exponent that cannot be made is refused by name."""
    with pytest.raises(JoseError) as caught:
        generate_private_key(find_algorithm("RS256"), bits=bits, exponent=exponent)
    assert (caught.value.code, caught.value.field) == ("bad_key_parameters", field)


@pytest.mark.parametrize("members", [KEYCLOAK_MEMBERS, AUTH0_MEMBERS, OKTA_MEMBERS])
def test_members_come_in_the_vendors_order(members: list[str], rsa_key: SigningKey) -> None:
    """The JWK has exactly the listed members in the listed order."""
    assert list(rsa_key.public_jwk(members)) == members


def test_an_elliptic_key_takes_the_place_of_the_rsa_parameters(ec_key: SigningKey) -> None:
    """In a vendor's RSA layout an EC key shows crv, x and y where n and e would begin."""
    assert list(ec_key.public_jwk(AUTH0_MEMBERS[:6])) == ["alg", "crv", "x", "y", "kid", "kty", "use"]


def test_an_edwards_key_has_no_y(okp_key: SigningKey) -> None:
    """An OKP key shows crv and x only (RFC 8037 section 2)."""
    assert list(okp_key.public_jwk(["kty", "crv", "x", "y"])) == ["kty", "crv", "x"]


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "k", "nn"])
def test_no_private_member_can_be_published(member: str, rsa_key: SigningKey) -> None:
    """A member that is private or unknown is refused by name."""
    with pytest.raises(JoseError, match=f"'{member}'") as caught:
        rsa_key.public_jwk(["kty", member])
    assert (caught.value.code, caught.value.field) == ("unknown_member", "members")


def test_the_certificate_holds_the_key_and_the_name() -> None:
    """x5c holds one self-signed certificate of this key with the vendor's CN and validity."""
    profile = CertificateProfile("tenant.eu.auth0.test", not_before=1_600_000_000, days=5000)
    key = generate_key("ES256", certificate=profile)
    certificate = x509.load_der_x509_certificate(base64.b64decode(key.public_jwk(["x5c"])["x5c"][0]))
    certificate.verify_directly_issued_by(certificate)
    assert certificate.public_key() == key.public_key
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "tenant.eu.auth0.test"
    assert certificate.not_valid_before_utc == datetime.fromtimestamp(1_600_000_000, UTC)
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 5000


def test_thumbprints_are_those_of_the_certificate(rsa_key: SigningKey) -> None:
    """x5t and x5t#S256 are the base64url hashes of the DER in x5c (RFC 7517 sections 4.8 and 4.9)."""
    jwk = rsa_key.public_jwk(["x5c", "x5t", "x5t#S256"])
    der = base64.b64decode(jwk["x5c"][0])
    for member, digest in (("x5t", hashlib.sha1(der)), ("x5t#S256", hashlib.sha256(der))):
        assert jwk[member] == base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def test_the_certificate_is_made_once(rsa_key: SigningKey) -> None:
    """Two JWKs of a key hold the same certificate."""
    assert rsa_key.public_jwk(["x5c"]) == rsa_key.public_jwk(["x5c"])


def test_an_edwards_key_has_a_certificate(okp_key: SigningKey) -> None:
    """Ed25519 keys can be published with x5c too."""
    certificate = x509.load_der_x509_certificate(base64.b64decode(okp_key.public_jwk(["x5c"])["x5c"][0]))
    certificate.verify_directly_issued_by(certificate)


def test_an_encryption_key_says_so(rsa_key: SigningKey) -> None:
    """The key beside the signing key is published with use enc and its own alg."""
    key = SigningKey(rsa_key.private_key, "RS256", "enc1", use="enc", published_alg="RSA-OAEP")
    assert key.public_jwk(["use", "alg"]) == {"use": "enc", "alg": "RSA-OAEP"}


def test_the_private_key_leaves_by_its_export_only(rsa_key: SigningKey) -> None:
    """The PEM export is the key; the repr holds nothing of it."""
    exported = load_pem_private_key(rsa_key.private_pem().encode(), None)
    assert exported.public_key() == rsa_key.public_key
    assert repr(rsa_key) == "SigningKey(kid='k1', algorithm='RS256', use='sig')"
