"""`[web]` and `[web.auth]` as Tasker's Configuration Reference prints them, and the variables that override them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.reference.errors import SettingsError

# What the page calls a setting that has another name here; the others have the same.
_RENAMED: Final = {"jwt_verification_method": "verification_method", "jwt_private_key": "decryption_key_pem"}
_SAME: Final = (
    *("enabled", "jwt_issuer", "jwt_audience", "jwks_url", "jwks_url_allow_http", "jwt_allowed_algorithms"),
    *("jwks_refresh_interval_seconds", "jwks_max_stale_seconds", "permissions_claim", "strict_validation"),
    *("log_unknown_permissions", "api_key_header", "api_keys_enabled", "api_keys"),
)
KEY_PATH, KEY, _EXPIRY = "jwt_public_key_path", "jwt_public_key", "jwt_token_expiry_hours"
KNOWN: Final = (*_SAME, *_RENAMED, KEY_PATH, KEY, _EXPIRY)
# The variables of the environment, and the settings that they override.
VARIABLES: Final = {"TASKER_JWT_PUBLIC_KEY_PATH": KEY_PATH, "TASKER_JWT_PUBLIC_KEY": KEY}
# Tokens that nobody makes here live for a week at most.
_MOST_HOURS: Final = 168
# Nobody is asked for these while authentication is off.
_OFF: Final = {"jwt_issuer": "", "jwt_audience": ""}


@dataclass(frozen=True)
class Overlay:
    """What the file of an environment says for the services of a role."""

    environment: str
    role: str
    table: Mapping[str, Any]


class DocumentedConfiguration:
    """Reads the tables of the page, with its defaults: authentication is off, and validation strict, unless said."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """`environment` are the variables of the process."""
        self.environment = environment

    def flat(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """The settings by the names of `ReferenceSettings`; a table without `web` is one already.

        Raises `SettingsError` with the name of what is no setting, no table, or can't be read.
        """
        table = dict(table)
        if "web" not in table:
            return table
        web = self.read_table("web", table.pop("web"))
        auth = self.with_variables(self.read_table("web.auth", web.pop("auth", {})))
        for name in web:
            self.refuse_unknown("web", name, ("config_endpoint_enabled", "auth"))
        for name in auth:
            self.refuse_unknown("web.auth", name, KNOWN)
        return table | web | self.settings(auth)

    def overlaid(self, table: Mapping[str, Any], overlay: Overlay, environment: str) -> dict[str, Any]:
        """The table of a service that runs in `environment`, with the overlay where that is for it."""
        if self.is_for(overlay, str(table["service"]), environment):
            return self.merged(table, overlay.table)
        return dict(table)

    def is_for(self, overlay: Overlay, role: str, environment: str) -> bool:
        """Whether it is for a service of that role, in that environment."""
        return (overlay.environment, overlay.role) == (environment, role)

    def merged(self, base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
        """Both, key by key: what the overlay doesn't say stays as it is."""
        merged = dict(base)
        for name, value in over.items():
            both = isinstance(value, Mapping) and isinstance(base.get(name), Mapping)
            merged[name] = self.merged(base[name], value) if both else value
        return merged

    def in_its_own_words(self, table: Mapping[str, Any], error: SettingsError) -> SettingsError:
        """The refusal of a setting by its documented name, where the table is a documented one."""
        if "web" not in table or error.field.partition(".")[0] in table:
            return error
        names = {new: old for old, new in _RENAMED.items()}
        place = "web" if error.field == "config_endpoint_enabled" else "web.auth"
        return SettingsError(f"{place}.{names.get(error.field, error.field)}", error.sentence)

    def read_table(self, place: str, value: object) -> dict[str, Any]:
        """A copy of the table at `place`."""
        if not isinstance(value, Mapping):
            raise SettingsError(place, "is not a table")
        return dict(value)

    def refuse_unknown(self, place: str, name: str, known: tuple[str, ...]) -> None:
        """An ignored setting could leave the service open."""
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise SettingsError(f"{place}.{name}", f"is no setting{f'; did you mean {near[0]}?' if near else ''}")

    def with_variables(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """The settings, overridden by the variables that are set."""
        said = {setting: self.environment[name] for name, setting in VARIABLES.items() if self.environment.get(name)}
        return {**auth, **said}

    def settings(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of authentication by their names here."""
        settings: dict[str, Any] = {"enabled": False, "strict_validation": True, "verification_method": "public_key"}
        settings |= {"api_keys_enabled": bool(auth.get("api_keys"))}  # The page lists keys without the switch, too.
        settings |= {_RENAMED.get(name, name): value for name, value in auth.items() if name in (*_SAME, *_RENAMED)}
        self.check_expiry(auth.get(_EXPIRY, 1))
        if not settings["enabled"]:
            return _OFF | settings
        if settings["verification_method"] == "public_key":
            settings["public_key_pem"] = self.public_key(auth)
        return settings

    def check_expiry(self, hours: object) -> None:
        """How long tokens live that the command line makes; nobody does here, and a wrong value is one all the same."""
        if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= _MOST_HOURS:
            raise SettingsError(f"web.auth.{_EXPIRY}", f"must be a whole number from 1 to {_MOST_HOURS}")

    def public_key(self, auth: Mapping[str, Any]) -> str:
        """The PEM text of the one key: the file takes precedence over what stands in the configuration."""
        if path := auth.get(KEY_PATH):
            return self.read_key_file(str(path))
        if not auth.get(KEY):
            raise SettingsError(f"web.auth.{KEY_PATH}", f"is missing, and so is {KEY}: nobody could get in")
        return str(auth[KEY])

    def read_key_file(self, path: str) -> str:
        """The text of the key's file."""
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise SettingsError(f"web.auth.{KEY_PATH}", f"{path!r} cannot be read: {error}") from error
