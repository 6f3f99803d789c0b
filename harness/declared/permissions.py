"""Where a service looks for the permissions in a token, and in which form they stand there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import LINE, Kind, check_kinds, words

FORMS: Final = ("array", "string", "keys", "none")
# The knob of policies by which scenarios ask for the form.
KNOB: Final = "permissions_form"
_CLIENT: Final = "{client}"


@dataclass(frozen=True)
class Permissions:
    """`claim` is empty for the claim that the issuer has them in; `form` is one of `FORMS`, or empty: undeclared."""

    claim: str | Sequence[str] = ""
    form: str = ""

    @property
    def is_declared(self) -> bool:
        """Whether tokens must be made otherwise than the vendor makes them."""
        return bool(self.claim) or self.form not in ("", "array")

    def path(self, client: str) -> tuple[str, ...]:
        """The names from the token's claims down to the permissions; `client` stands for `{client}`.

        A claim that is a URI has its dots for itself.
        """
        if not isinstance(self.claim, str):
            names = tuple(self.claim)
        else:
            names = (self.claim,) if ":" in self.claim else tuple(self.claim.split("."))
        return tuple(name.replace(_CLIENT, client) for name in names)

    def value(self, granted: Sequence[str]) -> Any:
        """The permissions in their form."""
        if self.form == "string":
            return " ".join(granted)
        return dict.fromkeys(granted, True) if self.form == "keys" else list(granted)


def nested(path: Sequence[str], value: Any) -> dict[str, Any]:
    """The value below these names, one in the other."""
    for name in reversed(path[1:]):
        value = {name: value}
    return {path[0]: value}


_CLAIM = Kind(
    'a claim such as "scope" or "realm_access.roles", or a list of names from the outer to the inner one',
    lambda value: (
        not LINE.missing(value)
        or (isinstance(value, list) and bool(value) and not any(LINE.missing(name) for name in value))
    ),
)
_KINDS: Mapping[str, Kind] = {"claim": _CLAIM, "form": words(*FORMS)}


def check_permissions(source: TomlSource, data: Mapping[str, Any]) -> None:
    """Check the table `permissions` of a profile. Raises `ScenarioFileError` with the line of what is wrong."""
    table, place = data.get("permissions", {}), ("permissions",)
    source.check_keys(table, _KINDS, place, "permissions")
    check_kinds(source, table, _KINDS, place)
    if isinstance(table.get("claim"), str) and not all(table["claim"].split(".")) and ":" not in table["claim"]:
        source.fail((*place, "claim"), "a path has a name on each side of a dot")
    if table.get("form") == "none" and "claim" in table:
        source.fail((*place, "claim"), 'with form = "none" there is no claim to look at')
    if KNOB in data.get("policy", {}):
        source.fail(("policy", KNOB), "form in the table permissions says what form they have")


def read_permissions(data: Mapping[str, Any]) -> Permissions:
    """What the profile says of them, once it is checked."""
    if "permissions" not in data:
        return Permissions()
    table = data["permissions"]
    claim = table.get("claim", "")
    return Permissions(claim if isinstance(claim, str) else tuple(claim), table.get("form", "array"))
