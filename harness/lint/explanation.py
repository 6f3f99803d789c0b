"""What a service would do with a file: whether it starts, which settings it has, and who gets in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from harness.lint.config_file import is_open
from harness.lint.layout import Missing, Wrong
from harness.lint.names import dotted, in_brackets
from harness.lint.permissions import opens_anything
from harness.lint.reading import DEFAULTS, ApiKey, Reading
from harness.shown.foreign_text import foreign

# What the service has of them is shown; the others are secrets.
_SHOWN = (
    "enabled",
    "jwt_verification_method",
    "jwks_url",
    "jwks_url_allow_http",
    "jwks_refresh_interval_seconds",
    "jwks_max_stale_seconds",
    "jwt_public_key_path",
    "jwt_allowed_algorithms",
    "jwt_issuer",
    "jwt_audience",
    "permissions_claim",
    "strict_validation",
    "api_keys_enabled",
    "api_key_header",
)
OPEN, CLOSED, PROTECTED, UNKNOWN = "open", "closed", "protected", "doesn't start"


@dataclass(frozen=True)
class Setting:
    """A setting as the service has it; `origin` is `file`, `default`, or `missing` where it needs one and has none."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class Explanation:
    """`access` is how far it is open; `obstacles` keep it from starting; `tokens` and `api_keys` say who gets in."""

    service: str
    table: str
    table_found: bool
    tables_ignored: tuple[str, ...]
    obstacles: tuple[str, ...]
    access: str
    tokens: str
    api_keys: tuple[str, ...]
    settings: tuple[Setting, ...]

    def document(self) -> dict[str, Any]:
        """As members of JSON."""
        return asdict(self)


def explain(reading: Reading) -> Explanation:
    """What the service would do. A part of a configuration is taken as if nothing else were missing."""
    obstacles = tuple(_obstacles(reading))
    tokens, keys = _tokens(reading), tuple(_api_key(reading, one) for one in reading.api_keys)
    if obstacles:
        access = UNKNOWN
    elif not reading.is_enabled:
        access = OPEN
    else:
        some_key = reading.uses_api_keys and any(map(_says_accepted, keys))
        access = PROTECTED if some_key or not reading.why_no_tokens else CLOSED
    return Explanation(
        reading.service,
        reading.table,
        reading.has_auth,
        tuple(in_brackets(place) for place in reading.ignored),
        obstacles,
        access,
        tokens,
        keys if reading.is_enabled else (),
        tuple(_setting(reading, name) for name in _SHOWN) if reading.has_auth else (),
    )


def _obstacles(reading: Reading) -> list[str]:
    said = []
    for one in reading.deviations:
        where = in_brackets(one.place) if one.place else "the file"
        if isinstance(one, Missing) and not (reading.is_part and one.place != reading.auth_place):
            said.append(f"{where} lacks {', '.join(one.names)}")
        elif isinstance(one, Wrong):
            said.append(f"{dotted(one.place)} is not {one.wanted}")
    return said


def _tokens(reading: Reading) -> str:
    if not reading.is_enabled:
        return "nobody is asked for one"
    if reason := reading.why_no_tokens:
        return f"none is ever accepted: {reason}"
    if reading.method == "jwks":
        return "accepted when a key of the set verifies them, if the first fetch, at the start, finds it"
    return "accepted when the static key verifies them with RS256"


def _api_key(reading: Reading, key: ApiKey) -> str:
    name = foreign(key.name, 80)
    if not reading.uses_api_keys:
        return f"{name}: not used, api_keys_enabled is false"
    if reading.setting("strict_validation") and (unknown := reading.unknown_permissions(key)):
        return f"{name}: answered with 401, for it has {', '.join(str(foreign(one, 40)) for one in unknown[:5])}"
    if not opens_anything(key.permissions, reading.service):
        return f"{name}: known, and opens no route of the {reading.service}"
    return f"{name}: {_ACCEPTED}"


_ACCEPTED = "accepted"


def _says_accepted(line: str) -> bool:
    return line.endswith(f": {_ACCEPTED}")


def _setting(reading: Reading, name: str) -> Setting:
    value = reading.setting(name)
    if isinstance(value, list):
        text = ", ".join(str(foreign(one, 40)) for one in value[:10])
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = str(foreign(_without_user(str(value)), 200))
    origin = "file" if reading.says(name) else "default" if name in DEFAULTS and name != "enabled" else "missing"
    return Setting(name, text, origin)


def _without_user(text: str) -> str:
    """A URL without user name and password."""
    scheme, mark, rest = text.partition("://")
    host = rest.partition("/")[0]
    return f"{scheme}://{rest[host.rfind('@') + 1 :]}" if mark and "@" in host and not is_open(text) else text
