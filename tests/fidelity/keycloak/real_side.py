"""The side of Keycloak: a realm that is made, changed and removed through the admin API."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from harness.base.errors import HarnessError
from mock_idp.vendors.grant_types import DEVICE_CODE, TOKEN_EXCHANGE

from .realm import AFTER_LOGOUT, API, CALLBACK, CODE, MACHINE, ORIGIN, PASSWORD, PASSWORD_GRANT, SCOPE, Client, Realm
from .server import Server
from .sides import Side

_SECONDS = 600.0
_TOKEN_SECONDS = 20.0
_KEYS = "org.keycloak.keys.KeyProvider"
# What provider makes a key of an algorithm.
_PROVIDERS = {"RS": "rsa-generated", "PS": "rsa-generated", "ES": "ecdsa-generated", "Ed": "eddsa-generated"}
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


class RealAdmin:
    """The admin API of one realm. What it refuses is a `HarnessError`."""

    def __init__(self, server: Server, realm: str) -> None:
        self._server, self.realm = server, realm
        self._session = requests.Session()
        self._session.trust_env = False
        self._token, self._refresh, self._until = "", "", -math.inf
        self._made = 0

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """In: the path below all realms."""
        return _read(self._call(method, path, body))

    def _call(self, method: str, path: str, body: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._fresh_token()}"}
        return self._ask(method, f"{self._server.url}/admin/realms{path}", json=body, headers=headers)

    def _fresh_token(self) -> str:
        """Tokens of the administrator live for a minute; the next comes without the password, whose hash is dear."""
        if time.monotonic() > self._until:
            login = {"username": self._server.user, "password": self._server.password, "grant_type": "password"}
            if self._refresh:
                login = {"refresh_token": self._refresh, "grant_type": "refresh_token"}
            self._until = time.monotonic() + _TOKEN_SECONDS
            url = f"{self._server.url}/realms/master/protocol/openid-connect/token"
            got = _read(self._ask("POST", url, data={**login, "client_id": "admin-cli"}))
            self._token, self._refresh = got["access_token"], got["refresh_token"]
        return self._token

    def _ask(self, method: str, url: str, **more: Any) -> requests.Response:
        try:
            answer = self._session.request(method, url, timeout=_SECONDS, **more)
        except requests.RequestException as error:
            raise HarnessError(f"Keycloak's administration does not answer: {error}") from error
        if answer.status_code >= 300:
            raise HarnessError(f"Keycloak refuses {method} {url}: {answer.status_code} {answer.text[:300]}")
        return answer

    def of_realm(self, method: str, path: str, body: Any = None) -> Any:
        """As `call`, below this realm."""
        return self.call(method, f"/{self.realm}{path}", body)

    def make(self, path: str, body: Any) -> str:
        """Make something below this realm; its id."""
        return self._call("POST", f"/{self.realm}{path}", body).headers["Location"].rpartition("/")[2]

    def client_uuid(self, client_id: str) -> str:
        return str(self.of_realm("GET", f"/clients?clientId={quote(client_id)}")[0]["id"])

    def user_uuid(self, username: str) -> str:
        return str(self.of_realm("GET", f"/users?exact=true&username={quote(username)}")[0]["id"])

    def _component(self, name: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = self.of_realm("GET", f"/components?type={_KEYS}")
        return next(one for one in found if one["name"] == name)

    def add_key(self, name: str, *, priority: int = 100, algorithm: str = "RS256") -> None:
        config = {"priority": [str(priority)], "enabled": ["true"], "active": ["true"]}
        if algorithm in _CURVES:
            config["ecdsaEllipticCurveKey"] = [_CURVES[algorithm]]
        elif algorithm.startswith("Ed"):
            config["eddsaEllipticCurveKey"] = [algorithm]
        else:
            config["algorithm"] = [algorithm]
        provider = _PROVIDERS[algorithm[:2]]
        self._made += 1
        # Of the same priority the one with the lower id comes first, which is chance unless it is said.
        described = {"id": f"ffffffff-ffff-4fff-bfff-{self._made:012d}", "name": name}
        described |= {"providerId": provider, "providerType": _KEYS}
        self.of_realm("POST", "/components", {**described, "config": config})

    def set_key(self, name: str, state: str) -> None:
        component = self._component(name)
        component["config"] |= {
            "enabled": [str(state != "disabled").lower()],
            "active": [str(state == "active").lower()],
        }
        self.of_realm("PUT", f"/components/{component['id']}", component)

    def remove_key(self, name: str) -> None:
        self.of_realm("DELETE", f"/components/{self._component(name)['id']}")

    def kids(self) -> dict[str, str]:
        """The kid of each key that has one, by the name of its provider."""
        names = {one["id"]: one["name"] for one in self.of_realm("GET", f"/components?type={_KEYS}")}
        keys = self.of_realm("GET", "/keys")["keys"]
        # Of the others nobody outside has ever heard but by the kid of a refresh token.
        public = [one for one in keys if one["providerId"] in names and "kid" in one and one.get("publicKey")]
        return {names[one["providerId"]]: one["kid"] for one in public}

    def in_the_key_set(self) -> list[str]:
        """The names of the published keys in their order, which follows a random id of each."""
        kids = {kid: name for name, kid in self.kids().items()}
        url = f"{self._server.url}/realms/{self.realm}/protocol/openid-connect/certs"
        return [kids[one["kid"]] for one in _read(self._ask("GET", url))["keys"]]

    def put_user(self, username: str, changes: Mapping[str, Any]) -> None:
        uuid = self.user_uuid(username)
        self.of_realm("PUT", f"/users/{uuid}", {**self.of_realm("GET", f"/users/{uuid}"), **changes})

    def remove_user(self, username: str) -> None:
        self.of_realm("DELETE", f"/users/{self.user_uuid(username)}")

    def put_client(self, client_id: str, changes: Mapping[str, Any]) -> None:
        uuid = self.client_uuid(client_id)
        self.of_realm("PUT", f"/clients/{uuid}", {**self.of_realm("GET", f"/clients/{uuid}"), **changes})

    def remove_client(self, client_id: str) -> None:
        self.of_realm("DELETE", f"/clients/{self.client_uuid(client_id)}")

    def remove_realm(self) -> None:
        self.of_realm("DELETE", "")


def _read(answer: requests.Response) -> Any:
    return answer.json() if answer.content else {}


def real_side(server: Server, name: str, realm: Realm) -> Side:
    """Make a realm of this name. Raises `HarnessError` for what Keycloak refuses; no half of a realm is left then."""
    admin = RealAdmin(server, name)
    # Logins by the dozen: what hashes their passwords costs a tenth of a second each time unless it is told otherwise.
    hashing = "hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)"
    described: dict[str, Any] = {"realm": name, "enabled": True, "sslRequired": "none", "passwordPolicy": hashing}
    described |= {"defaultSignatureAlgorithm": realm.signs_with, "accessTokenLifespan": realm.token_seconds}
    admin.call("POST", "", described)
    try:
        if realm.algorithm != "RS256":
            admin.add_key(f"{realm.algorithm}-generated", algorithm=realm.algorithm)
            admin.remove_key("rsa-generated")
        known = {name: "{realm}", **_clients(admin, realm), **_users(admin, realm), **_addresses(server.url)}
        known |= {kid: f"{{kid of {key}}}" for key, kid in admin.kids().items()}
        if not realm.enabled or realm.ssl_required != "none":
            admin.of_realm("PUT", "", {"realm": name, "enabled": realm.enabled, "sslRequired": realm.ssl_required})
    except BaseException:
        admin.remove_realm()
        raise
    return Side("Keycloak", server.url, name, admin, known)


def _clients(admin: RealAdmin, realm: Realm) -> dict[str, str]:
    """Make the clients, the roles and the scope; the ids of the clients' accounts, with what they are called."""
    described = {"name": SCOPE, "protocol": "openid-connect", "attributes": {"include.in.token.scope": "true"}}
    # That of each client that is made after it.
    admin.of_realm("PUT", f"/default-optional-client-scopes/{admin.make('/client-scopes', described)}")
    made = {client.id: admin.make("/clients", _client(client, realm)) for client in realm.clients}
    if API not in made:
        made[API] = admin.make("/clients", {"clientId": API, "bearerOnly": True, "enabled": True})
    for role in sorted({role for one in (*realm.clients, *realm.users) for role in one.roles}):
        admin.of_realm("POST", f"/clients/{made[API]}/roles", {"name": role})
    known = {}
    for client in realm.clients:
        if MACHINE in client.grants and client.secret is not None and client.id not in realm.bearer_only:
            account = admin.of_realm("GET", f"/clients/{made[client.id]}/service-account-user")["id"]
            known[account] = f"{{account of {client.id}}}"
            _grant(admin, account, client.roles)
    return known


def _users(admin: RealAdmin, realm: Realm) -> dict[str, str]:
    """Make the users; their ids, with what they are called."""
    known = {}
    for user in realm.users:
        claims = user.claims()
        described = {
            "username": user.username,
            "enabled": True,
            "email": claims["email"],
            "emailVerified": claims["email_verified"],
            "firstName": claims["given_name"],
            "lastName": claims["family_name"],
            "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
        }
        uuid = admin.make("/users", described)
        known[uuid] = f"{{id of {user.username}}}"
        _grant(admin, uuid, user.roles)
    return known


def _grant(admin: RealAdmin, uuid: str, roles: Sequence[str]) -> None:
    """Give a user roles of the API."""
    if roles:
        api = admin.client_uuid(API)
        there = {one["name"]: one for one in admin.of_realm("GET", f"/clients/{api}/roles")}
        admin.of_realm("POST", f"/users/{uuid}/role-mappings/clients/{api}", [there[role] for role in roles])


def _addresses(url: str) -> dict[str, str]:
    return {url: "{base}", quote(url, safe=""): "{base}", url.partition("://")[2]: "{host}"}


def _client(client: Client, realm: Realm) -> dict[str, Any]:
    public = client.secret is None
    attributes = {
        "oauth2.device.authorization.grant.enabled": str(DEVICE_CODE in client.grants).lower(),
        "standard.token.exchange.enabled": str(TOKEN_EXCHANGE in client.grants and not public).lower(),
        "post.logout.redirect.uris": AFTER_LOGOUT,
        "client.use.lightweight.access.token.enabled": str(realm.lightweight).lower(),
        "dpop.bound.access.tokens": str(client.id in realm.dpop).lower(),
    }
    if client.pkce:
        attributes["pkce.code.challenge.method"] = "S256"
    described = {
        "clientId": client.id,
        "enabled": True,
        "publicClient": public,
        "bearerOnly": client.id in realm.bearer_only,
        "standardFlowEnabled": CODE in client.grants,
        "directAccessGrantsEnabled": PASSWORD_GRANT in client.grants,
        "serviceAccountsEnabled": MACHINE in client.grants and not public,
        "redirectUris": [CALLBACK],
        "webOrigins": [ORIGIN],
        "attributes": attributes,
        "protocolMappers": _mappers() if client.mapped else [],
    }
    return described if public else described | {"secret": client.secret}


def _mappers() -> list[dict[str, Any]]:
    claim = {"access.token.claim": "true", "introspection.token.claim": "true"}
    audience = {"included.client.audience": API, **claim}
    permissions = {
        **claim,
        # Or no service could decide by a lightweight token.
        "lightweight.claim": "true",
        "usermodel.clientRoleMapping.clientId": API,
        "claim.name": "permissions",
        "multivalued": "true",
        "jsonType.label": "String",
    }
    return [
        {"name": name, "protocol": "openid-connect", "protocolMapper": mapper, "config": config}
        for name, mapper, config in (
            ("audience", "oidc-audience-mapper", audience),
            ("permissions", "oidc-usermodel-client-role-mapper", permissions),
        )
    ]
