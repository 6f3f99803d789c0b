"""Issuers from a TOML file.

    [[issuers]]
    id = "default"
    style = "keycloak"
    mount = "root"
    options = { realm = "tasker" }

    [[issuers.keys]]
    name = "k1"

Members are those of `POST /_mock/issuers`, and `mount`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from mock_idp.control.schemas import SCHEMAS
from mock_idp.control.views import issuer_settings
from mock_idp.errors import MockIdpError, bad_field
from mock_idp.schema import check
from mock_idp.schema_parts import closed
from mock_idp.settings import IssuerSettings

_SPEC = SCHEMAS["IssuerSpec"]
_ISSUER = closed({**_SPEC["properties"], "mount": {"type": "string", "enum": ["root"]}}, ["id", "style"])
_FILE = closed({"issuers": {"type": "array", "items": _ISSUER, "minItems": 1}}, ["issuers"])


def read_issuers(path: Path) -> tuple[IssuerSettings, ...]:
    """The issuers of a file.

    Raises MockIdpError whose field starts with the path of the file, for a file that cannot be read, is not TOML,
    or has a member that is unknown or wrong.
    """
    document = _parsed(path)
    try:
        check(document, _FILE, components=SCHEMAS)
    except MockIdpError as error:
        raise bad_field(f"{path}: {error.field}", error.sentence) from None
    ids = [issuer["id"] for issuer in document["issuers"]]
    for number, issuer_id in enumerate(ids):
        if issuer_id in ids[:number]:
            raise bad_field(f"{path}: issuers.{number}.id", f"The id {issuer_id!r} is there twice.")
    return tuple(_settings(path, number, issuer) for number, issuer in enumerate(document["issuers"]))


def _settings(path: Path, number: int, issuer: dict[str, Any]) -> IssuerSettings:
    try:
        return issuer_settings(issuer)
    except MockIdpError as error:
        raise bad_field(f"{path}: issuers.{number}.{error.field}", error.sentence) from None


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise bad_field(str(path), f"Cannot read the file: {error.strerror}.") from None
    except ValueError as error:
        raise bad_field(str(path), f"This is not TOML: {error}.") from None
