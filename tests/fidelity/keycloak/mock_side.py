"""The side of the mock: an issuer of the style keycloak, configured as the real realm is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from harness.base.errors import HarnessError
from mock_idp.vendors.keycloak.claims import account_id

from .realm import AFTER_LOGOUT, API, CALLBACK, ORIGIN, PASSWORD, SCOPE, Realm
from .sides import Side

_SECONDS = 60.0
FIRST_KEYS = ("rsa-generated", "rsa-enc-generated")
"""The keys of a fresh realm that its key set has."""
_CURVES = frozenset({"Ed25519", "Ed448"})


class MockAdmin:
    """The control API of one issuer, in the words of Keycloak's administration."""

    def __init__(self, url: str, issuer: str) -> None:
        self._url = f"{url}/_mock/issuers"
        self._issuer = issuer
        self._session = requests.Session()
        self._session.trust_env = False
        # Priority, state and algorithm of each signing key, in the order in which they were made.
        self._keys: dict[str, tuple[int, str, str]] = {}

    def call(self, method: str, path: str = "", body: Any = None) -> Any:
        """In: the path below the issuer. Raises `HarnessError` for what is refused."""
        return self._ask(method, f"{self._url}/{self._issuer}{path}", body)

    def make(self, spec: Mapping[str, Any]) -> None:
        self._ask("POST", self._url, spec)
        self._algorithm = str(spec["algorithm"])
        for key in spec["keys"]:
            if key["state"] == "current":
                self._keys[key["name"]] = (100, "active", self._algorithm)

    def _ask(self, method: str, url: str, body: Any) -> Any:
        answer = self._session.request(method, url, json=body, timeout=_SECONDS)
        if answer.status_code >= 300:
            raise HarnessError(f"the mock refuses {method} {url}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else {}

    def add_key(self, name: str, *, priority: int = 100, algorithm: str = "RS256") -> None:
        spec = {"name": name, "algorithm": algorithm, "state": "previous", "priority": priority}
        if algorithm in _CURVES:
            spec |= {"algorithm": "EdDSA", "curve": algorithm}
        self.call("POST", "/keys", spec)
        self._keys[name] = (priority, "active", algorithm)
        self._choose()

    def set_key(self, name: str, state: str) -> None:
        if name in self._keys:
            priority, _, algorithm = self._keys[name]
            self._keys[name] = (priority, state, algorithm)
            self._choose()
        else:
            self._publish(name, state)

    def remove_key(self, name: str) -> None:
        self._keys.pop(name, None)
        self.call("DELETE", f"/keys/{name}")
        self._choose()

    def _choose(self) -> None:
        """The active key of the highest priority signs, of the others those that are not disabled are published."""
        active = {
            name: priority
            for name, (priority, state, algorithm) in self._keys.items()
            if state == "active" and algorithm == self._algorithm
        }
        signs = max(active, key=lambda name: active[name]) if active else None
        for name, (_, state, _) in self._keys.items():
            if name != signs:
                self._publish(name, state)
        if signs is not None:
            self.call("PATCH", f"/keys/{signs}", {"state": "current"})

    def _publish(self, name: str, state: str) -> None:
        """A key that doesn't sign."""
        self.call("PATCH", f"/keys/{name}", {"state": "retired" if state == "disabled" else "previous"})

    def kids(self) -> dict[str, str]:
        """The kid of each key, by its name."""
        return {one["name"]: one["kid"] for one in self.call("GET", "/keys")["keys"] if one.get("name")}

    def put_user(self, username: str, changes: Mapping[str, Any]) -> None:
        if changes.get("enabled") is False:
            # Somebody who is off is nobody here.
            self.remove_user(username)

    def remove_user(self, username: str) -> None:
        self.call("DELETE", f"/users/{username}")

    def put_client(self, client_id: str, changes: Mapping[str, Any]) -> None:
        if changes.get("enabled") is False:
            self.remove_client(client_id)

    def remove_client(self, client_id: str) -> None:
        self.call("DELETE", f"/clients/{client_id}")

    def remove_realm(self) -> None:
        self.call("DELETE")


def mock_side(
    base: str, name: str, realm: Realm, subjects: Mapping[str, str], first_keys: Sequence[str] = FIRST_KEYS
) -> Side:
    """An issuer for a realm of this name. In: the address of the server without a slash at the end, as it stands in
    documents and tokens, the `sub` of each user, and the keys that it begins with in the order of the key set.
    """
    admin = MockAdmin(base, name)
    options = {
        "realm": name,
        "aud": "array",
        "bearer_only_clients": [*realm.bearer_only, *([] if any(one.id == API for one in realm.clients) else [API])],
        "dpop_clients": list(realm.dpop),
        "realm_enabled": realm.enabled,
        "ssl_required": "all" if realm.ssl_required == "all" else "none",
        "lightweight": realm.lightweight,
        **realm.options,
    }
    clients = [
        {
            "id": one.id,
            **({"secret": one.secret} if one.secret is not None else {}),
            "grant_types": list(one.grants),
            "redirect_uris": [CALLBACK],
            "post_logout_redirect_uris": [AFTER_LOGOUT],
            "web_origins": [ORIGIN],
            "roles": list(one.roles),
            "require_pkce": one.pkce,
        }
        for one in realm.clients
    ]
    users = [
        {
            "username": one.username,
            "password": PASSWORD,
            "subject": subjects[one.username],
            "claims": one.claims(),
            "roles": list(one.roles),
        }
        for one in realm.users
    ]
    admin.make(
        {
            "id": name,
            "style": "keycloak",
            "audience": API,
            "algorithm": realm.signs_with,
            "token_lifetime_seconds": realm.token_seconds,
            "public_url": base,
            "options": options,
            "keys": [_key(key) for key in first_keys],
            # A client that asks for none gets what itself declares; here it is optional.
            "scopes": [SCOPE],
            "clients": clients,
            "users": users,
        }
    )
    known = {name: "{realm}", f"/i/{name}": ""} | {kid: f"{{kid of {key}}}" for key, kid in admin.kids().items()}
    known |= {uuid: f"{{id of {username}}}" for username, uuid in subjects.items()}
    known |= {account_id(name, one.id): f"{{account of {one.id}}}" for one in realm.clients}
    below = f"{base}/i/{name}"
    return Side("mock", below, name, admin, known | {below: "{base}", base.partition("://")[2]: "{host}"})


def _key(name: str) -> dict[str, Any]:
    if name == FIRST_KEYS[1]:
        return {"name": name, "state": "previous", "algorithm": "RS256", "use": "enc"}
    return {"name": name, "state": "current"}
