"""API keys, which never expire. No finding shows one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from harness.lint.config_file import is_open
from harness.lint.finding import ERROR, NOTE, WARNING, Found, rule
from harness.lint.permissions import OPENS, PERMISSIONS, RESOURCES, opens_anything
from harness.lint.reading import ApiKey, Reading
from harness.shown.foreign_text import foreign

_CHECKLIST = "Configuration Reference, Security Hardening Checklist"
# 128 bits in base64, without its padding.
_SHORTEST = 22
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Keys that stand in Tasker's own documents and examples: everybody knows them.
_PUBLISHED = re.compile(
    r"dev-key|test-api-key[\w-]*|sk-(?:prod-(?:monitoring|admin)-key|(?:monitoring|submitter)-prod)|your[-_].*|change-?me"
)


def _permission_place(reading: Reading, key: ApiKey) -> tuple[str | int, ...]:
    return (*reading.place("api_keys"), key.number, "permissions")


@rule(
    severity=ERROR,
    source="Configuration Reference, api_keys_enabled (default: false); tasker-py 0.1.8 answers the keys of its "
    "Development pattern with 401",
)
def unused_api_keys(reading: Reading) -> Iterator[Found]:
    """API keys are listed and not switched on."""
    if reading.api_keys and not reading.setting("api_keys_enabled"):
        message = f"{len(reading.api_keys)} API keys are not used: api_keys_enabled is false"
        yield Found(reading.place("api_keys"), message, "api_keys_enabled = true")


@rule(
    severity=ERROR,
    source="Configuration Reference gives [\"*\"] to administrators; Tasker's permission page says it isn't supported. "
    "tasker-py 0.1.8 answers such a key with 401, and with 403 when strict_validation is false",
)
def star_permission(reading: Reading) -> Iterator[Found]:
    """An API key has the permission `*`, which opens nothing and makes the key invalid."""
    for key in reading.api_keys:
        if "*" in key.permissions:
            does = "is answered with 401" if reading.setting("strict_validation") else "opens nothing by it"
            every = ", ".join(f'"{one}:*"' for one in RESOURCES)
            message = f"{foreign(key.name, 80)} has the permission *, and {does}"
            yield Found(_permission_place(reading, key), message, f"permissions = [{every}]  # or less")


@rule(
    severity=ERROR,
    source="Configuration Reference, strict_validation: unrecognized permission strings are rejected; tasker-py "
    "0.1.8 answers an API key that has one with 401",
)
def unknown_permission(reading: Reading) -> Iterator[Found]:
    """An API key has a permission that doesn't exist."""
    strict = reading.setting("strict_validation")
    for key in reading.api_keys:
        for one in reading.unknown_permissions(key):
            if one != "*":
                near = difflib.get_close_matches(one[:60], PERMISSIONS, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                does = "is answered with 401" if strict else "has nothing of it"
                message = f"{foreign(key.name, 80)} {does}: there is no permission {foreign(one, 60)}{hint}"
                line = f'"{near[0]}"' if near else "leave it out"
                yield Found(_permission_place(reading, key), message, line, softer=not strict)


@rule(
    severity=WARNING,
    source="Tasker's routes and the permission of each (OpenAPI, x-required-permission); both keys of Configuration "
    "Reference's Production pattern are answered with 403 by every route of tasker-py 0.1.8",
    production=True,
)
def useless_api_key(reading: Reading) -> Iterator[Found]:
    """None of an API key's permissions opens a route of this service."""
    for key in reading.api_keys:
        if not opens_anything(key.permissions, reading.service) and "*" not in key.permissions:
            message = f"{foreign(key.name, 80)} opens no route of the {reading.service}"
            some = ", ".join(f'"{one}"' for one in OPENS[reading.service][:2])
            line = f"permissions = [{some}]  # of what it needs"
            yield Found(_permission_place(reading, key), message, line)


@rule(
    severity=ERROR,
    source="Configuration Reference, api_keys: a key tells who calls; tasker-py 0.1.8 gives an empty X-API-Key "
    "header the permissions of an entry with an empty key",
)
def empty_api_key(reading: Reading) -> Iterator[Found]:
    """An API key is empty: an empty header has its permissions."""
    for key in reading.api_keys:
        if not key.key.strip():
            message = (
                f"{foreign(key.name, 80)} is empty: an empty {foreign(_header(reading), 40)} header gets in with it"
            )
            yield Found((*reading.place("api_keys"), key.number, "key"), message, "leave the entry out")


@rule(
    severity=ERROR,
    source="Configuration Reference and Tasker's examples: these keys are published; OWASP ASVS 5.0, 13.2.3: no "
    "default credentials",
    production=True,
)
def published_api_key(reading: Reading) -> Iterator[Found]:
    """An API key is one of the documents' examples, which everybody knows."""
    for key in reading.api_keys:
        if _PUBLISHED.fullmatch(key.key.lower()):
            message = f"{foreign(key.name, 80)} is an example of the documents: everybody knows it"
            yield Found(
                (*reading.place("api_keys"), key.number, "key"), message, 'key = "..."  # openssl rand -base64 32'
            )


@rule(
    severity=WARNING,
    source="OWASP ASVS 5.0, 11.5.1: what nobody may guess has 128 bits at least; Authentication & Authorization, Known "
    "Limitations: API keys have no expiration",
    production=True,
)
def short_api_key(reading: Reading) -> Iterator[Found]:
    """An API key is so short that it can be guessed."""
    for key in reading.api_keys:
        if key.key.strip() and not is_open(key.key) and len(key.key) < _SHORTEST:
            if _PUBLISHED.fullmatch(key.key.lower()):
                continue
            message = f"{foreign(key.name, 80)} has {len(key.key)} characters, and can't hold 128 random bits"
            yield Found(
                (*reading.place("api_keys"), key.number, "key"), message, 'key = "..."  # openssl rand -base64 32'
            )


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/types/api_key_auth.rs: of entries with one key the last counts",
)
def repeated_api_key(reading: Reading) -> Iterator[Found]:
    """Two entries have the same key: the last one's permissions count, also where they are more."""
    first: dict[str, ApiKey] = {}
    for key in reading.api_keys:
        if key.key and key.key in first:
            message = f"{foreign(first[key.key].name, 80)} and {foreign(key.name, 80)} are one key: the last one counts"
            yield Found((*reading.place("api_keys"), key.number, "key"), message, 'key = "..."  # one for each caller')
        first.setdefault(key.key, key)


@rule(
    severity=WARNING,
    source=f"{_CHECKLIST}: API keys use descriptive names for audit trails; the description is the caller's name",
)
def nameless_api_key(reading: Reading) -> Iterator[Found]:
    """An API key has no description, and so its caller no name."""
    for key in reading.api_keys:
        if not key.description.strip():
            message = f"{key.name} has no description: nobody knows who called"
            line = 'description = "..."  # who has it, and what for'
            yield Found((*reading.place("api_keys"), key.number), message, line)


@rule(
    severity=NOTE,
    source=f"{_CHECKLIST}: least-privilege: each service gets only the permissions it needs",
)
def mighty_api_key(reading: Reading) -> Iterator[Found]:
    """An API key may do everything."""
    for key in reading.api_keys:
        if {f"{one}:*" for one in RESOURCES} <= {*key.permissions}:
            message = f"{foreign(key.name, 80)} may do everything, for ever"
            yield Found(_permission_place(reading, key), message, "permissions = [...]  # what it needs")


@rule(
    severity=ERROR,
    source="tasker-shared 0.1.8, src/services/security_service.rs: the single key has the permission *, which "
    "opens nothing; with a list of keys it isn't read at all",
)
def single_api_key(reading: Reading) -> Iterator[Found]:
    """`api_key` holds a key, which opens nothing."""
    if reading.setting("api_key") and not is_open(reading.setting("api_key")):
        message = "api_key holds a key, which opens nothing: it has the permission * and no other"
        line = (
            f'api_key = ""  # and the key in [[{".".join(reading.auth_place)}.api_keys]], with api_keys_enabled = true'
        )
        yield Found(reading.place("api_key"), message, line)


@rule(
    severity=ERROR,
    source="RFC 9110 §5.1: a field name is a token; RFC 6750 §2.1: Authorization is for the bearer token",
)
def bad_api_key_header(reading: Reading) -> Iterator[Found]:
    """The header of API keys has a name that no header has, or that of another one."""
    name = _header(reading)
    if not reading.api_keys or is_open(name) or name != name.strip():
        return
    if not _TOKEN.fullmatch(name) or name.lower() in ("authorization", "cookie", "host"):
        message = f"api_key_header {foreign(name, 40)!r} can't carry an API key"
        yield Found(reading.place("api_key_header"), message, 'api_key_header = "X-API-Key"')


def _header(reading: Reading) -> str:
    return str(reading.setting("api_key_header") or "X-API-Key")
