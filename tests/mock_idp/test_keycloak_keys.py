"""The keys of a realm, as a real Keycloak 26.7.3 turns them: KEYCLOAK-26.7.3.md, rows 5, 6, 15, 16 and its rotation."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import jwt
import pytest
import requests
from cryptography.x509 import Version, load_der_x509_certificate
from idp_api import IssuerApi, MakeIssuer

GOOD = {"grant_type": "client_credentials", "client_id": "tasker-api", "client_secret": "x", "scope": "openid"}


@pytest.fixture
def keycloak(make_issuer: MakeIssuer) -> IssuerApi:
    return make_issuer("keycloak")


def post(issuer: IssuerApi, path: str, form: dict[str, str]) -> requests.Response:
    url = issuer.local(issuer.about["token_endpoint"]) + path
    return issuer.api.session.post(url, data=form, timeout=20)


def token(issuer: IssuerApi) -> str:
    return str(post(issuer, "", GOOD).json()["access_token"])


def active(issuer: IssuerApi, text: str) -> bool:
    return bool(post(issuer, "/introspect", {**GOOD, "token": text}).json()["active"])


def userinfo(issuer: IssuerApi, text: str) -> int:
    url = issuer.local(issuer.about["token_endpoint"].removesuffix("token") + "userinfo")
    return issuer.api.session.get(url, headers={"Authorization": f"Bearer {text}"}, timeout=20).status_code


def uses(issuer: IssuerApi) -> list[str]:
    return [key["use"] for key in issuer.jwks()["keys"]]


def test_the_encryption_key_may_come_first(keycloak: IssuerApi, make_issuer: MakeIssuer) -> None:
    """Both have the same priority, and their random ids decide; here it is the one that finds out keys[0]."""
    assert uses(keycloak) == ["enc", "sig"]
    assert uses(make_issuer("keycloak", options={"first_key": "sig"})) == ["sig", "enc"]


def test_declared_keys_stand_as_they_are_declared(make_issuer: MakeIssuer) -> None:
    """Whatever their state."""
    keys = [{"name": name, "state": state} for name, state in (("a", "previous"), ("b", "current"), ("c", "previous"))]
    issuer = make_issuer("keycloak", algorithm="ES256", keys=keys)
    kids = {one["name"]: one["kid"] for one in issuer.ok("GET", "/keys")["keys"]}
    assert issuer.kids() == [kids[name] for name in "abc"]


def test_a_fresh_key_comes_first_and_the_others_stay(keycloak: IssuerApi) -> None:
    """Its priority is higher: [new, enc, old]."""
    before = keycloak.kids()
    fresh = keycloak.ok("POST", "/rotate")["signing"]
    assert keycloak.kids() == [fresh, *before]


def test_a_passive_key_keeps_its_place(make_issuer: MakeIssuer) -> None:
    """Whoever signs."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    issuer.ok("POST", "/rotate")
    before = issuer.kids()
    issuer.ok("PATCH", f"/keys/{before[2]}", {"state": "current"})
    assert issuer.kids() == before


def test_a_key_that_does_not_sign_comes_last(make_issuer: MakeIssuer) -> None:
    """A provider of a lower priority."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    added = issuer.ok("POST", "/keys", {"state": "previous"})["kid"]
    assert issuer.kids()[-1] == added


@pytest.mark.parametrize(("priority", "place"), [(200, 0), (100, 2), (50, 2)])
def test_a_key_may_say_its_priority(make_issuer: MakeIssuer, priority: int, place: int) -> None:
    """In front of those of the start, or behind them; a reset keeps what was said at the start."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    added = issuer.ok("POST", "/keys", {"state": "previous", "priority": priority})["kid"]
    assert issuer.kids()[place] == added
    keys = [{"name": "low", "priority": -1}, {"name": "high", "state": "previous", "priority": 1}]
    other = make_issuer("keycloak", algorithm="ES256", keys=keys)
    before = other.kids()
    assert [one["name"] for one in other.ok("GET", "/keys")["keys"] if one["kid"] == before[0]] == ["high"]
    other.ok("POST", "/reset")
    assert other.kids() == before


def test_a_reset_brings_the_order_back(make_issuer: MakeIssuer) -> None:
    """And the keys."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    before = issuer.kids()
    issuer.ok("POST", "/rotate")
    issuer.ok("POST", "/reset")
    assert issuer.kids() == before


def test_a_disabled_key_is_as_good_as_none(make_issuer: MakeIssuer) -> None:
    """Its tokens are inactive and bring no user; enabled again, all is as before."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    old = token(issuer)
    kid = jwt.get_unverified_header(old)["kid"]
    issuer.ok("POST", "/rotate")
    assert (active(issuer, old), userinfo(issuer, old)) == (True, 200)
    issuer.ok("PATCH", f"/keys/{kid}", {"state": "retired"})
    assert (active(issuer, old), userinfo(issuer, old)) == (False, 401)
    issuer.ok("PATCH", f"/keys/{kid}", {"state": "previous"})
    assert (active(issuer, old), userinfo(issuer, old)) == (True, 200)


def test_elsewhere_a_retired_key_is_only_no_longer_published(make_issuer: MakeIssuer) -> None:
    """What it has signed stays known."""
    issuer = make_issuer("custom", algorithm="ES256")
    text = issuer.mint()
    issuer.ok("POST", "/rotate")
    issuer.ok("PATCH", f"/keys/{jwt.get_unverified_header(text)['kid']}", {"state": "retired"})
    url = issuer.local(issuer.get("discovery_url").json()["introspection_endpoint"])
    said = issuer.api.session.post(url, data={"client_id": "a", "client_secret": "b", "token": text}, timeout=20)
    assert said.json()["active"]


def test_a_refresh_token_outlives_the_key(make_issuer: MakeIssuer) -> None:
    """It is signed with another one, which nobody sees."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    form = {**GOOD, "grant_type": "password", "username": "ann", "password": "x"}
    first = post(issuer, "", form).json()
    issuer.ok("POST", "/rotate")
    kid = jwt.get_unverified_header(first["access_token"])["kid"]
    issuer.ok("PATCH", f"/keys/{kid}", {"state": "retired"})
    again = post(issuer, "", {**GOOD, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    assert again.status_code == 200


def test_a_hint_of_a_disabled_key_is_refused(make_issuer: MakeIssuer) -> None:
    """400, where it would end the session before."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    hint = post(issuer, "", GOOD).json()["id_token"]
    issuer.ok("POST", "/rotate")
    issuer.ok("PATCH", f"/keys/{jwt.get_unverified_header(hint)['kid']}", {"state": "retired"})
    url = issuer.local(issuer.about["token_endpoint"].removesuffix("token") + "logout")
    assert issuer.api.session.get(url, params={"id_token_hint": hint}, timeout=20).status_code == 400


@pytest.mark.parametrize("state", ["previous", "retired", "revoked"])
def test_a_key_is_made_where_none_signs(make_issuer: MakeIssuer, state: str) -> None:
    """At the next token; it stands last, and signs until another one does."""
    issuer = make_issuer("keycloak", algorithm="ES256")
    old = issuer.ok("POST", "/tokens", {})["kid"]
    issuer.ok("PATCH", f"/keys/{old}", {"state": state})
    kid = jwt.get_unverified_header(token(issuer))["kid"]
    names = {one["kid"]: one["name"] for one in issuer.ok("GET", "/keys")["keys"]}
    assert (kid, names[kid]) == (issuer.kids()[-1], "fallback-ES256")
    assert jwt.get_unverified_header(token(issuer))["kid"] == kid
    if state != "revoked":
        issuer.ok("PATCH", f"/keys/{old}", {"state": "current"})
        assert jwt.get_unverified_header(token(issuer))["kid"] == old
        assert kid in issuer.kids()


def test_elsewhere_nothing_signs_then(make_issuer: MakeIssuer) -> None:
    """503, as the mock has no better answer."""
    issuer = make_issuer("custom", algorithm="ES256")
    kid = issuer.ok("POST", "/tokens", {})["kid"]
    issuer.ok("PATCH", f"/keys/{kid}", {"state": "retired"})
    answer = issuer.api.session.post(issuer.local(issuer.about["token_endpoint"]), data=GOOD, timeout=20)
    assert answer.status_code == 503


def certificates(issuer: IssuerApi) -> list[Any]:
    return [load_der_x509_certificate(base64.b64decode(key["x5c"][0])) for key in issuer.jwks()["keys"]]


def test_certificates_are_of_the_first_version(keycloak: IssuerApi) -> None:
    """Without extensions, and with a time in milliseconds as their number; their signature is good."""
    for certificate in certificates(keycloak):
        assert (certificate.version, len(certificate.extensions)) == (Version.v1, 0)
        assert certificate.serial_number.bit_length() == 41
        certificate.verify_directly_issued_by(certificate)


def test_elsewhere_certificates_are_of_the_third(make_issuer: MakeIssuer) -> None:
    """Auth0's, for one."""
    assert {one.version for one in certificates(make_issuer("auth0"))} == {Version.v3}


@pytest.mark.parametrize(("algorithm", "own"), [("ES256", ["crv", "x", "y"]), ("EdDSA", ["crv", "x"])])
def test_only_rsa_keys_have_a_certificate(make_issuer: MakeIssuer, algorithm: str, own: list[str]) -> None:
    """Others are no more than themselves."""
    keys = make_issuer("keycloak", algorithm=algorithm).jwks()["keys"]
    assert [list(key) for key in keys if key["kty"] != "RSA"] == [["kid", "kty", "alg", "use", *own]]


def test_ids_are_no_uuids(keycloak: IssuerApi) -> None:
    """They look like one, with chance where the version is."""
    ids = [keycloak.ok("POST", "/tokens", {})["claims"]["jti"].partition(":")[2] for _ in range(40)]
    assert {uuid.UUID(one).version for one in ids} - {4}
