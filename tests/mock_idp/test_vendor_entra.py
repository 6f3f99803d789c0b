"""An Entra ID issuer looks like one. Facts: Microsoft's identity platform documentation and recorded answers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.x509.oid import NameOID
from fixture_facts import facts
from idp_api import IssuerApi, MakeIssuer

TENANT = "11111111-2222-4333-8444-555555555555"
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
QUICK = {"algorithm": "ES256", "keys": [{"state": "current"}]}


@pytest.fixture
def entra(make_issuer: MakeIssuer) -> IssuerApi:
    """An issuer with elliptic keys, which cost nothing to make."""
    return make_issuer("entra", algorithm="ES256", options={"tenant": TENANT})


def claims(issuer: IssuerApi, **spec: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/tokens", spec)["claims"])


def ask(issuer: IssuerApi, form: dict[str, str], path: str | None = None) -> requests.Response:
    """A token request; `path` is one below the base URL of the issuer instead."""
    url = issuer.about["token_endpoint"] if path is None else base(issuer) + path
    return issuer.api.session.post(issuer.local(url), data=form, timeout=20)


def base(issuer: IssuerApi) -> str:
    return str(issuer.about["jwks_uri"].split(f"/{issuer.about['options']['tenant']}/")[0])


def fetch(issuer: IssuerApi, path: str) -> requests.Response:
    return issuer.api.session.get(issuer.local(base(issuer) + path), timeout=20)


def test_paths(entra: IssuerApi) -> None:
    """Everything but the issuer has its version behind the tenant."""
    below = f"{base(entra)}/{TENANT}"
    assert entra.about["issuer"] == f"{below}/v2.0"
    assert entra.about["jwks_uri"] == f"{below}/discovery/v2.0/keys"
    assert entra.about["token_endpoint"] == f"{below}/oauth2/v2.0/token"
    assert entra.about["discovery_url"] == f"{below}/v2.0/.well-known/openid-configuration"


def test_jwk_members(make_issuer: MakeIssuer) -> None:
    """The members of a recorded key in their order, and no alg."""
    issuer = make_issuer("entra", options={"tenant": TENANT}, keys=[{"state": "current"}])
    assert [list(key) for key in issuer.jwks()["keys"]] == [facts("entra")["jwks_members"]["sig"]]


def test_several_keys_always(entra: IssuerApi) -> None:
    """A fresh tenant has five of them."""
    assert len(entra.kids()) == 5


def test_a_kid_is_the_thumbprint_of_its_certificate(entra: IssuerApi) -> None:
    """Kid and x5t are the SHA-1 of what x5c holds."""
    for key in entra.jwks()["keys"]:
        digest = hashlib.sha1(base64.b64decode(key["x5c"][0]), usedforsecurity=False).digest()
        assert key["kid"] == key["x5t"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert re.fullmatch(r"[A-Za-z0-9_-]{27}", key["kid"])


def test_certificate_name(entra: IssuerApi) -> None:
    """All certificates are those of Microsoft's access control service."""
    certificate = x509.load_der_x509_certificate(base64.b64decode(entra.jwks()["keys"][0]["x5c"][0]))
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert [name.value for name in names] == ["accounts.accesscontrol.windows.net"]


def test_the_keys_of_a_tenant_have_its_issuer(entra: IssuerApi) -> None:
    """The issuer member of each key is that of the discovery document."""
    assert {key["issuer"] for key in entra.jwks()["keys"]} == {entra.about["issuer"]}


def test_the_keys_of_all_tenants_have_several_issuers(make_issuer: MakeIssuer) -> None:
    """A literal {tenantid}, and the tenant of personal accounts."""
    issuer = make_issuer("entra", algorithm="ES256", options={"tenant": "common"})
    issuers = [urlsplit(key["issuer"]).path.rpartition("/v2.0")[0].rpartition("/")[2] for key in issuer.jwks()["keys"]]
    assert sorted(issuers) == [CONSUMERS, *["{tenantid}"] * 4]


def test_a_rotated_key_has_an_issuer(entra: IssuerApi) -> None:
    """Also keys that were made later say whose they are."""
    entra.ok("POST", "/rotate")
    assert {key["issuer"] for key in entra.jwks()["keys"]} == {entra.about["issuer"]}


def test_a_key_with_another_issuer(make_issuer: MakeIssuer) -> None:
    """A path follows the base URL, anything else stays as it is."""
    keys = [
        {"state": "current", "issuer": f"/{CONSUMERS}/v2.0"},
        {"state": "next", "issuer": "https://elsewhere.example"},
    ]
    issuer = make_issuer("entra", algorithm="ES256", options={"tenant": TENANT}, keys=keys)
    said = [key["issuer"] for key in issuer.jwks()["keys"]]
    assert said == [f"{base(issuer)}/{CONSUMERS}/v2.0", "https://elsewhere.example"]


def test_the_issuer_of_a_key_is_not_empty(make_issuer: MakeIssuer, api: Any) -> None:
    """An empty text is refused, and nothing is made."""
    body = {"style": "entra", "keys": [{"issuer": ""}]}
    assert api.refused("POST", "/issuers", body) == (400, "invalid_field", "keys.0.issuer")


def test_discovery_document(entra: IssuerApi) -> None:
    """The members of a recorded document, no more and no less."""
    document, recorded = entra.get("discovery_url").json(), facts("entra")
    assert list(document) == list(recorded["discovery_fields"])
    assert not set(recorded["discovery_fields_absent"]) & set(document)


def test_the_document_for_all_tenants_has_a_placeholder(make_issuer: MakeIssuer) -> None:
    """Its issuer holds {tenantid}, and no token has such an iss."""
    issuer = make_issuer("entra", **QUICK, options={"tenant": "common"})
    document = issuer.get("discovery_url").json()
    assert document["issuer"] == base(issuer) + "/{tenantid}/v2.0"
    assert document["tenant_region_scope"] is None
    said = claims(issuer)
    assert said["iss"] == f"{base(issuer)}/{said['tid']}/v2.0"


def test_the_older_document(entra: IssuerApi) -> None:
    """Without a version in its path, with the issuer of version 1.0 and a key set of its own address."""
    document = fetch(entra, f"/{TENANT}/.well-known/openid-configuration").json()
    assert document["issuer"] == f"{base(entra)}/{TENANT}/"
    assert entra.api.session.get(entra.local(document["jwks_uri"]), timeout=20).json() == entra.jwks()


def test_no_rfc_8414_document(entra: IssuerApi) -> None:
    """Neither below the issuer nor in front of its path."""
    path = urlsplit(entra.about["issuer"]).path
    assert fetch(entra, f"/{TENANT}/v2.0/.well-known/oauth-authorization-server").status_code == 404
    answer = entra.api.session.get(f"{entra.api.url}/.well-known/oauth-authorization-server{path}", timeout=20)
    assert answer.status_code == 404


def test_jwks_headers(entra: IssuerApi) -> None:
    """A day of caching, and a GUID that names the request."""
    headers = entra.get().headers
    assert headers["Cache-Control"] == "max-age=86400, private"
    assert headers["Access-Control-Allow-Methods"] == "GET, OPTIONS"
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["x-ms-request-id"])


def test_four_cookies(entra: IssuerApi) -> None:
    """The discovery document sets them, each in a header of its own."""
    cookies = entra.get("discovery_url").cookies
    assert {cookie.name for cookie in cookies} == {"fpc", "esctx", "x-ms-gateway-slice", "stsservicecookie"}


def test_token_header(entra: IssuerApi) -> None:
    """typ, alg and kid."""
    assert list(jwt.get_unverified_header(entra.mint())) == ["typ", "alg", "kid"]


def test_machine_claims(entra: IssuerApi) -> None:
    """Roles as an array, the service principal as subject, uti in place of jti."""
    said, recorded = claims(entra, permissions=["Task.Read"]), facts("entra")["access_token"]
    assert said["roles"] == ["Task.Read"]
    assert said["sub"] == said["oid"]
    assert said["nbf"] == said["iat"]
    assert said["exp"] - said["iat"] == 3900
    assert (said["azpacr"], said["tid"], said["ver"]) == ("1", TENANT, "2.0")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", said["uti"])
    assert set(said) <= set(recorded["claims_m2m"])
    assert not set(recorded["claims_absent"]) & set(said)


def test_without_a_role_there_are_no_roles(entra: IssuerApi) -> None:
    """The claim is absent, not empty."""
    assert "roles" not in claims(entra)


def test_user_claims(entra: IssuerApi) -> None:
    """Delegated permissions as one string, a subject that says nothing, and no app roles."""
    said = claims(
        entra, kind="user", permissions=["api://orders/Files.Read", "api://orders/.default", "openid", "Edit"]
    )
    assert said["scp"] == "Files.Read Edit"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", said["sub"])
    assert said["azpacr"] == "0"
    assert "roles" not in said
    assert set(said) <= set(facts("entra")["access_token"]["claims_user"])


@pytest.mark.parametrize(("where", "expected"), [("roles", {"roles"}), ("both", {"roles", "scp"})])
def test_permissions_of_users(make_issuer: MakeIssuer, where: str, expected: set[str]) -> None:
    """App roles can be granted to users, too."""
    issuer = make_issuer("entra", **QUICK, options={"user_permissions": where})
    said = claims(issuer, kind="user", permissions=["tasks:list"])
    assert {name for name in ("roles", "scp") if "tasks:list" in said[name]} == expected


def test_version_1(make_issuer: MakeIssuer) -> None:
    """The manifest decides: another issuer, appid for azp, x5t in the header, and the same endpoints."""
    issuer = make_issuer("entra", **QUICK, options={"tenant": TENANT, "version": "1.0"})
    token = issuer.mint()
    header, said = jwt.get_unverified_header(token), claims(issuer)
    assert list(header) == ["typ", "alg", "x5t", "kid"]
    assert header["x5t"] == header["kid"]
    assert said["iss"] == issuer.about["issuer"] == f"{base(issuer)}/{TENANT}/"
    assert (said["ver"], said["appidacr"], said["idp"]) == ("1.0", "1", said["iss"])
    assert {"azp", "azpacr"}.isdisjoint(said)
    assert issuer.about["token_endpoint"].endswith(f"/{TENANT}/oauth2/v2.0/token")
    assert issuer.get("discovery_url").json()["issuer"] == f"{base(issuer)}/{TENANT}/v2.0"


def test_version_1_of_a_user(make_issuer: MakeIssuer) -> None:
    """upn and unique_name in place of preferred_username, and how the user has signed in."""
    issuer = make_issuer("entra", **QUICK, options={"version": "1.0"})
    said = claims(issuer, kind="user")
    assert {"upn", "unique_name", "acr", "amr"} <= set(said)
    assert "preferred_username" not in said


def test_a_token_for_graph_verifies_for_nobody_else(make_issuer: MakeIssuer) -> None:
    """The signature covers the header with the digest of the nonce in the nonce's place."""
    issuer = make_issuer("entra", **QUICK, options={"graph_nonce": "present"})
    token = issuer.mint(audience="https://graph.microsoft.com")
    key = jwt.PyJWK(issuer.jwks()["keys"][0], algorithm="ES256")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, key, algorithms=["ES256"], audience="https://graph.microsoft.com")
    head, payload, signature = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    digest = hashlib.sha256(header["nonce"].encode()).digest()
    header["nonce"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    inner = base64.urlsafe_b64encode(json.dumps(header, separators=(",", ":")).encode()).decode().rstrip("=")
    assert jwt.decode(
        f"{inner}.{payload}.{signature}", key, algorithms=["ES256"], audience="https://graph.microsoft.com"
    )


@pytest.mark.parametrize(
    ("option", "word", "claim"),
    [("groups", "listed", "groups"), ("groups", "overage", "_claim_names"), ("wids", "present", "wids")],
)
def test_claims_on_demand(make_issuer: MakeIssuer, option: str, word: str, claim: str) -> None:
    """Groups, where to ask for them, and directory roles, in tokens of users."""
    assert claim not in claims(make_issuer("entra", **QUICK), kind="user")
    assert claim in claims(make_issuer("entra", **QUICK, options={option: word}), kind="user")


def test_random_lifetime(make_issuer: MakeIssuer) -> None:
    """Between an hour and an hour and a half, and expires_in agrees with the token."""
    issuer = make_issuer("entra", **QUICK, options={"lifetime": "random"})
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "any", "scope": "api://x/.default"}
    answer = ask(issuer, form).json()
    said = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert 3600 <= said["exp"] - said["iat"] <= 5400
    assert answer["expires_in"] == answer["ext_expires_in"] == said["exp"] - said["iat"] - 301


def test_a_success(entra: IssuerApi) -> None:
    """Neither scope nor refresh token, and a second is gone already."""
    form = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "any", "scope": "api://x/.default"}
    answer = ask(entra, form).json()
    assert list(answer) == list(facts("entra")["client_credentials"]["response_fields"])
    assert answer["expires_in"] == answer["ext_expires_in"] == 3599


CLIENT = {"id": "app-1", "secret": "right", "scopes": ["api://orders/.default"], "roles": ["tasks:list"]}
GOOD = {
    "grant_type": "client_credentials",
    "client_id": "app-1",
    "client_secret": "right",
    "scope": "api://orders/.default",
}


def test_the_roles_of_a_client(make_issuer: MakeIssuer) -> None:
    """/.default stands for all roles that were granted, and is none itself."""
    issuer = make_issuer("entra", **QUICK, clients=[CLIENT])
    token = ask(issuer, GOOD).json()["access_token"]
    assert jwt.decode(token, options={"verify_signature": False})["roles"] == ["tasks:list"]


@pytest.mark.parametrize(
    ("change", "status", "code", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000216),
        ({"client_id": "nobody"}, 400, "unauthorized_client", 700016),
        ({"scope": "api://orders/read"}, 400, "invalid_scope", 1002012),
        ({"scope": ""}, 400, "invalid_request", 900144),
        ({"grant_type": ""}, 400, "invalid_request", 900144),
        ({"grant_type": "not-a-grant"}, 400, "unsupported_grant_type", 70003),
        ({"resource": "api://orders"}, 400, "invalid_target", 9010010),
        ({"scope": "api://nowhere/.default"}, 400, "invalid_resource", 500011),
    ],
)
def test_refusals(make_issuer: MakeIssuer, change: dict[str, str], status: int, code: str, number: int) -> None:
    """Status, code and AADSTS number, in all the places where they stand."""
    issuer = make_issuer("entra", **QUICK, clients=[CLIENT], options={"resources": "api://orders"})
    answer = ask(issuer, GOOD | change)
    document = answer.json()
    assert (answer.status_code, document["error"], document["error_codes"]) == (status, code, [number])
    assert document["error_uri"] == f"https://login.microsoftonline.com/error?code={number}"
    ids = (
        rf" Trace ID: {document['trace_id']} Correlation ID: {document['correlation_id']}"
        rf" Timestamp: {document['timestamp']}"
    )
    assert document["error_description"].startswith(f"AADSTS{number}: ")
    assert document["error_description"].endswith(ids)


@pytest.mark.parametrize("path", ["/elsewhere/v2.0/.well-known/openid-configuration", "/elsewhere/discovery/v2.0/keys"])
def test_an_unknown_tenant(entra: IssuerApi, path: str) -> None:
    """A 400 at each of its paths, not a 404."""
    answer = fetch(entra, path)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002])


@pytest.mark.parametrize("word", ["common", "organizations", "consumers"])
def test_the_words_for_all_tenants_are_no_unknown_tenant(entra: IssuerApi, word: str) -> None:
    """An issuer that doesn't serve them says so in the mock's own words."""
    url = entra.about["discovery_url"].replace(entra.about["options"]["tenant"], word)
    answer = entra.api.session.get(entra.local(url), timeout=20)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_a_refusal_has_the_time_of_the_issuer(entra: IssuerApi) -> None:
    """The timestamp is that of its clock."""
    entra.ok("PUT", "/clock", {"at": 1_700_000_000})
    assert ask(entra, {}).json()["timestamp"] == "2023-11-14 22:13:20Z"


def test_rotation(entra: IssuerApi) -> None:
    """The key that was announced longest signs, and all others stay."""
    before = entra.kids()
    rotation = entra.ok("POST", "/rotate")
    assert rotation["signing"] in before
    assert set(before) < set(entra.kids())


@pytest.mark.parametrize("tenant", ["elsewhere", "", "11111111-2222-4333-8444-55555555555G"])
def test_a_tenant_is_a_guid(api: Any, tenant: str) -> None:
    """Or one of the words for all of them; others are refused."""
    body = {"style": "entra", "options": {"tenant": tenant}}
    assert api.refused("POST", "/issuers", body) == (400, "invalid_field", "options.tenant")
