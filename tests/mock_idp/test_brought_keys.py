"""Keys that people bring along, and what becomes of a key's kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from idp_api import IssuerApi, MakeIssuer

from mock_idp.errors import MockIdpError
from mock_idp.jose.errors import JoseError
from mock_idp.jose.key_spec import KeySettings
from mock_idp.run.settings_file import read_issuers, read_settings

RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP384R1())
ED25519 = ed25519.Ed25519PrivateKey.generate()
ED448 = ed448.Ed448PrivateKey.generate()


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return str(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())


RSA_JWK: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA))
EC_JWK: dict[str, Any] = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC)), "kid": "mine", "alg": "ES384"}
OKP_JWK: dict[str, Any] = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(ED448))
PLAIN_RSA = {name: RSA_JWK[name] for name in ("kty", "n", "e", "d")}


def verified(issuer: IssuerApi, key: Any, algorithm: str) -> dict[str, Any]:
    """The claims of a token, by the public half that its owner has kept; nothing is fetched."""
    claims: dict[str, Any] = jwt.decode(issuer.mint(), key.public_key(), algorithms=[algorithm], audience="tasker-api")
    return claims


@pytest.mark.parametrize(
    ("given", "key", "algorithm"),
    [
        (pem(RSA), RSA, "RS256"),
        (pem(RSA, PrivateFormat.TraditionalOpenSSL), RSA, "RS256"),
        (pem(RSA).replace("\n", "\\n"), RSA, "RS256"),
        (RSA_JWK, RSA, "RS256"),
        (PLAIN_RSA, RSA, "RS256"),
        ({**RSA_JWK, "alg": "PS512"}, RSA, "PS512"),
        (json.dumps(RSA_JWK), RSA, "RS256"),
        (pem(EC), EC, "ES384"),
        (pem(EC, PrivateFormat.TraditionalOpenSSL), EC, "ES384"),
        (EC_JWK, EC, "ES384"),
        (pem(ED25519), ED25519, "EdDSA"),
        (pem(ED448), ED448, "EdDSA"),
        (OKP_JWK, ED448, "EdDSA"),
        ({"keys": [RSA_JWK, EC_JWK]}, RSA, "RS256"),
        ([{**EC_JWK, "use": "enc"}, RSA_JWK], RSA, "RS256"),
        (pem(EC) + pem(RSA), EC, "ES384"),
    ],
)
def test_a_key_of_ones_own_signs(make_issuer: MakeIssuer, given: Any, key: Any, algorithm: str) -> None:
    """Whatever form it comes in: a service that knows the public half accepts the tokens."""
    issuer = make_issuer("auth0", private_keys=given)
    assert verified(issuer, key, algorithm)["iss"] == issuer.about["issuer"]
    assert jwt.get_unverified_header(issuer.mint())["kid"] in issuer.kids()


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "entra", "cognito", "google", "custom"])
def test_the_same_kid_after_a_restart(make_issuer: MakeIssuer, style: str) -> None:
    """And at a second server with the same key, although the vendor's kids are made up."""
    kids = {make_issuer(style, private_keys=pem(RSA)).about["keys"][0]["kid"] for _ in range(2)}
    assert len(kids) == 1


def test_what_a_jwk_says_of_itself(make_issuer: MakeIssuer) -> None:
    """Its kid, algorithm and use count; what is said beside it counts more."""
    issuer = make_issuer(
        "custom", keys=[{"private_key": EC_JWK}, {"private_key": RSA_JWK, "kid": "x", "state": "next"}]
    )
    assert [(key["kid"], key["algorithm"]) for key in issuer.about["keys"]] == [("mine", "ES384"), ("x", "RS256")]
    named = make_issuer("custom", keys=[{"private_key": EC_JWK, "kid": "other"}])
    assert named.kids() == ["other"]


def test_several_keys(make_issuer: MakeIssuer) -> None:
    """The first one that signs does, the others are published, one for encryption never signs."""
    given = [{**EC_JWK, "use": "enc", "alg": "ECDH-ES"}, RSA_JWK, {**OKP_JWK, "kid": "third"}]
    keys = make_issuer("custom", private_keys=given).about["keys"]
    assert [(key["use"], key["state"]) for key in keys] == [
        ("enc", "previous"),
        ("sig", "current"),
        ("sig", "previous"),
    ]


def test_a_key_that_is_added(issuer: IssuerApi) -> None:
    """Hidden unless a state is named, as any other; it is not given out again."""
    issuer.ok("POST", "/keys", {"private_key": pem(RSA), "name": "own"})
    spec = {"key": "own", "alg": "RS256"}
    token = issuer.ok("POST", "/tokens", spec)["token"]
    jwt.decode(token, RSA.public_key(), algorithms=["RS256"], audience="tasker-api")
    assert issuer.refused("GET", "/keys/own/private.pem") == (409, "no_private_pem", "key")


@pytest.mark.parametrize(
    "given",
    [
        "my.pem",
        "",
        "{",
        {},
        {"keys": []},
        [1],
        {"kty": "RSA"},
        {"kty": "oct", "k": "AAAA"},
        {**RSA_JWK, "d": RSA_JWK["e"]},
        {**EC_JWK, "d": "AQ"},
        {**EC_JWK, "crv": "P-111"},
        {**EC_JWK, "x": 1},
        RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode(),
        pem(ec.generate_private_key(ec.SECP256K1())),
        [{**EC_JWK, "use": "enc"}],
    ],
)
def test_what_is_no_key(issuer: IssuerApi, given: Any) -> None:
    """It is refused in a sentence that shows nothing of it; a path is none, as callers name no files of the server."""
    answer = issuer.api.call("POST", "/issuers", {"style": "custom", "private_keys": given})
    assert (answer.status_code, answer.json()["field"]) == (400, "private_keys")
    assert RSA_JWK["n"][:20] not in answer.text
    assert EC_JWK["x"][:20] not in answer.text


@pytest.mark.parametrize("given", [pem(EC) + pem(RSA), {"keys": [EC_JWK, RSA_JWK]}], ids=["pem", "set"])
def test_one_key_has_its_place(issuer: IssuerApi, given: Any) -> None:
    """Of several none is chosen for the caller."""
    spec = {"private_key": given if isinstance(given, str) else json.dumps(given)}
    answer = issuer.api.call("POST", f"/issuers/{issuer.about['id']}/keys", spec)
    assert (answer.status_code, answer.json()["field"]) == (400, "private_key")
    assert "These are 2 keys" in answer.text


def test_said_twice(issuer: IssuerApi) -> None:
    """The keys of the start come from one place."""
    spec = {"style": "custom", "private_keys": pem(EC), "keys": [{}]}
    assert issuer.api.refused("POST", "/issuers", spec) == (400, "invalid_field", "private_keys")


def test_no_repr_shows_it() -> None:
    """What is logged of settings has no private key."""
    assert pem(EC) not in repr(KeySettings(private_key=pem(EC)))


def test_from_files_and_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path starts from the folder of the file that names it; a variable is read when the file is."""
    (tmp_path / "own.pem").write_text(pem(EC))
    (tmp_path / "set.json").write_text(json.dumps({"keys": [EC_JWK, RSA_JWK]}))
    monkeypatch.setenv("OWN_KEY", pem(RSA).replace("\n", "\\n"))
    file = tmp_path / "issuers.toml"
    file.write_text(
        "[[issuers]]\nid='a'\nstyle='okta'\n[[issuers.keys]]\nkid='dev'\nprivate_key='own.pem'\n"
        "[[issuers.keys]]\nprivate_key='env:OWN_KEY'\nstate='next'\n"
        "[[issuers]]\nid='b'\nstyle='okta'\nprivate_keys='set.json'\n"
    )
    first, second = read_issuers(file)
    assert first.keys is not None
    assert second.keys is not None
    assert [(key.kid, key.state) for key in first.keys] == [("dev", "current"), (None, "next")]
    assert [key.state for key in second.keys] == ["current", "previous"]
    config = tmp_path / "config.toml"
    config.write_text("private_keys = 'own.pem'\n")
    assert read_settings(config)["private_keys"] == pem(EC)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("private_keys='nowhere.pem'", "private_keys: The file .*nowhere.pem"),
        ("private_keys='env:NO_SUCH_KEY'", "There is no variable 'NO_SUCH_KEY'"),
        ("keys=[{private_key='here.toml'}]", "keys.0.private_key: This begins like JSON"),
    ],
)
def test_a_file_that_names_no_key(tmp_path: Path, line: str, sentence: str) -> None:
    """The message says where, with the line."""
    file = tmp_path / "here.toml"
    file.write_text(f"[[issuers]]\nid='a'\nstyle='okta'\n{line}\n")
    with pytest.raises(MockIdpError, match=rf"here.toml:\d: .*{sentence}|here.toml:\d: {sentence}"):
        read_issuers(file)


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ({"members": ["kty", "kid", "n", "e"]}, {"kty": "RSA"}),
        ({"members": ["kty", "kid", "x5t", "n", "e"], "bits": 1024, "exponent": 3}, {"e": "Aw"}),
        ({"algorithm": "PS384"}, {"alg": "PS384"}),
        ({"algorithm": "ES512"}, {"crv": "P-521"}),
        ({"algorithm": "EdDSA", "curve": "Ed448"}, {"crv": "Ed448", "alg": "EdDSA"}),
        ({"algorithm": "Ed25519"}, {"crv": "Ed25519", "alg": "Ed25519"}),
        ({"private_key": EC_JWK}, {"crv": "P-384", "alg": "ES384"}),
    ],
)
@pytest.mark.parametrize("habit", ["immediate", "prepublished"])
def test_a_rotation_changes_the_key_and_not_its_kind(
    make_issuer: MakeIssuer, habit: str, spec: dict[str, Any], kind: dict[str, str]
) -> None:
    """Size, exponent, members, algorithm and curve stay; that which signs after it is like that which signed before."""
    issuer = make_issuer("custom", keys=[spec])
    before = issuer.jwks()["keys"]
    for _ in range(2):
        issuer.ok("POST", "/rotate", {"habit": habit})
    after = issuer.jwks()["keys"]
    assert {tuple(key) for key in after} == {tuple(before[0])}
    assert {len(key.get("n", "")) for key in after} == {len(before[0].get("n", ""))}
    assert all(key[name] == value for key in after for name, value in kind.items())
    assert len({key["kid"] for key in after}) == len(after)


def test_an_announced_key_of_another_kind(make_issuer: MakeIssuer) -> None:
    """A migration goes on: what is announced next is like what signs now, and not like what has signed."""
    issuer = make_issuer("okta", keys=[{}, {"algorithm": "ES256", "state": "next"}])
    issuer.ok("POST", "/rotate", {})
    states = {key["state"]: key["algorithm"] for key in issuer.ok("GET", "/keys")["keys"]}
    assert states == {"previous": "RS256", "current": "ES256", "next": "ES256"}


@pytest.mark.parametrize(("algorithm", "curve"), [("Ed25519", "Ed25519"), ("Ed448", "Ed448"), ("EdDSA", "Ed25519")])
def test_edwards_curves_by_name(make_issuer: MakeIssuer, algorithm: str, curve: str) -> None:
    """RFC 9864 section 2.2; an ID token has its hash of what is inside of the curve."""
    issuer = make_issuer("custom", algorithm=algorithm)
    key = issuer.jwks()["keys"][0]
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", curve, algorithm)
    form = {"grant_type": "password", "username": "ann", "password": "x", "client_id": "app", "scope": "openid"}
    url = issuer.local(issuer.about["token_endpoint"])
    tokens = issuer.api.session.post(url, data={**form, "client_secret": "s"}).json()
    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == algorithm
    assert len(jwt.decode(tokens["id_token"], options={"verify_signature": False})["at_hash"]) == (
        76 if algorithm == "Ed448" else 43
    )
    answer = issuer.api.session.get(
        url.replace("/token", "/userinfo"), headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert answer.status_code == 200, answer.text


def test_too_much() -> None:
    """A text of keys has an end."""
    from mock_idp.jose.brought_keys import MAX_BYTES, each_key

    with pytest.raises(JoseError, match="up to"):
        each_key("x" * (MAX_BYTES + 1))
