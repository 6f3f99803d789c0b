"""What a service's documents declare: routes, capabilities, policy knobs, times. One TOML file a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness import vocabulary as words
from harness.errors import UsageError
from harness.loader import bundled_directory
from harness.measure.declared import Documented, Threshold, read_documented, read_thresholds
from harness.model import Route
from harness.placeholders import problems
from harness.targets.base import BringsIdp
from harness.targets.url import is_on_this_machine
from harness.toml_source import TomlSource, nearest

if TYPE_CHECKING:
    from harness.targets.base import Target

_KEYS = (
    "title",
    "capabilities",
    "lacks",
    "routes",
    "timing",
    "policy",
    "vocabulary",
    "resources",
    "api_keys",
    "styles",
    "audience",
    "metrics",
    "documented",
    "thresholds",
)
_ROUTE_KEYS = ("method", "path", "permission", "body", "success", "let_in")
_API_KEY_KEYS = ("key", "permissions")
_RESOURCES_KEYS = ("route", "member", "id")
_TIMING_KEYS = ("refresh_seconds", "max_stale_seconds", "fetch_timeout_seconds", "unknown_kid_cooldown_seconds")


@dataclass(frozen=True)
class Profile:
    """A target's declared behaviour. Times are seconds; `None` for the cool-down means none is declared."""

    name: str
    title: str
    capabilities: frozenset[str]
    lacks: Mapping[str, str]
    routes: Mapping[str, Route]
    policy: Mapping[str, Any]
    refresh_seconds: int = 2
    max_stale_seconds: int = 4
    fetch_timeout_seconds: float = 10.0
    unknown_kid_cooldown_seconds: float | None = None
    permissions: tuple[str, ...] = ()
    public: tuple[Route, ...] = ()
    resources: Mapping[str, Any] = field(default_factory=dict)
    api_keys: Mapping[str, Any] = field(default_factory=dict)
    audience: str = "tasker-api"
    style_settings: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    documented: Mapping[str, Documented] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    def as_run_by(self, target: Target) -> Profile:
        """What can be judged when the service is run by `target`.

        One that runs already can't be configured, and one in a container or on another machine reaches no listener of
        the harness.
        """
        if isinstance(target, BringsIdp):
            reason = f"services of the target {target.name} reach no listener on this machine"
            gone: dict[str, str] = {name: reason for name in ("attacker-listener", "tls") if name in self.capabilities}
        elif target.can_restart:
            return self
        else:
            reason = f"the target {target.name} takes the service as it runs"
            gone = {name: reason for name in ("configure", "restart") if name in self.capabilities}
            if "attacker-listener" in self.capabilities and not is_on_this_machine(target):
                gone["attacker-listener"] = "the service is on another machine and reaches no listener on this one"
            if "api-keys" in self.capabilities and not self.api_keys:
                gone["api-keys"] = f"{reason}, and the profile {self.name} does not say its keys (api_keys)"
        return replace(self, capabilities=self.capabilities - gone.keys(), lacks={**self.lacks, **gone})

    @property
    def leeway_seconds(self) -> float:
        return float(self.policy.get("leeway_seconds", 0))

    def duration(self, parts: Mapping[str, float]) -> float:
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


def load_profile(file: Path) -> Profile:
    """Read a profile strictly. Raises `ScenarioFileError` with the line of what is wrong."""
    source = TomlSource(file)
    data = source.data
    source.check_keys(data, _KEYS, (), "a profile")
    capabilities, lacks = data.get("capabilities", []), data.get("lacks", {})
    for name in capabilities:
        source.check_word(name, words.CAPABILITIES, ("capabilities",), "capability")
    for name in lacks:
        source.check_word(name, words.CAPABILITIES, ("lacks", name), "capability")
    for name in words.CAPABILITIES:
        if (name in capabilities) == (name in lacks):
            source.fail(
                ("lacks",),
                f"say of {name!r} ({words.CAPABILITIES[name]}) either that the target has it "
                f"(capabilities) or why it lacks it (lacks)",
            )
    routes = {name: _route(source, name, table) for name, table in data.get("routes", {}).items()}
    if "read" not in routes:
        source.fail(("routes",), "a profile needs at least [routes.read]")
    timing = data.get("timing", {})
    source.check_keys(timing, _TIMING_KEYS, ("timing",), "timing")
    for name, seconds in timing.items():
        if type(seconds) not in (int, float) or seconds <= 0:
            source.fail(("timing", name), f"{name} must be a number of seconds above 0, not {seconds!r}")
    source.check_keys(data.get("resources", {}), _RESOURCES_KEYS, ("resources",), "resources")
    for name, key in data.get("api_keys", {}).items():
        source.check_keys(key, _API_KEY_KEYS, ("api_keys", name), f"API key {name}")
        source.check_has(key, _API_KEY_KEYS, ("api_keys", name), f"API key {name}")
    for style, settings in data.get("styles", {}).items():
        source.check_word(style, words.STYLES, ("styles", style), "style")
        source.check_keys(settings, ("permissions_claim",), ("styles", style), f"style {style}")
    vocabulary = data.get("vocabulary", {})
    source.check_keys(vocabulary, ("permissions", "public"), ("vocabulary",), "vocabulary")
    for table in vocabulary.get("public", []):
        source.check_keys(table, ("path", "success"), ("vocabulary", "public"), "a public route")
        source.check_has(table, ("path",), ("vocabulary", "public"), "a public route")
    public = tuple(
        Route(table["path"], "GET", table["path"], success=tuple(table.get("success", (200,))))
        for table in vocabulary.get("public", [])
    )
    return Profile(
        name=file.stem,
        title=data.get("title", file.stem),
        capabilities=frozenset(capabilities),
        lacks=lacks,
        routes=routes,
        policy=data.get("policy", {}),
        permissions=tuple(vocabulary.get("permissions", ())),
        public=public,
        resources=data.get("resources", {}),
        api_keys=data.get("api_keys", {}),
        audience=data.get("audience", "tasker-api"),
        style_settings=data.get("styles", {}),
        metrics=_metrics(source, data.get("metrics", {})),
        documented=read_documented(source),
        thresholds=read_thresholds(source),
        **timing,
    )


def _metrics(source: TomlSource, table: Any) -> Mapping[str, Any]:
    """Where the service publishes its counters, and what those of authentication are called."""
    source.check_keys(table, ("paths", "counters"), ("metrics",), "metrics")
    if table:
        source.check_has(table, ("paths", "counters"), ("metrics",), "metrics")
    return dict(table)


def _route(source: TomlSource, name: str, table: Any) -> Route:
    path = ("routes", name)
    source.check_keys(table, _ROUTE_KEYS, path, f"route {name}")
    source.check_has(table, ("method", "path"), path, f"route {name}")
    for text, _ in problems(table["path"].replace("{uuid}", "")):
        source.fail((*path, "path"), f"{text} in the path of route {name}: the only placeholder there is {{uuid}}")
    return Route(
        name=name,
        method=table["method"],
        path=table["path"],
        permission=table.get("permission", ""),
        body=table.get("body"),
        success=tuple(table.get("success", (200,))),
        let_in=tuple(table.get("let_in", ())),
    )
