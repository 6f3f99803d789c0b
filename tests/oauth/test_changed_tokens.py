"""What a token spec can do, the served flow can do: issue tokens with other members, without some, or broken."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests
from joserfc import jwe
from joserfc.jwk import RSAKey
from relying_party import MakeRp, Rp


def header(token: str) -> dict[str, Any]:
    return dict(jwt.get_unverified_header(token))


def machine(rp: Rp) -> str:
    """The access token of a machine."""
    return str(rp.token("client_credentials").json()["access_token"])


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta", "entra", "cognito"])
@pytest.mark.parametrize(
    ("changes", "there", "gone"),
    [
        pytest.param({"header": {"x5t": "dGh1bWI"}}, {"header.x5t": "dGh1bWI"}, (), id="x5t-in-the-header"),
        pytest.param({"header": {"jku": "https://k.example/"}}, {"header.jku": "https://k.example/"}, (), id="XSUAA"),
        pytest.param({"header_without": ["typ"]}, {}, ("header.typ",), id="Kubernetes-no-typ"),
        pytest.param({"without": ["aud"], "header": {"cat": "c1"}}, {"header.cat": "c1"}, ("claim.aud",), id="Clerk"),
        pytest.param({"without": ["permissions", "scope"]}, {}, ("claim.permissions", "claim.scope"), id="no-grants"),
        pytest.param({"claims": {"fva": [0, -1]}}, {"claim.fva": [0, -1]}, (), id="claims-of-any-shape"),
        pytest.param({"without": ["exp"]}, {}, ("claim.exp",), id="without-an-end"),
    ],
)
def test_of_the_token_endpoint(
    make_rp: MakeRp, style: str, changes: dict[str, Any], there: dict[str, Any], gone: tuple[str, ...]
) -> None:
    """Set and left out in header and claims of a machine's token; its signature is good, and the next is as ever."""
    rp = make_rp(style)

    def members() -> dict[str, Any]:
        token = machine(rp)
        seen = {f"header.{name}": value for name, value in header(token).items()}
        return seen | {f"claim.{name}": value for name, value in rp.claims(token).items()}

    rp.step(token=changes)
    changed, usual = members(), members()
    assert {name: changed.get(name) for name in there} == there
    assert [name for name in gone if name in changed] == []
    assert [name for name in there if usual.get(name) == there[name]] == []


@pytest.mark.parametrize("style", ["custom", "auth0", "keycloak", "okta", "entra", "cognito", "google"])
def test_an_id_token_with_a_bad_signature(make_rp: MakeRp, style: str) -> None:
    """What a client has to refuse; the access token beside it is as ever, and the claims are those of a good one."""
    rp = make_rp(style)
    rp.step(token={"only": "id_token", "mutation": "flip-first-signature-bit"})
    tokens = rp.tokens("openid email")
    with pytest.raises(jwt.InvalidSignatureError):
        rp.claims(tokens["id_token"])
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["aud"] == "app"
    if style != "google":
        assert rp.claims(tokens["access_token"])["iss"]


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        pytest.param({"only": "id_token", "claims": {"nonce": "another"}}, "nonce", id="another-nonce"),
        pytest.param({"only": "id_token", "without": ["at_hash"]}, "at_hash", id="no-at_hash"),
        pytest.param({"only": "id_token", "claims": {"iss": "https://evil.example"}}, "iss", id="mixed-up-issuer"),
        pytest.param(
            {"only": "id_token", "claims": {"aud": ["app", "other"], "azp": "other"}}, "aud", id="azp-of-another"
        ),
        pytest.param({"only": "id_token", "times": {"exp": -10}}, "exp", id="expired"),
    ],
)
def test_an_id_token_that_a_client_refuses(rp: Rp, changes: dict[str, Any], broken: str) -> None:
    """One claim of it, with a good signature."""
    asked = {"scope": "openid", "nonce": "n1"}
    usual = rp.claims(rp.redeem(rp.code(**asked)).json()["id_token"])
    rp.step(token=changes)
    tokens = rp.redeem(rp.code(**asked)).json()
    assert rp.claims(tokens["id_token"]).get(broken) != usual.get(broken)
    assert rp.claims(tokens["access_token"])["iss"] == rp.about["issuer"]


def test_every_grant_for_as_long_as_it_is_planned(rp: Rp) -> None:
    """A refresh like a code, and a reset ends it."""
    rp.step(times=None, token={"header": {"x5t": "a"}})
    tokens = rp.tokens("openid offline_access")
    renewed = rp.token("refresh_token", refresh_token=tokens["refresh_token"]).json()
    for one in (tokens, renewed):
        assert [header(one[name])["x5t"] for name in ("access_token", "id_token")] == ["a", "a"]
    rp.own("DELETE", "/script")
    assert "x5t" not in header(machine(rp))


def test_a_token_of_another_key(rp: Rp) -> None:
    """By its name, as a token spec names it: one that is not published."""
    kid = rp.own("POST", "/keys", {"name": "stranger"})["kid"]
    rp.step(token={"key": "stranger"})
    assert header(machine(rp))["kid"] == kid


def test_the_tokens_of_a_client(make_rp: MakeRp) -> None:
    """All of them, and those of no other; a step says more than a declaration."""
    clerk = {"without": ["aud"], "header": {"cat": "cl_B7d4"}}
    clients = [{"id": "app", "secret": "secret", "token": clerk}, {"id": "batch", "secret": "secret"}]
    rp = make_rp("custom", clients=clients)
    token = machine(rp)
    assert (header(token)["cat"], "aud" in rp.claims(token)) == ("cl_B7d4", False)
    other = rp.token("client_credentials", client_id="batch", client_secret="secret").json()["access_token"]
    assert "aud" in rp.claims(other)
    rp.step(token={"header": {"cat": "of the step"}})
    assert header(machine(rp))["cat"] == "of the step"
    assert rp.own("GET", "/clients")["clients"][0]["token"] == clerk


@pytest.mark.parametrize(
    ("step", "field"),
    [
        pytest.param({"token": {"mutation": "sig-flips"}}, "token.mutation", id="unknown-mutation"),
        pytest.param({"token": {"with": {"bits": 1}}}, "token.with", id="options-of-nothing"),
        pytest.param({"token": {"payload": "{}"}}, "token.payload", id="a-whole-payload"),
        pytest.param({"token": {"only": "refresh_token"}}, "token.only", id="tokens-that-are-none"),
        pytest.param({"token": {"claims": []}}, "token.claims", id="no-object"),
        pytest.param({"token": {}, "claims": {}}, "token", id="two-kinds"),
        pytest.param({"token": {}, "on": "userinfo"}, "on", id="no-token-there"),
    ],
)
def test_steps_that_are_refused(rp: Rp, step: dict[str, Any], field: str) -> None:
    """The error names the member, for a client as well."""
    url = f"{rp._control}/issuers/{rp.about['id']}"
    answer = rp.session.post(f"{url}/script", json=step, timeout=20)
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text
    if field.startswith("token."):
        client: requests.Response = rp.session.post(f"{url}/clients", json={"id": "app", **step}, timeout=20)
        assert (client.status_code, client.json()["field"]) == (400, field), client.text


SECRET = "a secret of sixty-four bytes, which is the least that HS512 wants."


@pytest.mark.parametrize("where", ["issuer", "client"])
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_shared_secret(make_rp: MakeRp, where: str, alg: str) -> None:
    """As APIs of Auth0 have it: no key of the key set, and the provider knows its tokens."""
    token = {"mutation": "hmac-with-secret", "with": {"secret": SECRET, "alg": alg}}
    client = {"id": "app", "secret": "secret", **({"token": token} if where == "client" else {})}
    rp = make_rp("custom", clients=[client], **({"token": token} if where == "issuer" else {}))
    tokens = rp.tokens("openid email")
    off = {"verify_aud": False, "verify_iat": False}
    for name in ("access_token", "id_token"):
        assert jwt.decode(tokens[name], SECRET, algorithms=[alg], options=off)["iss"]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert rp.get(rp.document["userinfo_endpoint"], headers=bearer).status_code == 200
    about = rp.post("introspection", {"token": tokens["access_token"], **rp.client}).json()
    assert about["active"] is True
    stranger = jwt.encode({"iss": rp.about["issuer"], "sub": "ann", "exp": 2_000_000_000}, "x" * 64, algorithm=alg)
    assert rp.post("introspection", {"token": stranger, **rp.client}).json() == {"active": False}


def test_an_id_token_for_the_key_of_its_client(make_rp: MakeRp) -> None:
    """Signed, then encrypted (OpenID Connect Core section 16.14); the access token stays as it is."""
    own = RSAKey.generate_key(2048, {"kid": "own"})
    options = {"plaintext": "signed-jwt", "alg": "RSA-OAEP-256", "key": own.as_dict(private=False)}
    changes = {"only": "id_token", "mutation": "jwe", "with": options}
    rp = make_rp("custom", clients=[{"id": "app", "secret": "secret", "token": changes}])
    tokens = rp.tokens("openid")
    inside = jwe.decrypt_compact(tokens["id_token"], own, algorithms=["RSA-OAEP-256", "A256GCM"]).plaintext
    assert inside is not None
    assert rp.claims(inside.decode())["aud"] == "app"
    assert rp.claims(tokens["access_token"])["iss"] == rp.about["issuer"]
