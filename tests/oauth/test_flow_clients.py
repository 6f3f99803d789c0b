"""Clients and users of an issuer: from its settings, from a file, from the control API."""

from __future__ import annotations

from pathlib import Path

import jwt
import pytest
from relying_party import MakeRp, Rp, refusal

from mock_idp.embed import EmbeddedIdp
from mock_idp.errors import MockIdpError
from mock_idp.run.settings_file import read_issuers

CLIENT = {"id": "app", "secret": "secret", "scopes": ["tasks:read", "tasks:list"], "audiences": ["tasker-api", "b"]}


def test_anybody_is_a_client_at_first(rp: Rp) -> None:
    """Any id and secret, any scope."""
    assert rp.token("client_credentials", scope="any:thing").status_code == 200


def test_one_declared_client_ends_that(rp: Rp) -> None:
    """From then on the others are strangers, until it is forgotten."""
    rp.own("POST", "/clients", {"id": "other", "secret": "x"})
    assert refusal(rp.token("client_credentials")) == (401, "invalid_client")
    rp.own("DELETE", "/clients/other")
    assert rp.token("client_credentials").status_code == 200


def test_a_reset_brings_back_the_settings(make_rp: MakeRp) -> None:
    """What was declared since the start is forgotten."""
    rp = make_rp(clients=[CLIENT])
    rp.own("POST", "/clients", {"id": "other"})
    rp.own("POST", "/users", {"username": "bob"})
    rp.own("POST", "/reset")
    assert [one["id"] for one in rp.own("GET", "/clients")["clients"]] == ["app"]
    assert rp.own("GET", "/users")["users"] == []


def test_secrets_are_not_shown(make_rp: MakeRp) -> None:
    """A list says that there is one."""
    rp = make_rp(clients=[CLIENT], users=[{"username": "ann", "password": "hidden"}])
    client, user = rp.own("GET", "/clients")["clients"][0], rp.own("GET", "/users")["users"][0]
    assert (client["has_secret"], user["has_password"]) == (True, True)
    assert "secret" not in client
    assert "password" not in user


def test_a_client_that_asks_for_no_scope_gets_its_own(make_rp: MakeRp) -> None:
    """All scopes it may have (RFC 6749 section 3.3), and its first audience."""
    rp = make_rp(clients=[{**CLIENT, "audiences": ["b", "tasker-api"], "roles": ["admin"], "claims": {"plan": "gold"}}])
    claims = rp.claims(rp.token("client_credentials").json()["access_token"])
    assert claims["permissions"] == ["tasks:read", "tasks:list", "admin"]
    assert (claims["aud"], claims["plan"]) == ("b", "gold")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"scope": "tasks:write"}, "invalid_scope"),
        ({"scope": "nobody:knows"}, "invalid_scope"),
        ({"audience": "c"}, "invalid_target"),
        ({"resource": "https://unknown.example"}, "invalid_target"),
    ],
)
def test_more_than_a_client_may_have(make_rp: MakeRp, form: dict[str, str], code: str) -> None:
    """Scopes and audiences are those of the issuer and of the client."""
    rp = make_rp(
        clients=[CLIENT], scopes=["tasks:read", "tasks:list", "tasks:write"], audiences=["tasker-api", "b", "c"]
    )
    assert refusal(rp.token("client_credentials", **form)) == (400, code)


def test_a_grant_a_client_may_not_use(make_rp: MakeRp) -> None:
    """Only those it has declared."""
    rp = make_rp(clients=[{**CLIENT, "grant_types": ["authorization_code"]}])
    assert refusal(rp.token("client_credentials")) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("member", "value", "field"),
    [
        ("keys", [{"kty": "RSA"}], "clients.0.keys.0.n"),
        ("auth_method", "private_key_jwt", "clients.0.auth_method"),
        ("auth_method", "magic", "clients.0.auth_method"),
        ("secrets", "x", "clients.0.secrets"),
    ],
)
def test_a_wrong_client(rp: Rp, member: str, value: object, field: str) -> None:
    """A spec that cannot be meant is refused with the member's path."""
    spec = {"style": "custom", "clients": [{"id": "app", member: value}]}
    answer = rp.session.post(rp.local(rp.about["jwks_uri"]).split("/i/")[0] + "/_mock/issuers", json=spec, timeout=20)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_a_file(tmp_path: Path) -> None:
    """Clients, users, scopes and audiences in TOML."""
    path = tmp_path / "idp.toml"
    path.write_text(
        """
        [[issuers]]
        id = "default"
        style = "custom"
        scopes = ["tasks:read"]
        auto_login = "ann"

        [[issuers.clients]]
        id = "app"
        secret = "s"
        redirect_uris = ["https://app.example/callback"]

        [[issuers.users]]
        username = "ann"
        claims = { email = "ann@example.com" }
        """,
        encoding="utf-8",
    )
    settings = read_issuers(path)[0]
    assert settings.clients[0].redirect_uris == ("https://app.example/callback",)
    assert settings.users[0].claims == {"email": "ann@example.com"}
    assert (settings.scopes, settings.auto_login) == (("tasks:read",), "ann")


def test_a_secret_is_not_in_a_repr(tmp_path: Path) -> None:
    """Settings can be printed."""
    path = tmp_path / "idp.toml"
    path.write_text(
        '[[issuers]]\nid = "a"\nstyle = "custom"\nclients = [{id = "c", secret = "hush"}]', encoding="utf-8"
    )
    assert "hush" not in repr(read_issuers(path))


def test_a_date_is_no_claim(tmp_path: Path) -> None:
    """TOML has dates, JSON has none."""
    path = tmp_path / "idp.toml"
    path.write_text(
        '[[issuers]]\nid = "a"\nstyle = "custom"\nusers = [{username = "u", claims = {born = 2000-01-01}}]',
        encoding="utf-8",
    )
    with pytest.raises(MockIdpError, match=r"users\.0\.claims"):
        read_issuers(path)


def test_a_client_that_is_there_twice(tmp_path: Path) -> None:
    """Which of them would count?"""
    path = tmp_path / "idp.toml"
    path.write_text('[[issuers]]\nid = "a"\nstyle = "custom"\nclients = [{id = "c"}, {id = "c"}]', encoding="utf-8")
    with pytest.raises(MockIdpError, match=r"clients\.1\.id"):
        read_issuers(path)


@pytest.mark.parametrize(
    ("style", "named"),
    [("auth0", True), ("custom", True), ("keycloak", False), ("okta", False), ("entra", False), ("cognito", False)],
)
def test_the_parameter_audience(make_rp: MakeRp, style: str, named: bool) -> None:
    """A vendor that has none ignores it."""
    answer = make_rp(style).token("client_credentials", audience="elsewhere", scope="api://orders/.default").json()
    said = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert (said.get("aud") == "elsewhere") is named


NO_REDIRECT_URIS = [
    *("", "x", "/callback", "//app.example/callback", "app.example/callback", "https:", "https:///cb", "http:/app/cb"),
    *("https://app.example/callback#f", "https://app.example/#", "https://app.example/a b", "https://app.example/é"),
    *("https://app.example/%zz", "https://app.example/\n", "javascript:alert(0)", "JavaScript:0", "data:text/html,x"),
]


@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize("uri", NO_REDIRECT_URIS)
def test_a_redirect_uri_that_is_none(idp: EmbeddedIdp, rp: Rp, member: str, uri: str) -> None:
    """RFC 6749 section 3.1.2: it is absolute and has no fragment. The call says which one is wrong, and is refused."""
    good, url = "https://app.example/callback", f"{idp.url}/_mock/issuers/{rp.about['id']}/clients"
    answer = rp.session.post(url, json={"id": "app", member: [good, uri]}, timeout=20)
    assert (answer.status_code, answer.json()["field"]) == (400, f"{member}.1")
    assert rp.own("GET", "/clients") == {"clients": []}


GOOD_REDIRECT_URIS = [
    *("https://app.example/callback?a=b", "http://localhost:3000", "http://[::1]/cb", "com.example.app:/callback"),
    *("myapp://callback", "urn:ietf:wg:oauth:2.0:oob", "HTTPS://APP.EXAMPLE/%C3%A9", "https://*.app.example/cb"),
]


@pytest.mark.parametrize("uri", GOOD_REDIRECT_URIS)
def test_a_redirect_uri(rp: Rp, uri: str) -> None:
    """Those of native apps have a scheme of their own (RFC 8252 section 7.1)."""
    assert rp.own("POST", "/clients", {"id": "app", "redirect_uris": [uri]})["redirect_uris"] == [uri]


def test_a_redirect_uri_in_a_file(tmp_path: Path) -> None:
    """Likewise, with its line."""
    path = tmp_path / "issuers.toml"
    path.write_text(
        '[[issuers]]\nid = "a"\nstyle = "custom"\n[[issuers.clients]]\nid = "app"\nredirect_uris = ["/cb"]\n',
        encoding="utf-8",
    )
    with pytest.raises(MockIdpError, match="absolute URI") as caught:
        read_issuers(path)
    assert caught.value.field == f"{path}:6: issuers.0.clients.0.redirect_uris.0"
