"""An issuer of its own and a service that trusts it: what cells are run on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from harness import checks
from harness.environment import Environment
from harness.errors import HarnessError
from harness.idp import IssuerClient
from harness.model import Route, Table
from harness.outgoing import build_request, find_route
from harness.targets.base import ApiKey, Service, ServiceConfig
from harness.tokens import Words, token_spec
from harness.verdicts import Inconclusive
from harness.wire import ANSWER_SECONDS, Connection, Exchange, Request

# A plain token lives for 300 s; it is used again for canaries while it is younger than this.
_PLAIN_TOKEN_SECONDS = 100.0
_RETRY_SECONDS = 0.05


class Session:
    """One issuer and, once started, one service configured for it; used by one cell at a time.

    `config` is the scenario's config table. Nothing is started by the constructor but the issuer.
    """

    def __init__(self, environment: Environment, style: str, config: Table) -> None:
        self.environment, self.style, self.config = environment, style, config
        self.profile = environment.profile
        self.algorithms: tuple[str, ...] = tuple(config.get("allowed_algorithms", ("RS256",)))
        self.issuer = self._issuer()
        keys = self.issuer.key_list()
        self.first_kid: str = next(key["kid"] for key in keys if key["state"] == "current")
        self.service: Service | None = None
        self.connection: Connection | None = None
        self.checked = False
        self.anonymous_let_in: str | None = None
        self._controls: dict[str, str | None] = {}
        self._plain: dict[str, tuple[str, float]] = {}
        self._keys_changed = False
        self.kids: dict[str, str] = {"first": self.first_kid}  # a scenario's name of a key -> its kid
        # A run on a lasting issuer that was killed has left its attacker behind.
        self.kids |= {key["name"]: key["kid"] for key in keys if key["name"] == "attacker"}

    def _issuer(self) -> IssuerClient:
        options = self.environment.options
        if options.issuer:
            issuer = self.environment.idp.issuer(options.issuer)
            if issuer.style != self.style:
                raise HarnessError(
                    f"the issuer {issuer.id!r} issues tokens in the style {issuer.style}: "
                    f"run with --style {issuer.style}"
                )
            return issuer
        settings: dict[str, Any] = {**self.environment.settings_for_issuer()}
        settings |= self.profile.style_settings.get(self.style, {})
        if "permissions_claim" in self.config:
            settings["permissions_claim"] = self.config["permissions_claim"]
        if self.algorithms and self.algorithms[0] != "RS256":
            settings["algorithm"] = self.algorithms[0]
        return self.environment.idp.create_issuer(self.style, **settings)

    # The service

    def start_service(self) -> None:
        """Start the service with the session's configuration. Raises `TargetError` when it does not come up."""
        self.service = self.environment.target.start(self.service_config())
        self.connection = Connection(self.service.base_url)
        self.checked, self._controls = False, {}

    def stop_service(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
        if self.service is not None:
            service, self.service = self.service, None
            service.stop()

    def service_config(self) -> ServiceConfig:
        """What the service is started with: the issuer, and the settings that the scenario's config asks for."""
        config, profile = self.config, self.profile
        keys, enabled = self.api_keys(), True
        if config.get("api_keys") == "none":
            keys, enabled = {}, False
        entries = tuple(keys.values())
        if config.get("api_keys") == "with-empty":
            entries += (ApiKey("", keys["full"].permissions, "an empty key"),)
        static = config.get("verification") == "public_key"
        return ServiceConfig(
            issuer=self.issuer.issuer,
            jwks_url=self.issuer.jwks_uri,
            audience=self.issuer.audience,
            permissions_claim=self.permissions_claim,
            strict_validation=config.get("strict_validation", False),
            allowed_algorithms=self.algorithms,
            verification="public_key" if static else "jwks",
            public_key_pem=self.issuer.public_pem(self.first_kid) if static else "",
            refresh_seconds=profile.refresh_seconds if config.get("refresh") == "short" else 3600,
            max_stale_seconds=config.get("max_stale_seconds", profile.max_stale_seconds),
            api_keys=entries,
            api_keys_enabled=enabled,
            api_key_header=config.get("api_key_header", "X-API-Key"),
            config_endpoint=config.get("config_endpoint", True),
            idp_address=urlsplit(self.environment.idp.url).netloc,
        )

    def api_keys(self) -> dict[str, ApiKey]:
        """The API keys that scenarios name: `full` has every permission, `read` one, `none` no permission."""
        declared = self.profile.api_keys
        if declared:
            return {name: ApiKey(key["key"], tuple(key["permissions"]), name) for name, key in declared.items()}
        everything = tuple(dict.fromkeys(p.partition(":")[0] + ":*" for p in self.profile.permissions))
        routes = self.profile.routes
        return {
            "full": ApiKey("sk-full-5f1c7b0e9a", everything, "full"),
            "read": ApiKey("sk-read-8d2e4a6c1b", (routes["read"].permission,), "read"),
            "none": ApiKey("sk-none-3b9d5f7a2c", (), "none"),
        }

    # Tokens and requests

    def words(self, cell_path: str = "") -> dict[str, Callable[[], str]]:
        """The placeholders that this session can fill in."""
        words: dict[str, Callable[[], str]] = {
            "issuer": lambda: self.issuer.issuer,
            "audience": lambda: self.issuer.audience,
            "style": lambda: self.style,
            "jwks_url": lambda: self.issuer.jwks_uri,
            "kid": lambda: self.signing_kid(),
            "permissions_claim": lambda: self.permissions_claim,
            "attacker": lambda: self.environment.attacker.url + cell_path,
            "api_key_header": lambda: self.config.get("api_key_header", "X-API-Key"),
        }
        for name, key in self.api_keys().items():
            words[f"api_key.{name}"] = lambda key=key: key.key  # type: ignore[misc]
        for name, route in self.profile.routes.items():
            for part in ("permission", "resource", "action", "path", "method"):
                words[f"{name}.{part}"] = lambda route=route, part=part: getattr(route, part)  # type: ignore[misc]
        return words

    @property
    def permissions_claim(self) -> str:
        """The claim in which the service looks for permissions."""
        return str(self.config.get("permissions_claim", self.issuer.permissions_claim))

    def signing_kid(self) -> str:
        return next((key["kid"] for key in self.issuer.key_list() if key["state"] == "current"), self.first_kid)

    def plain_token(self, route: Route) -> str:
        """The vendor's plain token with the permission of `route`, made by the key that signs at the moment."""
        token, made = self._plain.get(route.permission, ("", 0.0))
        now = time.monotonic()
        if not token or now - made > _PLAIN_TOKEN_SECONDS:
            token = self.issuer.mint(token_spec({}, route, self.profile, {}))
            self._plain[route.permission] = (token, now)
        return token

    def forget_plain_tokens(self) -> None:
        """The signing key changed: the next plain token must be a new one."""
        self._plain.clear()
        self._keys_changed = True

    def send(self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False) -> Exchange:
        if self.connection is None:
            raise HarnessError("the scenario sends a request while its service is not running")
        return self.connection.send(request, answer_seconds=answer_seconds, same=same)

    def send_plain(self, request: str | Table = "read") -> tuple[Exchange, Route]:
        """The plain token on a route, as the profile describes it."""
        route = find_route(request, self.profile)
        made = build_request(request, route, self.plain_token(route), self.words())
        return self.send(made), route

    # Pre-flight, controls, canary

    def preflight(self) -> None:
        """Find out whether anything can be learnt here: anonymous requests are refused, the plain token is let in.

        The findings are kept; `require_control` judges them.
        """
        if self.checked:
            return
        self.checked = True
        route = self.profile.routes["read"]
        anonymous = self.send(build_request({"anonymous": True}, route, None, {}))
        self.anonymous_let_in = None if anonymous.status == 401 else anonymous.summary()
        accepted = self._until_accepted("read", self.profile.duration({"cooldown": 1, "seconds": 3}))
        self._controls["read"] = accepted

    def require_control(self, control: Table | None, request: str | Table, words: Words) -> None:
        """Make sure that the control is accepted; raises `Inconclusive` when not.

        Without `control` it is the plain token on the route of `request`. A control that was accepted on this
        service counts for later cells as well: the canary after each cell keeps it true.
        """
        self.require_closed()
        if control is None:
            name = request if isinstance(request, str) else request.get("route", "read")
            route = find_route(name, self.profile)
            if not route.permission:
                name = "read"
            if name not in self._controls:
                self._controls[name] = self._until_accepted(name, 0.0)
            problem = self._controls[name]
            if problem and name == "read":  # It may only have been slow to come up.
                problem = self._controls[name] = self._until_accepted(name, 0.0)
        else:
            problem = self._control(control, words)
        if problem:
            raise Inconclusive(f"the control failed: {problem}")

    def require_closed(self) -> None:
        """Where anonymous requests are let in, no answer means anything: raises `Inconclusive`."""
        self.preflight()
        if self.anonymous_let_in:
            raise Inconclusive(f"pre-flight: a request without credentials must be 401; got {self.anonymous_let_in}")

    def without_secrets(self, value: str | bytes, token: str | None) -> str:
        """A header value as it may stand in a report: the token's signature is cut, API keys are shortened."""
        text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
        if token and len(token) > 40:
            text = text.replace(token, token.rpartition(".")[0][:80] + "….<cut>")
        for key in self.api_keys().values():
            if len(key.key) > 8:
                text = text.replace(key.key, key.key[:8] + "…")
        return text

    def _control(self, control: Table, words: Words) -> str | None:
        route = find_route(control.get("request", "read"), self.profile)
        token = self.issuer.mint(token_spec(control.get("token", {}), route, self.profile, words))
        exchange = self.send(build_request(control.get("request", "read"), route, token, words))
        expectation = control.get("expect", "accept")
        if checks.meets(exchange, expectation, route):
            return None
        return f"expected {checks.describe(expectation, route)}; got {exchange.summary()}"

    def _until_accepted(self, name: str, seconds: float) -> str | None:
        """Send the plain token until it is accepted or `seconds` have passed; the last answer if it never was."""
        deadline = time.monotonic() + seconds
        while True:
            exchange, route = self.send_plain(name)
            if checks.meets(exchange, "accept", route):
                return None
            # A 403 is about a token that was verified: waiting would not change it.
            if exchange.status == 403 or time.monotonic() >= deadline:
                return f"the plain token must be accepted by {route.method} {route.path}; got {exchange.summary()}"
            self.environment.pause(_RETRY_SECONDS)

    def canary(self, seconds: float = 0.0) -> str | None:
        """None when the plain token is accepted (within `seconds`), else what came instead."""
        return self._until_accepted("read", seconds)

    # Keys

    def add_key(self, name: str, **settings: Any) -> str:
        """Add a key under a scenario's name for it; returns its kid."""
        self.kids[name] = self.issuer.add_key(name=name, **settings)["kid"]
        self.forget_plain_tokens()
        return self.kids[name]

    def kid(self, name: str) -> str:
        """The kid of a key that a scenario names; `attacker` is made, unpublished, when it is first asked for."""
        if name == "attacker" and name not in self.kids:
            self.add_key("attacker", state="hidden")
        if name not in self.kids:
            raise HarnessError(f"no step of the scenario has made a key {name!r}")
        return self.kids[name]

    def tidy(self) -> None:
        """Undo what a cell did to the issuer: faults, edits and added keys go; the first key signs again."""
        if self.issuer.misbehaves:
            self.issuer.clear_faults()
        if self.issuer.edited:
            self.issuer.clear_jwks()
        added = {name: kid for name, kid in self.kids.items() if name not in ("first", "attacker")}
        if self._keys_changed:
            self.issuer.set_key_state(self.first_kid, "current")
            self.forget_plain_tokens()
        for name, kid in added.items():
            self.issuer.delete_key(kid)
            del self.kids[name]
        self._keys_changed = False

    def close(self) -> None:
        """Stop the service and delete the issuer; of one that is not ours only the attacker's key goes."""
        try:
            self.stop_service()
        finally:
            if not self.environment.options.issuer:
                self.issuer.delete()
            elif "attacker" in self.kids:
                self.issuer.delete_key(self.kids["attacker"])
