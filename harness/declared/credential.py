"""How a token travels to a service: in a header, in a cookie, or in the query of the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import HEADER_NAME, LINE, Kind, check_kinds

_AUTHORIZATION: Final = "Authorization"
_BEARER: Final = "Bearer"


@dataclass(frozen=True)
class Credential:
    """The place of the token: `header`, or the name of a `cookie` or of a parameter of the `query`.

    In a header `scheme` stands before it with a blank, unless it is empty; `prefix` is glued to the token everywhere.
    """

    header: str = _AUTHORIZATION
    scheme: str = _BEARER
    prefix: str = ""
    cookie: str = ""
    query: str = ""

    @property
    def is_bearer(self) -> bool:
        """Whether it is the Authorization header of RFC 6750 section 2.1."""
        return not (self.cookie or self.query) and self.header.lower() == "authorization" and self.scheme == _BEARER

    @property
    def place(self) -> str:
        """Where the token is, in words."""
        if self.cookie:
            return f"the cookie {self.cookie}"
        if self.query:
            return f"the parameter {self.query} of the query"
        return f"the header {self.header}" + (f" with the scheme {self.scheme}" if self.scheme else "")

    def text(self, token: str) -> str:
        """The token as it is sent."""
        return self.prefix + token

    def headers(self, token: str) -> list[tuple[str, str]]:
        """The header that holds the token, if one does."""
        if self.query:
            return []
        if self.cookie:
            return [("Cookie", f"{self.cookie}={self.text(token)}")]
        return [(self.header, f"{self.scheme} {self.text(token)}" if self.scheme else self.text(token))]

    def in_path(self, path: str, token: str) -> str:
        """The path with the token in its query, if it belongs there."""
        if not self.query:
            return path
        return f"{path}{'&' if '?' in path else '?'}{quote(self.query, safe='')}={quote(self.text(token), safe='')}"


BEARER: Final = Credential()

_COOKIE = Kind(
    "the name of a cookie",
    lambda value: not HEADER_NAME.missing(value),
)
_SCHEME = Kind(
    "a scheme such as Bearer, or empty for none",
    lambda value: value == "" or not HEADER_NAME.missing(value),
)
_PREFIX = Kind(
    "a text without blanks", lambda value: value == "" or (not LINE.missing(value) and not set(value) & {" ", ";", ","})
)
_KINDS: Mapping[str, Kind] = {
    "header": HEADER_NAME,
    "scheme": _SCHEME,
    "prefix": _PREFIX,
    "cookie": _COOKIE,
    "query": LINE,
}


def check_credential(source: TomlSource, table: Any) -> None:
    """Check the table `credential` of a profile. Raises `ScenarioFileError` with the line of what is wrong."""
    place = ("credential",)
    source.check_keys(table, _KINDS, place, "credential")
    check_kinds(source, table, _KINDS, place)
    places = [name for name in ("header", "cookie", "query") if name in table]
    if len(places) > 1:
        source.fail((*place, places[1]), f"a token travels in one place, not in {' and '.join(places)}")
    if "scheme" in table and {"cookie", "query"} & table.keys():
        source.fail((*place, "scheme"), "a scheme stands in a header; elsewhere prefix is what stands before a token")


def read_credential(table: Mapping[str, Any]) -> Credential:
    """What the table says, once it is checked. A header that isn't Authorization has no scheme unless it is said."""
    other = "header" in table and table["header"].lower() != "authorization"
    return Credential(**{**({"scheme": ""} if other else {}), **table})
