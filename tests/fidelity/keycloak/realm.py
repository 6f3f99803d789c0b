"""What both sides are set up with: the clients, users and switches of a realm, in words that are neither's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.vendors.grant_types import DEVICE_CODE, TOKEN_EXCHANGE

CALLBACK = "https://app.example/cb"
AFTER_LOGOUT = "https://app.example/bye"
ORIGIN = "https://app.example"
SECRET = "a-secret-of-no-one-at-all"
PASSWORD = "a-password-of-no-one"
API = "tasker-api"
SCOPE = "tasks:list"
"""An optional client scope of every client but `bare`."""

MACHINE, CODE, PASSWORD_GRANT, REFRESH = "client_credentials", "authorization_code", "password", "refresh_token"
ALL_GRANTS = (MACHINE, CODE, PASSWORD_GRANT, REFRESH, DEVICE_CODE, TOKEN_EXCHANGE)


@dataclass(frozen=True)
class Client:
    """One client; without a secret it is public. `mapped` gives its tokens the audience and the permissions."""

    id: str
    secret: str | None = SECRET
    grants: tuple[str, ...] = ALL_GRANTS
    pkce: bool = False
    mapped: bool = True
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class User:
    """One user, whose names and address are made of the user name."""

    username: str
    roles: tuple[str, ...] = ()
    verified: bool = True

    def claims(self) -> dict[str, Any]:
        return {
            "email": f"{self.username}@app.example",
            "email_verified": self.verified,
            "given_name": self.username.capitalize(),
            "family_name": "Example",
        }


CLIENTS = (
    Client("svc", roles=("tasks:read",)),
    Client("other"),
    Client("web", secret=None),
    Client("pkce", secret=None, pkce=True),
    Client("login-only", grants=(CODE, REFRESH)),
    Client("machine", grants=(MACHINE,)),
)
USERS = (User("ann", roles=("tasks:list",)), User("bob", verified=False))


@dataclass(frozen=True)
class Realm:
    """The whole of it. `bearer_only` and `dpop` are clients that get no tokens, or none without a proof."""

    clients: tuple[Client, ...] = CLIENTS
    users: tuple[User, ...] = USERS
    bearer_only: tuple[str, ...] = ()
    dpop: tuple[str, ...] = ()
    enabled: bool = True
    ssl_required: str = "none"
    lightweight: bool = False
    algorithm: str = "RS256"
    """Or a curve of EdDSA."""
    token_seconds: int = 300
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the mock alone: what the real realm is by itself."""

    @property
    def signs_with(self) -> str:
        """The name that keys, tokens and both administrations have for the algorithm."""
        return "EdDSA" if self.algorithm.startswith("Ed") else self.algorithm
