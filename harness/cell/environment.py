"""What all cells of one target share: the mock identity provider, the target, its profile, the attacker."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.base.errors import HarnessError, UsageError
from harness.base.held_up import OWN_DELAYS, Pulse
from harness.cell.key_pick_up import KeyPickUp
from harness.cell.pace import Pace, PacedConnection, Paces, share_of_process
from harness.cell.real_issuer import RealIdp
from harness.declared.profile import Profile
from harness.declared.real_issuer import load_real_issuer
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient, control_token_problem
from harness.targets import Target, make_target, profile_of
from harness.targets.base import CalledHere, CallsAnApp, HasGrpc, Sends, Service
from harness.wire.exchange import Connection

# Targets that say how to get a service, not which one it is.
ANY_SERVICE = ("process", "container", "url", "app")
# What is forged beside the tokens of a real issuer takes their shape, so one style is enough.
REAL_STYLES = ("custom",)
# Targets whose services can trust an identity provider that the harness doesn't start.
OF_REAL_ISSUERS = ("url", "process", "reference")


@dataclass(frozen=True)
class Options:
    """How a run is set up, as data that can be handed to another process unless an app is among it.

    `idp_url` is a mock identity provider that runs already, and `control_token` what its control API asks for, if
    anything; without it one is embedded. `issuer` names the issuer there that the service trusts (only for targets
    that can't be configured). `real_issuer` is a file about an identity provider that runs already and is none of ours.
    `hold` keeps the services of cells that did not pass until the run is ended.
    """

    target: str = "tasker-worker"
    profile: str | None = None
    target_options: tuple[tuple[str, Any], ...] = ()
    scenario_directories: tuple[str, ...] = ()
    idp_url: str | None = None
    control_token: str | None = field(default=None, repr=False)
    issuer: str | None = None
    real_issuer: str | None = None
    faults: tuple[str, ...] = ()
    strict: bool = False
    hold: bool = False

    def target_settings(self) -> dict[str, Any]:
        """The keyword arguments of the target."""
        return {**dict(self.target_options), **({"faults": self.faults} if self.faults else {})}

    def expected_names(self) -> tuple[str, ...]:
        """Whose expected findings count: the target's, and those of the profile where the target takes any service."""
        if self.target not in ANY_SERVICE:
            return (self.target,)
        return tuple(dict.fromkeys((self.target, Path(self.profile_name()).stem)))

    def expected_folders(self) -> list[Path]:
        """Where expected findings are looked for: with the scenarios, and beside a profile of somebody's own."""
        folders = [Path(name) for name in self.scenario_directories]
        return [*folders, Path(self.profile).parent] if self.profile and self.profile.endswith(".toml") else folders

    def profile_name(self) -> str:
        """The profile to judge by: the one that was named, or the target's."""
        return self.profile or profile_of(self.target, self.target_settings())


def check_options(options: Options) -> None:
    """Raise `UsageError` for a target that can't be made so, a control token that is none, or a wrong real issuer."""
    if options.control_token and (problem := control_token_problem(options.control_token)):
        raise UsageError(f"--idp-control-token, or MOCK_IDP_CONTROL_TOKEN, is no control token: {problem}")
    target = make_target(options.target, options.target_settings())
    if isinstance(target, CallsAnApp) and not target.can_restart and not options.issuer:
        raise UsageError(
            "the app is there already: say which issuer it trusts, or give a function that makes it for any issuer"
        )
    if options.real_issuer:
        if options.idp_url or options.issuer:
            raise UsageError("--real-issuer stands in place of --idp-url and --issuer, which are about a mock-idp")
        if options.target not in OF_REAL_ISSUERS:
            raise UsageError(
                f"--real-issuer goes with --target {', '.join(OF_REAL_ISSUERS)}: a service of the target "
                f"{options.target} trusts a provider that the harness starts"
            )
        load_real_issuer(Path(options.real_issuer))


@dataclass(frozen=True)
class Environment:
    """The parts of a run; whoever made them ends them."""

    options: Options
    profile: Profile
    target: Target
    idp: IdpClient
    attacker: AttackerListener
    real: RealIdp | None = None
    ended: threading.Event = field(default_factory=threading.Event, compare=False)
    pulse: Pulse = field(default_factory=Pulse, compare=False)
    key_pick_up: KeyPickUp = field(default_factory=KeyPickUp, compare=False)
    paces: Paces = field(default_factory=Paces, compare=False)

    def pause(self, seconds: float) -> None:
        """Let time pass. Raises `HarnessError` at once when the run ends meanwhile: nobody waits for a wait."""
        with OWN_DELAYS.beyond(seconds):
            ended = self.ended.wait(seconds)
        if ended:
            raise HarnessError("the run was ended")

    def pace(self, base_url: str) -> Pace:
        """How fast the service at that address is asked. One that this run can't start is that of all its processes."""
        limit = self.profile.requests_per_second
        if limit is not None and not self.target.can_restart:
            limit *= share_of_process()
        return self.paces.of(base_url, limit, self.pause)

    def connect(self, service: Service) -> PacedConnection:
        """A connection to a service, on which it is asked no faster than it allows, over HTTP and over gRPC."""
        address = service.grpc_address if isinstance(service, HasGrpc) else None
        base_url = service.base_url
        http: Sends = Connection(base_url, ended=self.ended)
        if isinstance(service, CalledHere):
            http = service.connection(self.ended)
        return PacedConnection(http, self.pace(base_url), ended=self.ended, grpc_address=address)

    def settings_for_issuer(self) -> dict[str, str]:
        """The settings of issuers made for this target: the URL under which the service will know them."""
        port = urlsplit(self.idp.url).port or 80
        return {"public_url": self.target.jwks_base_url(port), "audience": self.profile.audience}
