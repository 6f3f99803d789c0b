"""What a target is: a way to get a running service that trusts a given issuer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from harness.base.errors import TargetError
from harness.shown.foreign_text import ForeignText
from harness.wire.exchange import ANSWER_SECONDS, Exchange, Request
from harness.wire.grpc_address import GrpcAddress

VERIFICATIONS = ("jwks", "public_key")
# Ways to get the configuration of authentication wrong, as people do.
DEFECTS = (
    "auth-table",
    "web-auth-table",
    "unknown-method",
    "no-jwks-url",
    "no-algorithms",
    "lower-case-algorithm",
    "misspelt-audience",
)
# The configurations that Tasker's documents print (`deployment_patterns.toml`).
PATTERNS = (
    "full-reference",
    "development-disabled",
    "development-static-key",
    "production-jwks",
    "production-config-endpoint",
)
# Where such a one is written: in the table that the documents name, in the one that the service reads, and there with
# what the service needs beside it.
PATTERN_PLACES = ("documented", "read", "completed")
# Whose overlay it is that a configuration has: of the service's own role and environment, or of others.
OVERLAY_OF = ("service", "other-role", "other-environment")
# A setting of the configuration file; None leaves it out.
SettingValue = str | bool | int | float | tuple[str, ...] | None


@dataclass(frozen=True)
class ApiKey:
    """One API key a service accepts; the key itself stays out of the repr."""

    key: str = field(repr=False)
    permissions: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True)
class ServiceConfig:
    """Everything one service instance is started with; hashable, so that equal ones can share a service.

    `issuer`, `audience`: what `iss` and `aud` of a token must be. `jwks_url`: where the service fetches the keys.
    `verification`: "jwks", or "public_key" with one fixed key in `public_key_pem` (SubjectPublicKeyInfo in PEM).
    `refresh_seconds`, `max_stale_seconds`: age of the key set at which it is fetched again, and how long after that it
    may still be used when fetching fails. `idp_address`: HOST:PORT at which the identity provider really listens (""
    when it is not needed). Each stands for a key of Tasker's configuration reference, or for several.

    `discovery_url`: the metadata document in which the service finds its `jwks_uri` (RFC 8414 §3); `jwks_url` is then
    "". `second_issuer`, `second_jwks_url`: one more trusted issuer with keys of its own. `ca_file`: PEM file with the
    one CA to trust when keys are fetched ("" for the system's). `tls_address`: HOST:PORT of the TLS front of the
    identity provider, which answers CONNECT too. `allow_http`: whether the JWKS URL may be http.
    `guard_private_hosts`: whether a JWKS URL on a loopback, private or link-local host is refused (a service may do so
    in any case). `decryption_key_pem`: a private key (PKCS #8 in PEM) that the service owns. `defect`: one of
    `DEFECTS`, the mistake that the configuration is written with. `pattern`: one of `PATTERNS`, written at the
    `pattern_place`; what it doesn't say the service isn't told. `public_key_path`: a PEM file that the service can
    read ("" for none). `auth_settings`: settings of authentication by the names of Tasker's Configuration Reference,
    which have the last word. `variables`: those of its environment, beside what the target itself sets there.
    `overlay_settings`: settings like those of `auth_settings` that the file of an environment lays over them;
    `overlay_of` says whose file that is, one of `OVERLAY_OF`.
    `grpc`: whether it is to serve gRPC too, with `grpc_tls` over TLS alone.
    """

    issuer: str
    jwks_url: str
    audience: str
    permissions_claim: str = "permissions"
    strict_validation: bool = False
    allowed_algorithms: tuple[str, ...] = ("RS256",)
    verification: str = "jwks"
    public_key_pem: str = ""
    refresh_seconds: int = 3600
    max_stale_seconds: int = 300
    api_keys: tuple[ApiKey, ...] = ()
    api_keys_enabled: bool = True
    api_key_header: str = "X-API-Key"
    config_endpoint: bool = True
    idp_address: str = ""
    discovery_url: str = ""
    second_issuer: str = ""
    second_jwks_url: str = ""
    ca_file: str = ""
    tls_address: str = ""
    allow_http: bool = True
    guard_private_hosts: bool = False
    decryption_key_pem: str = field(default="", repr=False)
    defect: str = ""
    pattern: str = ""
    pattern_place: str = "documented"
    public_key_path: str = ""
    auth_settings: tuple[tuple[str, SettingValue], ...] = ()
    variables: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    overlay_settings: tuple[tuple[str, SettingValue], ...] = ()
    overlay_of: str = "service"
    grpc: bool = False
    grpc_tls: bool = False

    def __post_init__(self) -> None:
        if self.verification not in VERIFICATIONS:
            raise TargetError(
                f"verification is {self.verification!r}; a service verifies with one of {', '.join(VERIFICATIONS)}"
            )
        if self.verification == "public_key" and not self.public_key_pem:
            raise TargetError('verification = "public_key" needs public_key_pem, and it is empty')
        if self.defect and self.defect not in DEFECTS:
            raise TargetError(f"defect is {self.defect!r}; it is one of {', '.join(DEFECTS)}")
        if self.pattern and self.pattern not in PATTERNS:
            raise TargetError(f"pattern is {self.pattern!r}; it is one of {', '.join(PATTERNS)}")
        if self.pattern_place not in PATTERN_PLACES:
            raise TargetError(f"pattern_place is {self.pattern_place!r}; it is one of {', '.join(PATTERN_PLACES)}")
        if self.overlay_of not in OVERLAY_OF:
            raise TargetError(f"overlay_of is {self.overlay_of!r}; it is one of {', '.join(OVERLAY_OF)}")
        if bool(self.second_issuer) != bool(self.second_jwks_url):
            raise TargetError("second_issuer and second_jwks_url go together; one of them is empty")


class Service(Protocol):
    """One running instance of the tested service."""

    @property
    def base_url(self) -> str:
        """Its address without a trailing slash, such as `http://127.0.0.1:8081`."""

    @property
    def pid(self) -> int | None:
        """Its process; `None` when it has none of its own or it is not known."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts planted in its configuration that none of its answers may hold; () when the target knows of none."""

    def stop(self) -> None:
        """End it and remove what it left; returns when that is done. May be called again."""

    def log_tail(self, lines: int = 40) -> ForeignText:
        """The end of its log, also after it was stopped; "" when the harness can't see one."""

    def alive(self) -> bool:
        """Whether it runs."""

    def rss_bytes(self) -> int | None:
        """Resident memory of its processes, in bytes; `None` when its process is not known or gone."""

    def peak_rss_bytes(self) -> int | None:
        """The most that was ever resident, in bytes; `None` as with `rss_bytes`."""


@runtime_checkable
class HasGrpc(Protocol):
    """A service that may serve gRPC beside HTTP."""

    @property
    def grpc_address(self) -> GrpcAddress | None:
        """Where its gRPC server is; `None` when it has none or it is not known."""


class Sends(Protocol):
    """What sends requests to a service, as `harness.wire.exchange.Connection` does over a socket."""

    def send(self, request: Request, *, answer_seconds: float = ANSWER_SECONDS, same: bool = False) -> Exchange:
        """Send `request` and wait at most `answer_seconds` for the whole answer."""

    def close(self) -> None:
        """Let the connection go."""


@runtime_checkable
class CalledHere(Protocol):
    """A service that is called in this process: nobody listens at its `base_url`."""

    def connection(self, ended: threading.Event) -> Sends:
        """What sends requests to it; when `ended` is set no wait goes on."""


@runtime_checkable
class MayBeEnded(Protocol):
    """A service of which it is known when somebody else has ended it: what it then does is not its own doing."""

    def ended_by_others(self) -> str | None:
        """By what it was ended, or what it can't do without; `None` while all runs, and when it ended by itself."""


class Target(Protocol):
    """A way to get services."""

    @property
    def name(self) -> str:
        """The name it is chosen by, `--target NAME`."""

    @property
    def profile(self) -> str:
        """The stem of the profile file that declares what its services promise."""

    @property
    def can_restart(self) -> bool:
        """Whether it can start a service with any configuration, as often as asked."""

    @property
    def can_trust_ca(self) -> bool:
        """Whether its services can be made to trust the CA in `ca_file`."""

    def available(self) -> str | None:
        """Why it can't be used on this machine, as a sentence with what to do; `None` when it can."""

    def jwks_base_url(self, idp_port: int) -> str:
        """The URL under which its services must know an identity provider that listens on 127.0.0.1:`idp_port`."""

    def https_base_url(self, port: int) -> str:
        """The URL under which its services must know an identity provider behind a TLS front on 127.0.0.1:`port`."""

    def start(self, config: ServiceConfig) -> Service:
        """Start a service; returns once `GET /health` answers 200. May be called by several threads at once.

        Raises `TargetError`, with the end of the service's log, when it does not come up.
        """

    def close(self) -> None:
        """Stop every service it started and what they share. May be called again."""


@runtime_checkable
class TellsGrpc(Protocol):
    """A target that knows where its services serve gRPC."""

    @property
    def why_no_grpc(self) -> str:
        """Why it doesn't know that, with what to do; "" when it does."""


@runtime_checkable
class HasNeighbour(Protocol):
    """A target that can start another service, of another kind, beside its own."""

    @property
    def why_no_neighbour(self) -> str:
        """Why it can't here; "" when it can."""

    def neighbour(self) -> Target:
        """What starts the other service; ended with this target, which gives always the same one."""


@runtime_checkable
class CallsAnApp(Protocol):
    """A target whose services are called in this process."""

    @property
    def can_restart(self) -> bool:
        """As `Target.can_restart`."""

    @property
    def why_no_socket(self) -> str:
        """Why no bytes can be written to a service."""


@runtime_checkable
class ToldByWords(Protocol):
    """A target whose services know only what their command line, environment, file or parameters say."""

    @property
    def words(self) -> frozenset[str] | None:
        """The words like `issuer` that stand there; `None` when its services can be told everything."""


@runtime_checkable
class MayBeBuilt(Protocol):
    """A target whose service is published as source, and built when that was asked for."""

    def build(self, say: Callable[[str], None]) -> None:
        """Build it where an option says so and it isn't there; `say` gets a line from time to time.

        Only in the process that the user has started. Raises `HarnessError` when it can't be built.
        """


@runtime_checkable
class LacksSettings(Protocol):
    """A target whose services can't be told some settings of scenarios."""

    @property
    def cannot_set(self) -> Mapping[str, str]:
        """These settings, each with the reason."""


@runtime_checkable
class BringsIdp(Protocol):
    """A target whose services reach nothing that listens on this machine's loopback interface.

    So the identity provider goes to where they are, and what can't follow (the attacker's listener, the TLS front)
    they can't be judged by.
    """

    def start_idp(self) -> tuple[str, str]:
        """Start an identity provider beside the services; ends with `close`.

        Its URL for this process, and the token of its control API. Raises `TargetError`.
        """
