"""A line of a record that somebody else may have written: nothing in it is believed to be what it should be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.base.verdicts import VERDICTS, CellResult
from harness.grammar.value_kinds import is_number
from harness.grammar.vocabulary import LEVELS, SEVERITIES
from harness.shown.foreign_text import foreign
from harness.shown.shell_words import comment
from mock_idp.tools.input_file import InputFileError, parse_json

_TEXTS = (
    *("id", "scenario", "title", "variant", "style", "target", "verdict", "level", "severity", "requirement"),
    *("expected", "actual", "reason"),
)
_WORDS = {"verdict": VERDICTS, "level": LEVELS, "severity": SEVERITIES}
_OPTIONAL = ("expected", "actual", "reason", "duration_s", "evidence")
_MEMBERS = (*_TEXTS, "config", "duration_s", "evidence")
_LEFT_OUT = comment("left out: it is no command that idp-harness writes")

# What begins a repeated group and doesn't end it must be given back, which CPython before 3.11.5 does for atomic groups
# and not for possessive ones (gh-106052).
# What `CurlLine` and `token_command` write: words in which a shell finds nothing to do, a token's command, a variable.
_PIECE = r"(?>[A-Za-z0-9_@%+=:,./-]++|'[^']*+'|\"'\"|\$'(?>(?:[^'\\]|\\x[0-9a-f]{2})*)')"
_WORD = rf"(?>{_PIECE}+)"
_URL = rf"(?=(?:\$?')?https?://){_WORD}"
_TOKEN = (
    r"\"\$\(curl -s (?:-H \"Authorization: Bearer \$MOCK_IDP_CONTROL_TOKEN\" )?-H 'Accept: text/plain' "
    rf"-H 'Content-Type: application/json' -d (?='\{{){_WORD} {_URL}\)\""
)
_VALUE = rf"(?>(?>{_PIECE}|{_TOKEN}|\"\$(?:API_KEY|KEPT)_[A-Z0-9_]++\")+)"
_GRPC = rf" --http2-prior-knowledge --data-binary @<\(printf %b {_WORD}\)"
# Of -H and -d, what begins with an @ names a file.
_CURL = (
    rf"curl -si(?: --cacert (?=/|'/){_WORD})?(?: --head| -X {_WORD})?"
    rf"(?: --globoff --path-as-is (?=(?:\$?')?https?://)| --request-target {_VALUE} )"
    rf"{_VALUE}(?>(?: -H (?!\$?'?@){_VALUE})*)(?: --data-raw {_VALUE}|{_GRPC})?"
)
_RAW = rf"exec 3<>(?='?/dev/tcp/){_WORD} && printf %b(?>(?: {_VALUE})+) >&3 && timeout 5 cat <&3"
_OWN = re.compile(rf"{_CURL}|{_RAW}|# {_WORD}")


def cell_of(line: str | bytes) -> CellResult:
    """The cell of a line, in which a command that is none of ours is left out. Raises `InputFileError`."""
    value = parse_json(line)
    if not isinstance(value, dict):
        raise InputFileError("it is no object")
    if strange := [name for name in value if name not in _MEMBERS]:
        raise InputFileError(f"a cell has no member {foreign(strange[0])!r}")
    for name in _MEMBERS:
        if name not in value and name not in _OPTIONAL:
            raise InputFileError(f"it has no {name}")
    for name in _TEXTS:
        text = value.get(name, "")
        if not isinstance(text, str):
            raise InputFileError(f"{name} is no text")
        if name in _WORDS and text not in _WORDS[name]:
            raise InputFileError(f"{foreign(text)!r} is no {name}")
    seconds = value.get("duration_s", 0.0)
    if not is_number(seconds) or seconds < 0:
        raise InputFileError("duration_s is no number of seconds")
    for name in ("config", "evidence"):
        if not isinstance(value.get(name, {}), dict):
            raise InputFileError(f"{name} is no object")
    evidence = _checked(value.get("evidence", {}))
    return CellResult(**value | {"evidence": evidence})


def _checked(evidence: Mapping[str, Any]) -> dict[str, Any]:
    curl, script = evidence.get("curl", ""), evidence.get("script", [])
    if not isinstance(curl, str):
        raise InputFileError("evidence.curl is no text")
    if not isinstance(script, list) or not all(isinstance(one, str) for one in script):
        raise InputFileError("evidence.script is no list of lines")
    return {**evidence, **({"curl": curl if is_own_command(curl) else _LEFT_OUT} if curl else {})}


def is_own_command(line: str) -> bool:
    """Whether a line is a request as the harness writes it, and nothing else: a reader may paste it."""
    return line.isprintable() and _OWN.fullmatch(line) is not None
