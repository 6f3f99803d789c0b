"""What one of Tasker's services makes of a configuration file: which table it reads, what counts, and who gets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from harness.grammar.toml_source import Place
from harness.lint.config_file import ConfigFile, is_open
from harness.lint.jwks_url import refused_url
from harness.lint.layout import Missing, Unknown, Wrong, deviations, layout
from harness.lint.permissions import PERMISSIONS
from harness.lint.public_key import is_rsa_public_key

SERVICES = ("worker", "orchestration")
# What 0.1.8 takes where a key is left out (tasker-shared, src/config/tasker.rs).
DEFAULTS: Mapping[str, Any] = {
    "enabled": False,
    "jwt_verification_method": "public_key",
    "jwt_public_key_path": "",
    "jwks_url": "",
    "jwks_refresh_interval_seconds": 3600,
    "jwks_max_stale_seconds": 300,
    "jwks_url_allow_http": False,
    "jwt_allowed_algorithms": ["RS256"],
    "permissions_claim": "permissions",
    "strict_validation": True,
    "log_unknown_permissions": True,
    "api_keys_enabled": False,
    "api_keys": [],
}
# The algorithms that 0.1.8 knows, by the family of keys; it passes over other words (security_service.rs).
RSA_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
EC_ALGORITHMS = ("ES256", "ES384")
_CLIENT = ("worker", "orchestration_client", "auth")
_DEEPEST, _MOST_IGNORED = 4, 10
_DEVELOPMENT = ("development", "dev", "test", "local", "ci")


@dataclass(frozen=True)
class ApiKey:
    """An entry of `api_keys`; `number` counts from 0. The key itself is a secret and never shown."""

    number: int
    key: str
    permissions: Sequence[str]
    description: str

    @property
    def name(self) -> str:
        """Which one it is, fit to be shown."""
        return f"API key {self.number + 1}" + (f" ({self.description})" if self.description else "")


class Reading:
    """A file as `service` reads it. With `is_part` it is one of several that are merged."""

    def __init__(self, file: ConfigFile, service: str, *, is_part: bool = False) -> None:
        self.file, self.service = file, service
        self.web_place: tuple[str, ...] = (service, "web")
        self.auth_place: tuple[str, ...] = (service, "web", "auth")
        self.is_part = is_part or not {"common", service} <= file.data.keys()
        self.ignored = tuple(islice(self._ignored(), _MOST_IGNORED))
        # Where the settings are looked at: also in a table that is ignored, as if it stood where it belongs.
        self.settings_place: Place = self.auth_place if self.has_auth or not self.ignored else self.ignored[0]

    @property
    def table(self) -> str:
        """The table that the service reads, as a file has it: `[worker.web.auth]`."""
        return f"[{'.'.join(self.auth_place)}]"

    def place(self, key: str) -> Place:
        """Where a setting of authentication stands."""
        return (*self.settings_place, key)

    @property
    def has_auth(self) -> bool:
        """Whether the table is there that the service reads."""
        return isinstance(self.file.at(self.auth_place), dict)

    @property
    def has_settings(self) -> bool:
        """Whether there are settings of authentication, if only in a table that isn't read."""
        return self.has_auth or bool(self.ignored)

    def says(self, key: str) -> bool:
        """Whether the file has this setting of authentication."""
        return self.file.at(self.place(key)) is not None

    def setting(self, key: str) -> Any:
        """A setting of authentication as the service has it; where its value is none, as if it were left out."""
        value = self.file.at(self.place(key))
        if value is not None and layout()[self.auth_place].keys[key].takes(value):
            return value
        return DEFAULTS.get(key, "")

    def _ignored(self) -> Iterator[Place]:
        """Tables with settings of authentication that this service doesn't read."""
        keys = layout()[self.auth_place].keys.keys() - {"enabled"}
        below: list[tuple[Place, Any]] = [((), self.file.data)]
        for place, table in below:  # Grows while it is walked through.
            is_auth = place[-1:] == ("auth",)
            is_meant = keys & table.keys() or (is_auth and "enabled" in table)
            if is_meant and place not in (self.auth_place, _CLIENT) and (is_auth or place not in layout()):
                if place not in layout() or not self.has_auth:
                    yield place
                continue
            if len(place) < _DEEPEST:
                below += [((*place, name), one) for name, one in table.items() if isinstance(one, dict)]

    @cached_property
    def deviations(self) -> tuple[Missing | Wrong | Unknown, ...]:
        """How the file differs from what is read, all services' tables included."""
        return tuple(deviations(self.file.data))

    @property
    def starts(self) -> bool:
        """Whether nothing in the file keeps the service from starting."""
        return not any(isinstance(one, Missing | Wrong) for one in self.deviations)

    @property
    def environment(self) -> str:
        """What the file says it is for, "" where it says nothing."""
        value = self.file.at(("common", "execution", "environment"))
        return value if isinstance(value, str) and not is_open(value) else ""

    @property
    def in_development(self) -> bool:
        return self.environment.lower() in _DEVELOPMENT

    @property
    def is_enabled(self) -> bool:
        """Whether anybody is asked for credentials."""
        return self.has_auth and bool(self.setting("enabled"))

    @property
    def method(self) -> str:
        return str(self.setting("jwt_verification_method"))

    @cached_property
    def api_keys(self) -> tuple[ApiKey, ...]:
        """The entries of the list, also where the service doesn't use it."""
        return tuple(
            ApiKey(number, entry["key"], entry.get("permissions", []), entry.get("description", ""))
            for number, entry in enumerate(self.setting("api_keys"))
        )

    @staticmethod
    def unknown_permissions(key: ApiKey) -> list[str]:
        """Those of its permissions that don't exist, `*` among them."""
        return [one for one in key.permissions if one not in PERMISSIONS and not is_open(one)]

    @property
    def uses_api_keys(self) -> bool:
        """Whether the list of API keys counts."""
        return bool(self.setting("api_keys_enabled") and self.api_keys)

    @property
    def algorithms(self) -> list[str]:
        """Those of the configured algorithms that the service knows."""
        return [one for one in self.setting("jwt_allowed_algorithms") if one in (*RSA_ALGORITHMS, *EC_ALGORITHMS)]

    @property
    def why_no_tokens(self) -> str:
        """Why no bearer token is ever accepted, "" where one can be. What a provider serves isn't known here."""
        if self.method == "jwks":
            return self._why_no_key_set()
        if self.method != "public_key":
            return f'jwt_verification_method is "{self.method}", which is none'
        if self.setting("jwt_public_key_path"):
            return ""
        inline = self.setting("jwt_public_key")
        if not inline:
            return "there is no public key"
        return "" if is_open(inline) or is_rsa_public_key(inline) else "jwt_public_key is no RSA public key"

    def _why_no_key_set(self) -> str:
        url = self.setting("jwks_url")
        if not url:
            return "jwks_url is empty"
        if not is_open(url) and (reason := refused_url(url, allow_http=self.setting("jwks_url_allow_http"))):
            return reason
        if any(one in EC_ALGORITHMS for one in self.algorithms) or not self.algorithms:
            return "jwt_allowed_algorithms allows no RSA key alone, and others are not read"
        return ""
