"""Who is judged, and whose tokens it trusts: the command line, filled up from the environment of Tasker's own tests."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from harness.idp.client import IdpClient
from harness.shown.terminal import say

# Tasker's end-to-end tests find their services in these; each is one kind of service with documents of its own.
PROFILES = {"TASKER_TEST_WORKER_URL": "tasker-worker", "TASKER_TEST_ORCHESTRATION_URL": "tasker-orchestration"}
# Where `mock-idp serve` listens unless it is told otherwise, and the issuer it serves then.
IDP_URL, ISSUER = "http://127.0.0.1:9400", "default"


@dataclass(frozen=True)
class TargetOptions:
    """The options of a command that say what is judged, as they were given; `settings` are those of the target."""

    target: str | None
    profile: str | None
    settings: tuple[tuple[str, str], ...] = ()
    idp_url: str | None = None
    issuer: str | None = None
    control_token: str | None = None
    styles: tuple[str, ...] = ()

    def or_from_environment(self, environ: Mapping[str, str]) -> TargetOptions:
        """The service at TASKER_TEST_WORKER_URL or TASKER_TEST_ORCHESTRATION_URL, where no option names another.

        It is judged with its own profile; with both variables the worker is, unless `profile` is the orchestration's.
        The identity provider that it trusts is that at MOCK_IDP_URL or on port 9400, the issuer there `default`, the
        style the issuer's. A line says where the URL came from. Without such a variable: these options as they are.

        Raises `HarnessError` when no identity provider answers or it has no such issuer.
        """
        variable = self._variable(environ)
        if variable is None:
            return self
        say(_origin(variable, environ))
        found = replace(
            self,
            target="url",
            profile=self.profile or PROFILES[variable],
            settings=(*self.settings, ("base-url", environ[variable])),
            idp_url=self.idp_url or environ.get("MOCK_IDP_URL") or IDP_URL,
            issuer=self.issuer or ISSUER,
        )
        return replace(found, styles=found.styles or (found._style_of_the_issuer(),))

    def _variable(self, environ: Mapping[str, str]) -> str | None:
        """The variable that names the service; None when there is none or an option names the service."""
        named = {name.replace("-", "_") for name, _ in self.settings}
        if self.target not in (None, "url") or named & {"base_url", "command"}:
            return None
        given = [name for name in PROFILES if environ.get(name)]
        return next((name for name in given if PROFILES[name] == self.profile), given[0] if given else None)

    def _style_of_the_issuer(self) -> str:
        assert self.idp_url is not None
        assert self.issuer is not None
        with closing(IdpClient(self.idp_url, self.control_token)) as client:
            client.check(self.issuer)
            return client.issuer(self.issuer).style


def _origin(variable: str, environ: Mapping[str, str]) -> str:
    """The line that says which service is judged, and why this one."""
    line = f"Judging the service at {environ[variable]}: that is {variable}. --target judges another."
    for name, profile in PROFILES.items():
        if name != variable and environ.get(name):
            line += f"\n{name} is set too: --profile {profile} judges that one."
    return line
