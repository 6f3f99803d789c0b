"""What the flows of one issuer remember between two requests. A reset forgets it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_bytes
from threading import Lock
from typing import Any
from uuid import uuid4

from mock_idp.issuer.memory import MAX_FLOW_BYTES, Remembered
from mock_idp.issuer.store import Store
from mock_idp.settings import ClientSettings, UserSettings
from mock_idp.vendors.context import Audience, StepUp


@dataclass(frozen=True)
class UserGrant:
    """What a user granted a client. `scope` are the words of the scope, `auth_time` is in unix seconds.

    `audience` of None is the client's or the issuer's own. `session_id` is the login the grant came from, `grant_type`
    the way it came. `auth_time_asked` says that the ID token has to say when the login was (Core section 3.1.2.1).
    `signed_on` says that the login was there before it was asked for, `exchanged` that the client has exchanged a token
    of its own.
    """

    client_id: str
    user: UserSettings
    scope: tuple[str, ...]
    audience: Audience | None
    auth_time: int
    session_id: str
    grant_type: str = "authorization_code"
    nonce: str | None = None
    auth_time_asked: bool = False
    step_up: StepUp = field(default_factory=StepUp)
    signed_on: bool = False
    exchanged: bool = False


@dataclass
class Family:
    """All tokens that go back to one grant; they end together."""

    grant: UserGrant
    ended: bool = False


@dataclass
class Code:
    """An authorization code. `used` is claimed under the lock of the flows; `until` is its end in unix seconds."""

    family: Family = field(repr=False)
    until: float
    redirect_uri: str | None
    challenge: str | None
    challenge_method: str
    used: bool = False


@dataclass
class RefreshToken:
    """A refresh token; `scope` is what it can be used for, `spent` that another one has replaced it.

    `until` is its end in unix seconds, after which it is still known for a while.
    """

    family: Family = field(repr=False)
    scope: tuple[str, ...]
    until: float
    spent: bool = False

    def good(self, now: float) -> bool:
        """Whether it can be used."""
        return not self.spent and not self.family.ended and self.until > now


@dataclass
class DeviceRequest:
    """A device that waits for its user. `wait_seconds` is how far apart its questions have to be,
    `asked_at` when the last one came, on the timer of the issuer's clock. `challenge` is what it proves itself by, with
    its method.
    """

    client_id: str
    scope: tuple[str, ...]
    audience: Audience | None
    user_code: str
    wait_seconds: float
    asked_at: float | None = None
    refused: bool = False
    family: Family | None = field(default=None, repr=False)
    challenge: str | None = None
    challenge_method: str = "plain"


@dataclass(frozen=True)
class Login:
    """A user who is logged in, in a browser that has the cookie. `until` is its end; both times are in unix seconds."""

    user: UserSettings
    auth_time: int
    until: float


@dataclass(frozen=True)
class IssuedToken:
    """An access token for a user. `until` is its end in unix seconds."""

    family: Family = field(repr=False)
    scope: tuple[str, ...]
    issued_at: int
    until: int


class FlowState:
    """The flows of one issuer. All keys but those of clients are digests of what was handed out.

    `lock` guards decisions of the kind look-then-change on the values. `secret` and its name are what refresh tokens
    are signed with that are JWTs; no JWKS has it.
    """

    def __init__(self, memory: Remembered | None = None) -> None:
        """In: what the flows of all issuers may remember together."""
        memory = Remembered(MAX_FLOW_BYTES) if memory is None else memory
        self.lock = Lock()
        self.secret = token_bytes(64)
        self.secret_kid = str(uuid4())
        self.codes: Store[Code] = Store(memory=memory)
        self.refresh_tokens: Store[RefreshToken] = Store(memory=memory)
        self.access_tokens: Store[IssuedToken] = Store(memory=memory)
        self.revoked: Store[bool] = Store(memory=memory)
        self.devices: Store[DeviceRequest] = Store(memory=memory)
        self.user_codes: Store[DeviceRequest] = Store(memory=memory)
        self.pushed: Store[Mapping[str, str]] = Store(memory=memory)
        self.logins: Store[Login] = Store(memory=memory)
        self.assertions: Store[bool] = Store(memory=memory)
        # By the client id, which is no secret.
        self.registered: Store[ClientSettings] = Store(memory=memory)
        self.client_documents: Store[ClientSettings] = Store(memory=memory)
        # By the URL they are at.
        self.client_keys: Store[tuple[Mapping[str, Any], ...]] = Store(memory=memory)

    @property
    def stores(self) -> tuple[Store[Any], ...]:
        """All that is remembered."""
        return tuple(each for each in vars(self).values() if isinstance(each, Store))

    def close(self) -> None:
        """These flows are forgotten."""
        for store in self.stores:
            store.leave()

    def end_login(self, session_id: str) -> None:
        """End the grants of a login, but not those that asked to outlive it (OpenID Connect Core section 11)."""
        _end(session_id, (token.family for token in self.refresh_tokens))

    def end_session(self, session_id: str) -> None:
        """As `end_login`, also for grants that have no refresh token."""
        self.end_login(session_id)
        _end(session_id, (token.family for token in self.access_tokens))

    def come_back(self, session_id: str, client_id: str) -> None:
        """What a client has of a login says from now on that its browser has come back by its cookie."""
        for token in self.refresh_tokens:
            grant = token.family.grant
            if (grant.session_id, grant.client_id) == (session_id, client_id):
                token.family.grant = replace(grant, signed_on=True)

    def end_exchanged(self, session_id: str, client_id: str) -> None:
        """End what a client has of a login, where it has exchanged a token of its own within that."""
        tokens = (*self.access_tokens, *self.refresh_tokens)
        families = [token.family for token in tokens if token.family.grant.client_id == client_id]
        if any(one.grant.exchanged and one.grant.session_id == session_id for one in families):
            _end(session_id, families)


def _end(session_id: str, families: Iterable[Family]) -> None:
    for family in families:
        if family.grant.session_id == session_id and "offline_access" not in family.grant.scope:
            family.ended = True
