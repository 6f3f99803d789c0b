"""All issuers of a server, and which of them a path belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from threading import Event, RLock
from typing import Any

from mock_idp.errors import MockIdpError, bad_field, conflict, not_found
from mock_idp.http11.schema import with_defaults
from mock_idp.issuer.issuer import Issuer
from mock_idp.issuer.memory import IssuersMemory
from mock_idp.issuer.places import MAX_HELD, MAX_WAITS, Places
from mock_idp.jose.errors import nearest
from mock_idp.jose.pool import KeyPool
from mock_idp.settings import IssuerSettings, ServerSettings, check_public_url
from mock_idp.tools import clocks
from mock_idp.vendors import VENDORS

ISSUER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OURS = ("/_mock", "/i/")


@dataclass(frozen=True, slots=True)
class Route:
    """The issuer a path belongs to, and which of its endpoints it is."""

    issuer: Issuer
    endpoint: str


class State:
    """The issuers of one server. Safe to use from any number of threads.

    `routes` is, like the issuers, replaced as a whole when issuers come and go and may be read without a lock.
    `ready` is set once the issuers of the settings have their keys. `held` and `waits` have the places of requests that
    faults and scripts hold up, and of calls that wait for requests.
    """

    def __init__(
        self,
        settings: ServerSettings,
        public_url: str,
        pool: KeyPool,
        wall: Callable[[], float] = clocks.wall,
    ) -> None:
        """In: the public URL unless the settings have one, and the pool to take keys from, closed by `close`."""
        self.settings = settings
        self.public_url = settings.public_url.rstrip("/") if settings.public_url else public_url
        self.wall = wall
        self.ready = Event()
        self.routes: Mapping[str, Route] = {}
        self.pool = pool
        self.held = Places(MAX_HELD, "requests can be held up by faults and scripts")
        self.waits = Places(MAX_WAITS, "calls can wait for requests")
        self.memory = IssuersMemory()
        self._issuers: Mapping[str, Issuer] = {}
        self._from_start: tuple[Issuer, ...] = ()
        self._being_made: set[str] = set()
        self._lock = RLock()
        self._numbers = count(1)

    def start(self) -> None:
        """Make the issuers of the settings. Raises MockIdpError or JoseError when one of them cannot be."""
        self._from_start = tuple(self.add(settings) for settings in self.settings.issuers)
        self.ready.set()

    def issuers(self) -> list[Issuer]:
        """All issuers, oldest first."""
        return list(self._issuers.values())

    def find(self, issuer_id: str) -> Issuer:
        """The issuer with this id. Raises MockIdpError 404 with the nearest known id."""
        issuer = self._issuers.get(issuer_id)
        if issuer is None:
            sentence = f"There is no issuer {issuer_id!r}. {nearest(issuer_id, list(self._issuers))}"
            raise not_found("unknown_issuer", sentence)
        return issuer

    def add(self, settings: IssuerSettings) -> Issuer:
        """Make an issuer. An empty id gets one made up.

        Raises MockIdpError for an unknown style or option, a taken id, a path that belongs to somebody else, or when
        there is no room; JoseError for a key that cannot be made. Then nothing has changed.
        """
        with self._lock:
            settings = self._checked(settings)
            self._being_made.add(settings.id)
        try:
            # Outside the lock: making keys takes time, and others want their issuers too.
            issuer = self._make(settings)
            try:
                with self._lock:
                    if issuer.id in self._issuers:
                        # A reset has brought it back meanwhile.
                        raise _exists(issuer.id)
                    self.routes = {**self.routes, **_routes_of(issuer, self.routes)}
                    self._issuers = {**self._issuers, issuer.id: issuer}
            except MockIdpError:
                issuer.close()
                raise
        finally:
            self._being_made.discard(settings.id)
        return issuer

    def remove(self, issuer_id: str) -> None:
        """Forget an issuer; its requests that are held up end. Raises MockIdpError 404."""
        with self._lock:
            issuer = self.find(issuer_id)
            self._issuers = {key: each for key, each in self._issuers.items() if each is not issuer}
            self.routes = {path: route for path, route in self.routes.items() if route.issuer is not issuer}
            # Those of the start are needed again.
            comes_back = issuer in self._from_start
        issuer.close()
        if not comes_back:
            issuer.keys.give_back()

    def reset(self) -> None:
        """The issuers of the settings as they were at the start, also those that were deleted; all others are gone.

        Requests that are held up end without an answer.
        """
        with self._lock:
            before, from_start = self.issuers(), self._from_start
            self._from_start = tuple(self._make(issuer.settings, issuer) for issuer in from_start)
            routes: dict[str, Route] = {}
            for issuer in self._from_start:
                routes |= _routes_of(issuer, routes)
            self._issuers, self.routes = {issuer.id: issuer for issuer in self._from_start}, routes
            self._numbers = count(1)
        for issuer in before:
            issuer.close()
            if issuer not in from_start:
                issuer.keys.give_back()

    def close(self) -> None:
        """End everything that waits on any issuer, and the making of keys."""
        for issuer in self.issuers():
            issuer.close()
        self.pool.close()

    def owner_of(self, path: str) -> Issuer | None:
        """The issuer below whose prefix a path is, whether it serves that path or not."""
        if path.startswith("/i/"):
            return self._issuers.get(path.split("/", 3)[2])
        return next((issuer for issuer in self.issuers() if issuer.prefix == ""), None)

    def create_for(self, path: str) -> Route | None:
        """Make the issuer a first request asks for (`/i/<new id>/...`), of the style whose layout the path fits.

        None when the path fits no style, or the id is not free or not an id.
        """
        parts = path.split("/", 3)
        if len(parts) < 4 or parts[1] != "i" or not ISSUER_ID.fullmatch(parts[2]):
            return None
        # Auth0's layout is the best known of those that several have, `custom` the plainest.
        first = (self.settings.default_style, "auth0", "custom")
        styles = sorted(VENDORS, key=lambda style: first.index(style) if style in first else len(first))
        with self._lock:
            if path in self.routes:
                return self.routes[path]
            if parts[2] in self._issuers:
                return None
            for style in styles:
                if _serves(style, "/" + parts[3]):
                    self.add(IssuerSettings(id=parts[2], style=style))
                    return self.routes.get(path)
        return None

    def _checked(self, settings: IssuerSettings) -> IssuerSettings:
        if len(self._issuers) + len(self._being_made) >= self.settings.max_issuers:
            sentence = f"This server holds at most {self.settings.max_issuers} issuers; delete some."
            raise conflict("too_many_issuers", sentence)
        taken = {*self._issuers, *self._being_made}
        if settings.style not in VENDORS:
            sentence = f"There is no style {settings.style!r}. {nearest(settings.style, VENDORS)}"
            raise bad_field("style", sentence)
        if settings.public_url is not None:
            settings = replace(settings, public_url=check_public_url(settings.public_url))
        if not settings.id:
            made_up = (f"{settings.style}-{number}" for number in self._numbers)
            return replace(settings, id=next(name for name in made_up if name not in taken))
        if not ISSUER_ID.fullmatch(settings.id):
            raise bad_field("id", "An id is 1 to 64 letters, digits, dots, dashes or underscores.")
        if settings.id in taken:
            raise _exists(settings.id)
        return settings

    def _make(self, settings: IssuerSettings, keys_of: Issuer | None = None) -> Issuer:
        log_size, options = self.settings.request_log_size, _options(settings)
        issuer = Issuer(settings, self.public_url, self.pool, self.wall, log_size, options, keys_of, self.memory)
        issuer.neighbours = self.issuers
        return issuer


def _routes_of(issuer: Issuer, taken: Mapping[str, Route]) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for path, endpoint in issuer.routes():
        ours = issuer.prefix == "" and f"{path}/".startswith(_OURS)
        route = routes.setdefault(path, Route(issuer, endpoint))
        if ours or path in taken or route.endpoint != endpoint:
            raise conflict("path_taken", f"The path {path} is served already.", "options")
    return routes


def _exists(issuer_id: str) -> MockIdpError:
    return conflict("issuer_exists", f"There is an issuer {issuer_id!r} already.", "id")


def _options(settings: IssuerSettings) -> dict[str, Any]:
    return with_defaults(settings.options, VENDORS[settings.style].option_schemas, "options")


def _serves(style: str, path: str) -> bool:
    vendor = VENDORS[style]
    options = with_defaults({}, vendor.option_schemas, "options")
    return path in (
        vendor.jwks_path(options),
        vendor.token_path(options),
        *vendor.discovery_paths(options),
    )
