"""The clients and users of an issuer: those it was given, or anybody at all while it was given none.

Semantics: no declared clients, any client id and secret is good and may do everything. With declared clients only
they are known, each with its secret, grants, scopes and audiences. Users likewise, apart from the clients.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import Any, Literal

ClientAuthMethod = Literal["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
CLIENT_AUTH_METHODS: tuple[ClientAuthMethod, ...] = (
    *("client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"),
)


@dataclass(frozen=True)
class ClientSettings:
    """One client. None means: any that the vendor has, or any at all.

    `secret` and `keys` (public JWKs) are what it can authenticate with; without either it is a public client, which
    names itself and no more (RFC 6749 section 2.1). `auth_method` narrows that to one method. `roles` are permissions
    that its tokens always have, `claims` are set in them. Declared `redirect_uris` are compared character by character
    (RFC 9700 section 2.1). `web_origins` are the origins whose web pages may read the answers to it; `*` is any.
    """

    id: str
    secret: str | None = field(default=None, repr=False)
    auth_method: ClientAuthMethod | None = None
    keys: tuple[Mapping[str, Any], ...] = ()
    redirect_uris: tuple[str, ...] | None = None
    post_logout_redirect_uris: tuple[str, ...] | None = None
    grant_types: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    audiences: tuple[str, ...] | None = None
    roles: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)
    require_pkce: bool = False
    web_origins: tuple[str, ...] | None = None
    anonymous: bool = False
    """Nobody declared it: it is accepted because the issuer declares no clients."""

    @property
    def public(self) -> bool:
        """Whether it has nothing to authenticate with."""
        if self.auth_method is not None:
            return self.auth_method == "none"
        return not self.anonymous and self.secret is None and not self.keys


@dataclass(frozen=True)
class UserSettings:
    """One user. `password` of None takes any. `subject` of None is made from the username in the vendor's shape.

    `claims` are the claims of OpenID Connect Core section 5.1 and any others, for ID token and userinfo; those that
    the vendor's access token has as well get their value from here. `roles` are permissions of all tokens of the user.
    """

    username: str
    password: str | None = field(default=None, repr=False)
    subject: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()


class ClientRegistry:
    """The clients and users of one issuer. Safe to use from any number of threads.

    The mappings are replaced as a whole and may be read without a lock.
    """

    def __init__(self, clients: Iterable[ClientSettings] = (), users: Iterable[UserSettings] = ()) -> None:
        self._at_start = ({one.id: one for one in clients}, {one.username: one for one in users})
        self.clients: Mapping[str, ClientSettings] = self._at_start[0]
        self.users: Mapping[str, UserSettings] = self._at_start[1]
        self._lock = Lock()

    def client(self, client_id: str) -> ClientSettings | None:
        """The client with this id; None when clients are declared and it is not one of them."""
        if not self.clients:
            return _any_client(client_id)
        return self.clients.get(client_id)

    def user(self, username: str) -> UserSettings | None:
        """The user with this name; None when users are declared and this is not one of them."""
        if not self.users:
            return _anybody(username)
        return self.users.get(username)

    def user_of_subject(self, subject: str) -> UserSettings | None:
        """The user whose tokens have this `sub`; None when users are declared and it is nobody's."""
        if not self.users:
            return replace(_anybody(subject), subject=subject)
        return next((user for user in self.users.values() if subject in (user.subject, user.username)), None)

    def put_client(self, client: ClientSettings) -> None:
        """Declare a client, or declare it anew."""
        with self._lock:
            self.clients = {**self.clients, client.id: client}

    def put_user(self, user: UserSettings) -> None:
        """Declare a user, or declare them anew."""
        with self._lock:
            self.users = {**self.users, user.username: user}

    def remove_client(self, client_id: str) -> bool:
        """Forget a client; whether there was one."""
        with self._lock:
            kept = {key: one for key, one in self.clients.items() if key != client_id}
            self.clients, removed = kept, len(kept) < len(self.clients)
        return removed

    def remove_user(self, username: str) -> bool:
        """Forget a user; whether there was one."""
        with self._lock:
            kept = {key: one for key, one in self.users.items() if key != username}
            self.users, removed = kept, len(kept) < len(self.users)
        return removed

    def reset(self) -> None:
        """Back to the clients and users of the settings."""
        with self._lock:
            self.clients, self.users = self._at_start


@lru_cache(maxsize=1024)
def _any_client(client_id: str) -> ClientSettings:
    """A client nobody declared. Kept, as the token endpoint asks for the same ones again and again."""
    return ClientSettings(client_id, anonymous=True)


def _anybody(username: str) -> UserSettings:
    """A user nobody declared, with the claims that clients look for."""
    email = username if "@" in username else f"{username}@example.com"
    given = username.partition("@")[0].capitalize()
    claims = {
        "name": f"{given} Example",
        "given_name": given,
        "family_name": "Example",
        "preferred_username": username,
        "email": email,
        "email_verified": True,
    }
    return UserSettings(username, claims=claims)
