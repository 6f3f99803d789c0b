"""Settings of the server, and issuers, from a TOML file.

    style = "okta"
    port = 9400

    [[issuers]]
    id = "default"
    style = "keycloak"
    mount = "root"
    options = { realm = "tasker" }

    [[issuers.keys]]
    name = "k1"

Members of an issuer are those of `POST /_mock/issuers`, and `mount`; all others are the options of `mock-idp serve`.
A file that is for `--issuers` holds issuers only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mock_idp.control.schemas import SCHEMAS
from mock_idp.control.views import issuer_settings
from mock_idp.errors import MockIdpError, bad_field
from mock_idp.http11.schema import Schema, check
from mock_idp.http11.schema_parts import closed
from mock_idp.run.key_source import key_source, with_key_sources
from mock_idp.settings import IssuerSettings
from mock_idp.tools.input_file import InputFileError, parse_toml, read_text
from mock_idp.tools.toml_lines import line_of

_SPEC = SCHEMAS["IssuerSpec"]
_ISSUER = closed({**_SPEC["properties"], "mount": {"type": "string", "enum": ["root"]}}, ["id", "style"])
_ISSUERS = {"type": "array", "items": _ISSUER, "minItems": 1}
_FILE = closed({"issuers": _ISSUERS}, ["issuers"])

_FLAG = {"type": "boolean"}
_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}
_OF_THE_PLAIN_ISSUER = (
    *("style", "audience", "permissions_claim", "algorithm", "private_keys", "token_lifetime_seconds", "options"),
)
_PATHS = ("tls_cert", "tls_key", "ready_file")
_SETTINGS = closed(
    {
        **{name: _SPEC["properties"][name] for name in _OF_THE_PLAIN_ISSUER},
        "port": {"type": "integer", "minimum": 0, "maximum": 65_535},
        **dict.fromkeys(("host", "public_url", "control_token", *_PATHS), _TEXT),
        **dict.fromkeys(("auto_issuers", "allow_remote", "trust_forwarded", "backchannel_dynamic"), _FLAG),
        **dict.fromkeys(("tls", "quiet"), _FLAG),
        **dict.fromkeys(("allowed_hosts", "tls_hosts"), _TEXTS),
        "issuers": _ISSUERS,
    }
)


def read_issuers(path: Path) -> tuple[IssuerSettings, ...]:
    """The issuers of a file.

    Raises MockIdpError whose field starts with the path of the file and the line, for a file that cannot be read, is
    not TOML, or has a member that is unknown or wrong.
    """
    return _File(path, _FILE).issuers()


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of a file by the names that `mock-idp serve` has for them; `issuers` as `read_issuers`.

    Paths in it are relative to the folder of the file.
    Raises MockIdpError as `read_issuers` does.
    """
    file = _File(path, _SETTINGS)
    settings = dict(file.document)
    for name in _PATHS:
        if name in settings:
            settings[name] = path.parent / settings[name]
    if "private_keys" in settings:
        keys = key_source(settings["private_keys"], path.parent, f"{path}: private_keys")
        settings["private_keys"] = keys if isinstance(keys, str) else json.dumps(keys)
    if "issuers" in settings:
        settings["issuers"] = file.issuers()
    return settings


class _File:
    """A file that fits `schema`. Raises MockIdpError."""

    def __init__(self, path: Path, schema: Schema) -> None:
        self._path, self._text = path, ""
        try:
            self._text = read_text(path)
        except InputFileError as error:
            raise bad_field(f"{path}:{error.line}", f"The file {error}.") from None
        try:
            self.document = parse_toml(self._text)
        except InputFileError as error:
            reason = str(error).removeprefix("is no TOML: ")
            raise bad_field(f"{path}:{error.line}", f"This is not TOML that can be taken: {reason}.") from None
        try:
            check(self.document, schema, components=SCHEMAS)
        except MockIdpError as error:
            raise self._wrong(error.field or "", error.sentence) from None

    def issuers(self) -> tuple[IssuerSettings, ...]:
        """The issuers of the file. Raises MockIdpError."""
        issuers = self.document["issuers"]
        ids = [issuer["id"] for issuer in issuers]
        for number, issuer_id in enumerate(ids):
            if issuer_id in ids[:number]:
                raise self._wrong(f"issuers.{number}.id", f"The id {issuer_id!r} is there twice.")
        return tuple(self._settings(number, issuer) for number, issuer in enumerate(issuers))

    def _settings(self, number: int, issuer: dict[str, Any]) -> IssuerSettings:
        try:
            return issuer_settings(with_key_sources(issuer, self._path.parent))
        except MockIdpError as error:
            raise self._wrong(f"issuers.{number}.{error.field}", error.sentence) from None

    def _wrong(self, field: str, sentence: str) -> MockIdpError:
        place = tuple(int(part) if part.isdecimal() else part for part in field.split(".") if part)
        return bad_field(f"{self._path}:{line_of(self._text, place)}: {field}", sentence)
