"""What is said of an identity provider that runs already: one TOML file, whose secrets stand elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.base.errors import UsageError
from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import LINE, Kind, check_kinds, words
from mock_idp.tools.input_file import InputFileError, read_text

_URL = Kind(
    "an http or https URL",
    lambda value: (
        isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
    ),
)
_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
_KINDS: Mapping[str, Kind] = {
    "issuer": _URL,
    "metadata_url": _URL,
    "client_id": LINE,
    "client_secret_env": LINE,
    "client_secret_file": LINE,
    "client_key_file": LINE,
    "client_key_id": LINE,
    "auth_method": words(*_METHODS),
    "scope": LINE,
    "audience": LINE,
    "resource": LINE,
    "ca_file": LINE,
    "signing_key_file": LINE,
}
_OF_A_CLIENT = ("client_secret_env", "client_secret_file", "client_key_file")


@dataclass(frozen=True)
class RealIssuer:
    """An issuer that is not ours: how to get its tokens, or sign as it.

    With `client_id` tokens come by client credentials (RFC 6749 §4.4), of which `scope`, `audience` and `resource` (RFC
    8707) are parameters. The client proves itself by `client_secret`, or by `client_key`, a private key in PEM (RFC
    7523 §2.2), which `client_key_id` names to the provider. `signing_key` is a private key in PEM that was imported
    into the provider. `ca_file` has the authorities to trust beside the system's.
    """

    issuer: str
    metadata_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    client_key: str = field(default="", repr=False)
    client_key_id: str = ""
    auth_method: str = ""
    scope: str = ""
    audience: str = ""
    resource: str = ""
    ca_file: str | None = None
    signing_key: str = field(default="", repr=False)


def load_real_issuer(file: Path, environ: Mapping[str, str] | None = None) -> RealIssuer:
    """Read the file strictly; paths in it are relative to its folder.

    Raises `ScenarioFileError` with the line of what is wrong, `UsageError` for a secret that can't be had.
    """
    source = TomlSource(file)
    table = source.data
    source.check_keys(table, _KINDS, (), "a file of a real issuer")
    source.check_has(table, ("issuer",), (), "a file of a real issuer")
    check_kinds(source, table, _KINDS, ())
    proofs = [name for name in _OF_A_CLIENT if name in table]
    if "client_id" in table and len(proofs) != 1:
        source.fail(("client_id",), f"a client proves itself by one of {', '.join(_OF_A_CLIENT)}")
    if "client_id" not in table and proofs:
        source.fail((proofs[0],), "client_id says whose it is, and is missing")
    if "client_id" not in table and "signing_key_file" not in table:
        source.fail(("issuer",), "client_id says which client gets tokens, or signing_key_file which key signs them")
    by_key = "client_key_file" in table
    if "client_key_id" in table and not by_key:
        source.fail(("client_key_id",), "client_key_file says which key it names, and is missing")
    if "auth_method" in table and by_key != (table["auth_method"] == "private_key_jwt"):
        source.fail(("auth_method",), "private_key_jwt goes with client_key_file, the other two with a secret")
    return RealIssuer(
        issuer=table["issuer"],
        metadata_url=table.get("metadata_url", ""),
        client_id=table.get("client_id", ""),
        client_secret=_secret(table, file.parent, os.environ if environ is None else environ),
        client_key=_key(table, "client_key_file", file.parent),
        client_key_id=table.get("client_key_id", ""),
        auth_method=table.get("auth_method", "private_key_jwt" if by_key else ""),
        scope=table.get("scope", ""),
        audience=table.get("audience", ""),
        resource=table.get("resource", ""),
        ca_file=str(file.parent / table["ca_file"]) if "ca_file" in table else None,
        signing_key=_key(table, "signing_key_file", file.parent),
    )


def _secret(table: Mapping[str, Any], folder: Path, environ: Mapping[str, str]) -> str:
    if "client_secret_env" in table:
        secret = environ.get(table["client_secret_env"], "")
        where = f"the variable {table['client_secret_env']}"
    elif "client_secret_file" in table:
        secret = _text(folder / table["client_secret_file"], "client_secret_file").strip("\r\n")
        where = f"the file {table['client_secret_file']}"
    else:
        return ""
    if not secret:
        raise UsageError(f"the secret of the client {table['client_id']!r} is to be in {where}, and there is none")
    return secret


def _key(table: Mapping[str, Any], name: str, folder: Path) -> str:
    """A private key in PEM, from a file with PEM or a JWK; "" where none is named."""
    if name not in table:
        return ""
    file = folder / table[name]
    text = _text(file, name)
    from harness.shown.private_numbers import private_pem  # Loads where it is needed only.

    if (pem := private_pem(text)) is None:
        raise UsageError(f"{name}: {file} holds no private key, unencrypted, in PEM or as a JWK")
    return pem


def _text(file: Path, name: str) -> str:
    try:
        return read_text(file)
    except InputFileError as problem:
        raise UsageError(f"{name}: {file} {problem}") from problem
