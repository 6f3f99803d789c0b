"""Keys that a setting brings along: as text, by the path of a file, or by the variable that holds them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mock_idp.errors import bad_field
from mock_idp.tools.input_file import InputFileError, read_text

_VARIABLE = "env:"
_BEGINNINGS = ("-----BEGIN", "{", "[")


def key_source(given: Any, folder: Path, name: str) -> Any:
    """The text of keys, from wherever `given` says; what is no text is the keys themselves. Paths start in `folder`.

    Raises MockIdpError that blames the member `name`, for a file that can't be read, or a variable that isn't there.
    """
    if not isinstance(given, str) or given.lstrip().startswith(_BEGINNINGS):
        return given
    if given.startswith(_VARIABLE):
        variable = given.removeprefix(_VARIABLE)
        if not os.environ.get(variable):
            raise bad_field(name, f"There is no variable {variable!r}, or it is empty.")
        return os.environ[variable]
    path = folder / Path(given).expanduser()
    try:
        return read_text(path)
    except InputFileError as error:
        raise bad_field(name, f"The file {path} {error}.") from None


def with_key_sources(issuer: dict[str, Any], folder: Path) -> dict[str, Any]:
    """An issuer of a file with the text of all keys that it brings along. Raises MockIdpError as `key_source`."""
    read = dict(issuer)
    if "private_keys" in read:
        read["private_keys"] = key_source(read["private_keys"], folder, "private_keys")
    if "keys" in read:
        read["keys"] = [
            {**key, "private_key": key_source(key["private_key"], folder, f"keys.{number}.private_key")}
            if "private_key" in key
            else key
            for number, key in enumerate(read["keys"])
        ]
    return read
