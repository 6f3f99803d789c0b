"""One issuer: keys, faults, clock and request log of its own, and its documents ready to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from mock_idp.issuer.clients import ClientRegistry
from mock_idp.issuer.clock import IssuerClock
from mock_idp.issuer.documents import Document, documents_of
from mock_idp.issuer.id_token_keys import id_token_algorithm
from mock_idp.issuer.jwks_overlay import JwksOverlay
from mock_idp.issuer.keys import IssuerKeys
from mock_idp.issuer.memory import IssuersMemory, Share, size_of
from mock_idp.issuer.request_log import RequestLog
from mock_idp.issuer.routes import routes_of
from mock_idp.jose.header_keys import with_keys
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.pool import KeyPool
from mock_idp.jose.ring import KeyChange, RingEntry
from mock_idp.jose.rotation import Rotation
from mock_idp.plans.faults.queue import FaultQueue
from mock_idp.plans.stubs.queue import StubQueue
from mock_idp.settings import IssuerSettings
from mock_idp.vendors import VENDORS
from mock_idp.vendors.context import GrantOrigin, IssuerContext, TokenPlace, TokenRequest
from mock_idp.vendors.permission_path import check_path, in_place

if TYPE_CHECKING:
    from mock_idp.issuer.flow_state import FlowState
    from mock_idp.jose.forge import ForgedToken
    from mock_idp.jose.token_spec import TokenSpec


class Issuer:
    """An issuer of one vendor's kind. Safe to use from any number of threads."""

    def __init__(
        self,
        settings: IssuerSettings,
        public_url: str,
        pool: KeyPool,
        wall: Callable[[], float],
        log_size: int,
        options: Mapping[str, Any],
        keys_of: Issuer | None = None,
        memory: IssuersMemory | None = None,
    ) -> None:
        """In: the public URL of the server, and the vendor's options with their defaults filled in.

        It has the keys that `keys_of`, an earlier issuer of the same settings, has started with, or else fresh ones.
        Raises JoseError when a key of the settings cannot be made, MockIdpError when there is no room in `memory` for
        what they declare, or when no token can have the permissions claim.
        """
        self.id = settings.id
        self.settings = settings
        self.vendor = VENDORS[settings.style]
        self.mount = settings.mount or f"/i/{settings.id}"
        self.prefix = "" if self.mount == "root" else self.mount
        self.context = IssuerContext(
            base=(settings.public_url or public_url) + self.prefix,
            back=(settings.public_url or public_url) + self.prefix,
            audience=settings.audience,
            permissions_claim=settings.permissions_claim or self.vendor.default_permissions_claim,
            algorithm=settings.algorithm,
            token_lifetime_seconds=(settings.token_lifetime_seconds or self.vendor.default_token_lifetime_seconds),
            options=options,
        )
        check_path(self.vendor, self.context)
        # All issuers of the server, among them this one, once it stands there.
        self.neighbours: Callable[[], Sequence[Issuer]] = lambda: ()
        self.is_closed = self.vendor.refuse_document(self.context) is not None
        self.clock = IssuerClock(wall)
        self._memory = IssuersMemory() if memory is None else memory
        self.log = RequestLog(settings.id, log_size, wall, memory=self._memory.logs)
        self._flows: FlowState | None = None
        # What is there from the start had room once.
        self._share = Share(self._memory.declared, refuses=keys_of is None)
        try:
            self._start(pool, keys_of)
        except BaseException:
            self._share.close()
            raise
        self._share.refuses = True
        self._memory.logs.join(self.log)

    def _start(self, pool: KeyPool, keys_of: Issuer | None) -> None:
        """All that is declared. Raises as the constructor."""
        settings, share = self.settings, self._share
        share.hold("settings", size_of(settings))
        self.faults = FaultQueue(partial(share.hold, "faults"))
        self.stubs = StubQueue(settings.script, partial(share.hold, "script"))
        self.clients = ClientRegistry(
            settings.clients, settings.users, partial(share.hold, "clients"), self.vendor.anybody
        )
        self.keys = IssuerKeys(self.vendor, self.context, pool, self.clock.now, partial(share.hold, "keys"))
        self.overlay = JwksOverlay()
        self._documents: Mapping[str, Document] | None = None
        self._changed_at = self.clock.now()
        self._lock = RLock()
        if keys_of is not None:
            self.keys.start_as(keys_of.keys)
        else:
            usual = self.vendor.usual_keys(self.context.options)
            self.keys.start_with(usual if settings.keys is None else settings.keys)
        self.publish()

    def seen_from(self, front: str | None, back: str | None, path: str) -> IssuerContext:
        """The issuer as the caller of `path` sees it, for whom the server is at these URLs: for browsers, and for what
        asks by itself. None stands for the public URL.
        """
        bases = [self.context.base if url is None else url + self.prefix for url in (front, back)]
        return replace(self.context, base=bases[0], back=bases[1], path=path.removeprefix(self.prefix))

    @property
    def documents(self) -> Mapping[str, Document]:
        """JWKS and discovery by their endpoint, others by their path: made at the first request after a change."""
        documents = self._documents
        return self._make_documents() if documents is None else documents

    @property
    def issuer(self) -> str:
        """The issuer identifier, the `iss` of its tokens."""
        return self.vendor.issuer(self.context)

    @property
    def algorithm(self) -> str:
        """What its ID tokens are signed with, by the key that signs now."""
        return id_token_algorithm(self.vendor, self.key_entries(), self.settings.token, self.context.algorithm)

    @property
    def jwks_uri(self) -> str:
        """The public URL of the JWKS."""
        return self.context.base + self.vendor.jwks_path(self.context.options)

    @property
    def discovery_url(self) -> str:
        """The public URL of the discovery document."""
        return self.context.base + self.vendor.discovery_paths(self.context.options)[0]

    @property
    def token_endpoint(self) -> str:
        """The public URL of the token endpoint."""
        return str(self.vendor.discovery(self.context)["token_endpoint"])

    def routes(self) -> Iterator[tuple[str, str]]:
        """Path on this server and endpoint (`jwks`, `discovery`, `token`, the flows') of all this issuer serves."""
        return routes_of(self.vendor, self.prefix, self.context)

    @property
    def flows(self) -> FlowState:
        """What its flows remember: codes, refresh tokens, logins."""
        with self._lock:
            if self._flows is None:
                # Loaded by the first flow: keys are served without it.
                from mock_idp.issuer.flow_state import FlowState

                self._flows = FlowState(self._memory.flows)
            return self._flows

    def add_key(self, settings: KeySettings) -> RingEntry:
        """Make a key; when its state is a published one the JWKS has it from now on.

        Raises JoseError and MockIdpError as `IssuerKeys.check` and `IssuerKeys.put`.
        """
        with self._lock:
            self.keys.check(settings)
        # Outside the lock: it takes its time, and others want to sign.
        key = self.keys.make(settings)
        with self._lock:
            entry = self.keys.put(key, settings)
            self.publish()
            return entry

    def sign_with(self, key: SigningKey) -> RingEntry:
        """Take in a key that was made elsewhere, and sign with it from now on. Raises as `IssuerKeys.put`."""
        with self._lock:
            entry = self.keys.put(key, KeySettings(state="current"))
            self.publish()
            return entry

    def set_key_state(self, handle: str, state: str) -> RingEntry:
        """Move the key with this name or kid to another state. Raises as `IssuerKeys.set_state`."""
        with self._lock:
            entry = self.keys.set_state(handle, state)
            self.publish()
            return entry

    def remove_key(self, handle: str) -> None:
        """Forget the key with this name or kid. Raises JoseError."""
        with self._lock:
            self.keys.remove(handle)
            self.publish()

    def find_key(self, handle: str, field: str = "key") -> RingEntry:
        """The key with this name or kid, or `current`. Raises JoseError that blames the member `field`."""
        with self._lock:
            return self.keys.ring.entry(handle, field)

    def key_entries(self) -> list[RingEntry]:
        """All keys, oldest first."""
        with self._lock:
            return list(self.keys.ring)

    def key_changes(self) -> list[KeyChange]:
        """The last changes of its keys since the start or a reset, oldest first."""
        with self._lock:
            return list(self.keys.ring.changes)

    def rotate(self, habit: str | None = None) -> Rotation:
        """One rotation by the vendor's habit, or by the one that is named. Raises JoseError."""
        while True:
            with self._lock:
                wanted = self.keys.wanted_for_rotation(habit)
            fresh = [self.keys.make(settings) for settings in wanted]
            with self._lock:
                # Unless another one was faster.
                if self.keys.wanted_for_rotation(habit) == wanted:
                    rotation = self.keys.rotate(fresh, habit)
                    self.publish()
                    return rotation

    def lay_over(self, make: Callable[[Callable[[str], SigningKey]], JwksOverlay]) -> None:
        """Lay changes over the served key set. `make` gets the way to find a key by its name or kid.

        Raises JoseError for an unknown key, or an entry without a JSON form; then nothing has changed.
        """
        with self._lock:
            overlay = make(self.keys.ring.find)
            overlay.document((), self.keys.members)
            self._share.hold("jwks", size_of((overlay.before, overlay.after, list(overlay.edits.values()))))
            self.overlay = overlay
            self.publish()

    def mint(
        self,
        spec: TokenSpec,
        context: IssuerContext | None = None,
        origin: GrantOrigin | None = None,
        scope: Sequence[str] = (),
        place: TokenPlace = "access_token",
        claims: Mapping[str, Any] | None = None,
    ) -> ForgedToken:
        """A token as the vendor would make it, with the differences the spec asks for.

        `context` differs from the issuer's own behind a proxy; a token for a user is one of a login in a browser
        without an `origin`. `scope` are the words that were granted. `claims` stand in place of the vendor's, for an ID
        token. Raises JoseError.
        """
        # The forge is a third of the start-up time, and keys are served without it.
        from mock_idp.jose.forge import forge
        from mock_idp.jose.token_changes import changed

        context = context or self.context
        # Who writes the whole payload writes them into it.
        if context.extra_claims and spec.payload is None:
            spec = replace(spec, claims={**spec.claims, **context.extra_claims})
        if context.token_changes:
            spec = changed(spec, context.token_changes, place)
        if spec.header:
            header = with_keys(spec.header, lambda handle, field: self.find_key(handle, field).key)
            spec = replace(spec, header=header)
        now = self.clock.now()
        request = TokenRequest(
            now=now,
            kind=spec.kind,
            subject=spec.subject,
            client_id=spec.client_id,
            audience=spec.audience,
            permissions=spec.permissions or (),
            origin=origin or GrantOrigin(),
            scope=tuple(scope),
            empty_permissions=spec.permissions == (),
        )
        return forge(
            spec,
            base_claims=in_place(self.vendor.claims(context, request), context.permissions_claim)
            if claims is None
            else claims,
            base_header=self.vendor.token_header(self.context.options),
            key=self._signing_key(spec, place),
            now=now,
            header_form=self.vendor.header_bytes,
        )

    def _signing_key(self, spec: TokenSpec, place: TokenPlace) -> SigningKey:
        """The key a spec names; an access token for which it names none may have a key of its own."""
        name = self.vendor.access_token_key(self.context.options)
        # A payload of its own is nothing that the vendor makes.
        if spec.key == "current" and place == "access_token" and spec.payload is None and name != "current":
            own = next((entry.key for entry in self.key_entries() if entry.name == name), None)
            if own is not None:
                return own
        if spec.key == "current" and self.vendor.makes_missing_key:
            self._make_missing_key()
        return self.find_key(spec.key).key

    def _make_missing_key(self) -> None:
        settings = self.keys.missing()
        if settings is not None:
            key = self.keys.make(settings)
            with self._lock:
                # Unless another one was faster.
                if self.keys.missing() is not None:
                    self.keys.put(key, settings)
                    self.publish()

    def reset(self) -> None:
        """Back to the start: the first keys in their first states, no faults, no overlay, wall clock, empty log.

        Requests that are held up by a fault end without an answer.
        """
        with self._lock:
            self._share.refuses = False
            self.faults.reset()
            self.stubs.reset()
            self.clock.reset()
            self.log.clear()
            self.keys.reset()
            self._share.hold("jwks", 0)
            self.overlay = JwksOverlay()
            self.clients.reset()
            self._share.refuses = True
            self._forget_flows()
            self.publish()

    def close(self) -> None:
        """End everything that waits on this issuer, for good."""
        self.faults.close()
        self.log.close()
        self._share.close()
        with self._lock:
            self._forget_flows()

    def _forget_flows(self) -> None:
        if self._flows is not None:
            self._flows.close()
            self._flows = None

    def publish(self) -> None:
        """Let the documents be made anew from the keys as they are now."""
        with self._lock:
            self._documents, self._changed_at = None, self.clock.now()

    def _make_documents(self) -> Mapping[str, Document]:
        with self._lock:
            keys = self.keys.ring.published()
            jwks = self.overlay.document(keys, self.keys.members)
            context = replace(self.context, algorithm=self.algorithm)
            self._documents = documents_of(self.vendor, context, self.prefix, jwks, keys, self._changed_at)
            return self._documents
