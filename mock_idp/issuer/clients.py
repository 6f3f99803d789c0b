"""The clients and users of an issuer: those it was given, or anybody at all while it was given none.

Semantics: no declared clients, any client id and secret is good and may do everything. With declared clients only
they are known, each with its secret, grants, scopes and audiences. Users likewise, apart from the clients.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import Any

from mock_idp.issuer.memory import size_of
from mock_idp.settings import ClientSettings, UserSettings

# Longer ids are not worth keeping.
_USUAL_ID = 200


class ClientRegistry:
    """The clients and users of one issuer. Safe to use from any number of threads.

    The mappings are replaced as a whole and may be read without a lock.
    """

    def __init__(
        self,
        clients: Iterable[ClientSettings] = (),
        users: Iterable[UserSettings] = (),
        hold: Callable[[int], None] = lambda size: None,
        anybody: Callable[[str], Mapping[str, Any]] = lambda username: {},
    ) -> None:
        """In: those of the start; what is told how many bytes those declared since take, and raises MockIdpError
        where that is too much; and what makes the claims about a user nobody declared.
        """
        self._hold = hold
        self._claims_of_anybody = anybody
        self._bytes = 0
        self._at_start = ({one.id: one for one in clients}, {one.username: one for one in users})
        self.clients: Mapping[str, ClientSettings] = self._at_start[0]
        self.users: Mapping[str, UserSettings] = self._at_start[1]
        self._lock = Lock()

    def client(self, client_id: str) -> ClientSettings | None:
        """The client with this id; None when clients are declared and it is not one of them."""
        if not self.clients:
            return _any_client(client_id) if len(client_id) <= _USUAL_ID else ClientSettings(client_id, anonymous=True)
        return self.clients.get(client_id)

    def user(self, username: str) -> UserSettings | None:
        """The user with this name; None when users are declared and this is not one of them."""
        if not self.users:
            return self._anybody(username)
        return self.users.get(username)

    def user_now(self, user: UserSettings) -> UserSettings | None:
        """The same user as they are declared now, which may be otherwise than at their login; None once they are gone.

        A user nobody declared is gone when others are declared.
        """
        found = self.users.get(user.username)
        return user if found is None and user.anonymous and not self.users else found

    def user_of_subject(self, subject: str) -> UserSettings | None:
        """The user whose tokens have this `sub`; None when users are declared and it is nobody's."""
        if not self.users:
            return replace(self._anybody(subject), subject=subject)
        return next((user for user in self.users.values() if subject in (user.subject, user.username)), None)

    def put_client(self, client: ClientSettings) -> None:
        """Declare a client, or declare it anew. Raises MockIdpError when there is no room."""
        with self._lock:
            self._grow(size_of(client) - size_of(self.clients.get(client.id)))
            self.clients = {**self.clients, client.id: client}

    def put_user(self, user: UserSettings) -> None:
        """Declare a user, or declare them anew. Raises MockIdpError when there is no room."""
        with self._lock:
            self._grow(size_of(user) - size_of(self.users.get(user.username)))
            self.users = {**self.users, user.username: user}

    def remove_client(self, client_id: str) -> bool:
        """Forget a client; whether there was one."""
        with self._lock:
            kept = {key: one for key, one in self.clients.items() if key != client_id}
            self._grow(-size_of(self.clients.get(client_id)))
            self.clients, removed = kept, len(kept) < len(self.clients)
        return removed

    def remove_user(self, username: str) -> bool:
        """Forget a user; whether there was one."""
        with self._lock:
            kept = {key: one for key, one in self.users.items() if key != username}
            self._grow(-size_of(self.users.get(username)))
            self.users, removed = kept, len(kept) < len(self.users)
        return removed

    def reset(self) -> None:
        """Back to the clients and users of the settings."""
        with self._lock:
            self.clients, self.users = self._at_start
            self._grow(-self._bytes)

    def _anybody(self, username: str) -> UserSettings:
        return UserSettings(username, claims=self._claims_of_anybody(username), anonymous=True)

    def _grow(self, by: int) -> None:
        grown = self._bytes + by
        self._hold(max(grown, 0))
        self._bytes = grown


@lru_cache(maxsize=1024)
def _any_client(client_id: str) -> ClientSettings:
    """A client nobody declared. Kept, as the token endpoint asks for the same ones again and again."""
    return ClientSettings(client_id, anonymous=True)
