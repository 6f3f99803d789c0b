"""What a service's documents declare: routes, capabilities, policy knobs, times. One TOML file a target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.base.bundled import bundled_directory
from harness.base.errors import UsageError
from harness.declared.card_rows import Documented, Threshold, read_documented, read_thresholds
from harness.declared.credential import BEARER, Credential, read_credential
from harness.declared.grpc import Grpc, read_grpc, refusal_over_grpc
from harness.declared.mcp import Mcp, with_mcp
from harness.declared.permissions import KNOB, Permissions, read_permissions
from harness.declared.profile_checks import check_profile
from harness.declared.refusal import UNDECLARED, Refusal, read_refusal
from harness.declared.usual import read_usual
from harness.grammar.model import Route
from harness.grammar.policies import known_knobs
from harness.grammar.toml_source import TomlSource, nearest

# Who knows Tasker's permissions answers to its documents, unless the profile names others.
TASKER = ("tasker",)


@dataclass(frozen=True)
class Profile:
    """A target's declared behaviour. Times are seconds; `None` for the cool-down means none is declared.

    Its key set can be kept from `refresh_seconds` to `longest_refresh_seconds`.

    `documents` are the names of those that bind it beside what binds every service. `usual` are settings that its
    services have unless a scenario says otherwise, `cannot_set` settings of scenarios that this service can't be given,
    with the reason. `real_issuer` says whether it trusts an issuer that is none of ours. `log_hidden` is why nobody
    sees its log, "" where it can be seen; `no_neighbour` why there is no other service that trusts the same issuer, ""
    where there is one; `no_socket` why no bytes can be written to it. `mcp` is there for an MCP server.
    """

    name: str
    title: str
    capabilities: frozenset[str]
    lacks: Mapping[str, str]
    routes: Mapping[str, Route]
    policy: Mapping[str, Any]
    refresh_seconds: int = 2
    longest_refresh_seconds: int = 3600
    max_stale_seconds: int = 4
    fetch_timeout_seconds: float = 10.0
    unknown_kid_cooldown_seconds: float | None = None
    requests_per_second: float | None = None
    permissions: tuple[str, ...] = ()
    public: tuple[Route, ...] = ()
    resources: Mapping[str, Any] = field(default_factory=dict)
    api_keys: Mapping[str, Any] = field(default_factory=dict)
    audience: str = "tasker-api"
    style_settings: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    documented: Mapping[str, Documented] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    cannot_set: Mapping[str, str] = field(default_factory=dict)
    real_issuer: bool = False
    log_hidden: str = ""
    no_neighbour: str = ""
    no_socket: str = ""
    refusal: Refusal = UNDECLARED
    credential: Credential = BEARER
    permissions_place: Permissions = field(default_factory=Permissions)
    usual: Mapping[str, Any] = field(default_factory=dict)
    grpc: Grpc = field(default_factory=Grpc)
    mcp: Mcp | None = None

    def refusal_of(self, route: Route) -> Refusal:
        """How the service says no to a request to a route, or to a call of a method."""
        return refusal_over_grpc(self.refusal) if route.grpc else self.refusal

    @property
    def leeway_seconds(self) -> float:
        return float(self.policy.get("leeway_seconds", 0))

    @property
    def nbf_leeway_seconds(self) -> float:
        return float(self.policy.get("nbf_leeway_seconds", self.leeway_seconds))

    def duration(self, parts: Mapping[str, Any]) -> float:
        """Seconds of a duration table: multiples of the profile's times, plus `seconds`."""
        unit = {
            "refresh": self.refresh_seconds,
            "stale": self.max_stale_seconds,
            "cooldown": self.unknown_kid_cooldown_seconds or 0.0,
            "fetch_timeout": self.fetch_timeout_seconds,
            "leeway": self.leeway_seconds,
            "seconds": 1.0,
        }
        return sum(unit[key] * float(count) for key, count in parts.items())


def find_profile(name: str, directories: list[Path] | None = None) -> Path:
    """The file of a profile: a path, or the name of one in `profiles/` of a scenario directory.

    Raises `UsageError` with the known names when there is none.
    """
    if name.endswith(".toml"):
        return Path(name)
    folders = [directory / "profiles" for directory in [*(directories or []), bundled_directory()]]
    for folder in folders:
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    known = sorted({file.stem for folder in folders for file in folder.glob("*.toml")})
    raise UsageError(f"there is no profile {name!r}{nearest(name, known)}")


def load_profile(file: Path, directories: Iterable[Path] = (), *, text: str | None = None) -> Profile:
    """Read a profile strictly; its policies are bundled ones, or of directories of scenarios, its own among them.

    With `text` it is that, of a file which need not be there yet. Raises `ScenarioFileError` with the line of what is
    wrong.
    """
    source = TomlSource(file, text)
    own = [file.parent.parent] if file.parent.name == "profiles" else []
    mcp = with_mcp(source)
    check_profile(source, known_knobs([*own, *directories]))
    data = source.data
    over_rpc = mcp.route_names if mcp else frozenset()
    vocabulary, place = data.get("vocabulary", {}), read_permissions(data)
    return Profile(
        name=file.stem,
        title=data.get("title", file.stem),
        capabilities=frozenset(data.get("capabilities", ())),
        lacks=data.get("lacks", {}),
        routes={name: _route(name, table, rpc=name in over_rpc) for name, table in data["routes"].items()},
        policy=_policy({**data.get("policy", {}), **({KNOB: place.form} if place.form else {})}),
        permissions=tuple(vocabulary.get("permissions", ())),
        public=tuple(_route(table["path"], {"method": "GET", **table}) for table in vocabulary.get("public", ())),
        resources=data.get("resources", {}),
        api_keys=data.get("api_keys", {}),
        audience=data.get("audience", "tasker-api"),
        style_settings=data.get("styles", {}),
        metrics=data.get("metrics", {}),
        documented=read_documented(source),
        thresholds=read_thresholds(source),
        documents=tuple(data.get("documents", TASKER if "tasker-vocabulary" in data.get("capabilities", ()) else ())),
        credential=read_credential(data.get("credential", {})),
        permissions_place=place,
        refusal=read_refusal(data.get("refusal", {})),
        usual=read_usual(data.get("usual", {}), data.get("capabilities", [])),
        grpc=read_grpc(data.get("grpc", {})),
        mcp=mcp,
        **_timing(data.get("timing", {})),
    )


def _timing(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is declared; who can't be told a small interval is told no smaller one for long."""
    long = max(Profile.longest_refresh_seconds, declared.get("refresh_seconds", 0))
    return {"longest_refresh_seconds": long, **declared}


def _policy(declared: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is declared, and what follows from it: a lone leeway is that of `nbf`, too."""
    leeway = {"nbf_leeway_seconds": declared["leeway_seconds"]} if "leeway_seconds" in declared else {}
    # The other way round nothing follows: many take a token without kid as long as there is one key to try.
    kid = {"kid_required_among_several_keys": True} if declared.get("kid_required") is True else {}
    return {**leeway, **kid, **declared}


def _route(name: str, table: Mapping[str, Any], *, rpc: bool = False) -> Route:
    return Route(
        name=name,
        method=table["method"],
        path=table["path"],
        permission=table.get("permission", ""),
        body=table.get("body"),
        success=tuple(table.get("success", (200,))),
        let_in=tuple(table.get("let_in", ())),
        headers=tuple(table.get("headers", {}).items()),
        content_type=table.get("content_type", "application/json"),
        rpc=rpc,
    )
