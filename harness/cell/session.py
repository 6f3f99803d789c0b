"""An issuer of its own and a service that trusts it: what cells are run on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from harness.base.errors import HarnessError, TargetError
from harness.base.verdicts import Inconclusive, NotPossible
from harness.cell.credentials import known_secrets
from harness.cell.environment import Environment
from harness.cell.key_files import KeyFiles
from harness.cell.mcp_session import McpSession
from harness.cell.outgoing import build_request, find_route
from harness.cell.pace import PacedConnection
from harness.cell.placeholder_values import session_words
from harness.cell.preconditions import Controls
from harness.cell.real_issuer import RealIssuerClient
from harness.cell.service_settings import long_api_keys, service_config, standard_api_keys
from harness.cell.tokens import PermissionsPlace, Words, token_spec
from harness.grammar.model import Route, Table
from harness.grammar.vocabulary import STYLE_OPTIONS
from harness.idp.client import IssuerClient
from harness.targets.base import ApiKey, Service, ServiceConfig
from harness.targets.config_secrets import planted_secrets
from harness.wire.exchange import ANSWER_SECONDS, Exchange, Request

if TYPE_CHECKING:
    from harness.idp.tls_front import TlsFront

# A plain token lives for 300 s; it is used again for canaries while it is younger than this.
_PLAIN_TOKEN_SECONDS = 100.0


class Session:
    """One issuer and, once started, one service configured for it; used by one cell at a time.

    `config` is the scenario's config table, over what the profile's services are told usually. Nothing is started by
    the constructor but the issuer.
    """

    def __init__(self, environment: Environment, style: str, config: Table) -> None:
        self.environment, self.style = environment, style
        self.profile = environment.profile
        self.config: Table = {**self.profile.usual, **config}
        self.algorithms: tuple[str, ...] = tuple(config.get("allowed_algorithms", ("RS256",)))
        self.tls: TlsFront | None = None
        self.planted: set[str] = set()  # Secrets in the configurations of its services.
        self.other_issuers: dict[str, IssuerClient] = {}  # a scenario's name of another issuer -> that issuer
        self._reconfigured = False
        self._second_changed = False
        self.issuer = self._issuer()
        if isinstance(self.issuer, RealIssuerClient) and self.issuer.algorithm not in self.algorithms:
            self._take_algorithm_of(self.issuer)
        keys = self.issuer.key_list()
        self.first_kid: str = next(key["kid"] for key in keys if key["state"] == "current")
        self.service: Service | None = None
        self.connection: PacedConnection | None = None
        self.key_files = KeyFiles(self)
        self.controls = Controls(self)
        self.mcp = McpSession(self)
        self._plain: dict[str, tuple[str, float]] = {}
        self._keys_changed = False
        self.suspect = False  # Whether a case that did not pass has used the service.
        self.kids: dict[str, str] = {"first": self.first_kid}  # a scenario's name of a key -> its kid
        # A run on a lasting issuer that was killed has left its attacker behind.
        self.kids |= {key["name"]: key["kid"] for key in keys if key["name"] == "attacker"}

    def _issuer(self) -> IssuerClient:
        options = self.environment.options
        if self.environment.real:
            return self.environment.real.issuer_for(self.environment.idp, self.profile, lambda: self.permissions_place)
        if options.issuer:
            issuer = self.environment.idp.issuer(options.issuer)
            if issuer.style != self.style:
                raise HarnessError(
                    f"the issuer {issuer.id!r} issues tokens in the style {issuer.style}: "
                    f"run with --style {issuer.style}"
                )
            return issuer
        return self.environment.idp.create_issuer(self.style, **self._issuer_settings())

    def _issuer_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {**self.environment.settings_for_issuer()}
        if self.config.get("tls"):
            from harness.idp.tls_front import TlsFront  # Certificates load only where they are needed.

            self.tls = TlsFront(self.environment.idp.url, self.environment.target.https_base_url)
            settings["public_url"] = self.tls.url
        settings |= self.profile.style_settings.get(self.style, {})
        settings |= _options_of(self.style, settings)
        if "permissions_claim" in self.config:
            settings["permissions_claim"] = self.config["permissions_claim"]
        if self.algorithms and self.algorithms[0] != "RS256":
            settings["algorithm"] = self.algorithms[0]
        return settings

    def _take_algorithm_of(self, issuer: RealIssuerClient) -> None:
        """Allow what a real issuer signs with. Raises `NotPossible` where the scenario allows something else."""
        if "allowed_algorithms" in self.config:
            issuer.delete()
            raise NotPossible(f"it is about other algorithms than the one of the real issuer, {issuer.algorithm}")
        self.algorithms = (issuer.algorithm,)

    def make_issuer(self, name: str, style: str | None = None) -> IssuerClient:
        """Another issuer at the same identity provider, with keys of its own."""
        settings: dict[str, Any] = {**self.environment.settings_for_issuer()}
        if self.tls is not None:
            settings["public_url"] = self.tls.url
        settings |= _options_of(style or self.style, settings)
        self.other_issuers[name] = self.environment.idp.create_issuer(style or self.style, **settings)
        return self.other_issuers[name]

    def issuer_named(self, name: str | None) -> IssuerClient:
        """The session's own issuer for None, else one that a step made; `second` is the other one that is trusted."""
        if name is None:
            return self.issuer
        if name == "second" and name not in self.other_issuers:
            self.make_issuer("second")
        if name not in self.other_issuers:
            raise HarnessError(f"no step of the scenario has made an issuer {name!r}")
        return self.other_issuers[name]

    # The service

    def start_service(self) -> None:
        """Start the service with the session's configuration. Raises `TargetError` when it does not come up."""
        self._start(self.service_config())

    def _start(self, config: ServiceConfig) -> None:
        self.environment.pause(0)  # Raises when the run has ended: then nothing is started any more.
        self.planted |= {*planted_secrets(config)}
        try:
            self.service = self.environment.target.start(config)
        except TargetError as problem:
            # Its log may show what it was configured with, and nobody else knows what that was.
            secrets = known_secrets(self)
            raise TargetError(secrets.cut(problem.what), secrets.cut(problem.log.as_it_came)) from problem
        self.planted |= {*self.service.secrets}
        self.connection = self.environment.connect(self.service)
        self.controls, self.mcp = Controls(self), McpSession(self)

    def is_lost(self) -> bool:
        """Whether the service ended, or no longer lets in whom it let in before; False for one that can't be replaced.

        A case that did not pass may have left it like that: the next one is to have another service.
        """
        if self.service is None or not self.environment.target.can_restart:
            return False
        try:
            return not self.service.alive() or self.controls.is_lost()
        except Inconclusive:  # It asks for fewer requests.
            return False
        except HarnessError:
            return True

    def stop_service(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        if self.service is not None:
            service, self.service = self.service, None
            service.stop()

    def service_config(self) -> ServiceConfig:
        """What the service is started with."""
        return service_config(self, self.config)

    def api_keys(self) -> dict[str, ApiKey]:
        """The API keys that scenarios name."""
        keys = standard_api_keys(self.profile)
        return long_api_keys(keys) if self.config.get("api_keys") == "long" else keys

    def restart_service(self, config: Table) -> None:
        """Start the service, or start it again, with these changes of its configuration.

        The session keeps them until it is tidied.
        """
        self.stop_service()
        self._reconfigured = self._reconfigured or bool(config)
        self._start(service_config(self, {**self.config, **config}))

    # Tokens and requests

    @property
    def permissions_place(self) -> PermissionsPlace:
        """Where the service looks for permissions."""
        declared, vendors = self.profile.permissions_place, self.issuer.permissions_claim
        named = "permissions_claim" in self.config or "permissions_claim" in self.profile.style_settings.get(
            self.style, {}
        )
        if named or not declared.claim:
            path: tuple[str, ...] = (str(self.config.get("permissions_claim", vendors)),)
        else:
            path = declared.path(self.issuer.audience)
        return PermissionsPlace(path, vendors, declared if declared.is_declared else None)

    @property
    def permissions_claim(self) -> str:
        """The claim of a token in which the service looks for permissions, or for what holds them."""
        return self.permissions_place.path[0]

    def token_spec(self, token: Table, route: Route | None, words: Words = MappingProxyType({})) -> dict[str, Any]:
        """The spec of a token for a request to `route`, with the permissions where the service looks for them."""
        place = self.permissions_place
        if isinstance(self.issuer, RealIssuerClient):  # It puts them there itself, where they aren't yet.
            usual = self.issuer.usual_permissions(route)
            return token_spec(token, route, self.profile, words, replace(place, declared=None), usual)
        return token_spec(token, route, self.profile, words, place)

    def signing_kid(self) -> str:
        return next((key["kid"] for key in self.issuer.key_list() if key["state"] == "current"), self.first_kid)

    def plain_token(self, route: Route) -> str:
        """The vendor's plain token with the permission of `route`, made by the key that signs at the moment."""
        token, made = self._plain.get(route.permission, ("", 0.0))
        now = time.monotonic()
        if not token or now - made > _PLAIN_TOKEN_SECONDS:
            token = self.issuer.mint(self.token_spec({}, route))
            self._plain[route.permission] = (token, now)
        return token

    def forget_plain_tokens(self) -> None:
        """The signing key changed: the next plain token must be a new one."""
        self._plain.clear()
        self._keys_changed = True

    def send(
        self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False, patient: bool = True
    ) -> Exchange:
        if self.connection is None:
            raise HarnessError("the scenario sends a request while its service is not running")
        return self.connection.send(request, answer_seconds=answer_seconds, same=same, patient=patient)

    def send_plain(self, request: str | Table = "read") -> tuple[Exchange, Route]:
        """The plain token on a route, as the profile describes it."""
        route = find_route(request, self.profile)
        made = build_request(request, route, self.plain_token(route), session_words(self, ""), self.profile.credential)
        return self.send(made), route

    # Keys

    def add_key(self, name: str, **settings: Any) -> str:
        """Add a key under a scenario's name for it; returns its kid."""
        self.kids[name] = self.issuer.add_key(name=name, **settings)["kid"]
        self.forget_plain_tokens()
        return self.kids[name]

    def add_key_elsewhere(self, issuer: str, name: str, **settings: Any) -> None:
        """Add a key to an issuer that a step made, or to the second one that the service trusts."""
        self.issuer_named(issuer).add_key(name=name, **settings)
        self._second_changed = self._second_changed or issuer == "second"

    def kid(self, name: str) -> str:
        """The kid of a key that a scenario names; `attacker` is made, unpublished, when it is first asked for."""
        if name == "attacker" and name not in self.kids:
            self.add_key("attacker", state="hidden")
        if name not in self.kids:
            raise HarnessError(f"no step of the scenario has made a key {name!r}")
        return self.kids[name]

    def public_member(self, name: str, member: str) -> str:
        """A member of the public JWK of a key, published or not; of `x5c` the first certificate."""
        key = self.issuer.key(self.kid(name))
        value: str = key["x5c"][0] if member == "x5c" else key["jwk"][member]
        return value

    def with_kids(self, token: Table) -> Table:
        """A token table with the scenario's names of keys replaced by their kids, also inside its header."""
        changed = dict(token)
        if token.get("key", "current") != "current":
            changed["key"] = self.kid(token["key"])
        if "header" in token:
            changed["header"] = self._with_keys(token["header"])
        return changed

    def _with_keys(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                name: self.kid(item) if name in ("$jwk", "$x5c") else self._with_keys(item)
                for name, item in value.items()
            }
        return [self._with_keys(item) for item in value] if isinstance(value, list) else value

    def attacker_jwk(self) -> dict[str, Any]:
        """The public JWK of the attacker's key, with its certificate where the provider makes one."""
        key = self.issuer.key(self.kid("attacker"))
        return {**key["jwk"], **({"x5c": key["x5c"]} if key.get("x5c") else {})}

    def tidy(self) -> None:
        """Undo what a cell did: faults, edits, added keys and issuers go; the first key signs again.

        A service with another configuration, or with a second issuer that was changed, is stopped.
        """
        if self._reconfigured or self._second_changed:
            self._reconfigured = False
            self.stop_service()
        if self.tls is not None:
            self.tls.present("trusted")
        for name in [name for name in self.other_issuers if name != "second" or self._second_changed]:
            self.other_issuers.pop(name).delete()
        self._second_changed = False
        if self.issuer.misbehaves:
            self.issuer.clear_faults()
        if self.issuer.edited:
            self.issuer.clear_jwks()
        added = {name: kid for name, kid in self.kids.items() if name not in ("first", "attacker")}
        # Added keys go first: one of them may have the first key's kid, which means the newest of the two.
        for name, kid in added.items():
            self.issuer.delete_key(kid)
            del self.kids[name]
        if self._keys_changed:
            self.issuer.set_key_state(self.first_kid, "current")
            self.forget_plain_tokens()
        self._keys_changed = False

    def close(self) -> None:
        """Stop the service and delete the issuer; of one that is not ours only the attacker's key goes."""
        try:
            self.stop_service()
        finally:
            self.key_files.remove()
            if self.tls is not None:
                self.tls.close()
            while self.other_issuers:
                self.other_issuers.popitem()[1].delete()
            if not self.environment.options.issuer:
                self.issuer.delete()
            elif "attacker" in self.kids:
                self.issuer.delete_key(self.kids["attacker"])


def _options_of(style: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    options = {**STYLE_OPTIONS.get(style, {}), **settings.get("options", {})}
    return {"options": options} if options else {}
