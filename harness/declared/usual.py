"""What every service of a profile is told, unless a scenario says otherwise: where its keys come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import FLAG, Kind, check_kinds
from harness.grammar.vocabulary import CONFIG_WORDS, OF_ALL_SERVICES, USUAL_SETTINGS

_VERIFICATIONS = CONFIG_WORDS["verification"]
_KINDS: Final[Mapping[str, Kind]] = {
    "verification": Kind(" or ".join(f'"{word}"' for word in _VERIFICATIONS), lambda value: value in _VERIFICATIONS),
    "tls": FLAG,
    "discovery": FLAG,
}


def check_usual(source: TomlSource, table: Any, capabilities: list[str]) -> None:
    """Check the table `usual` of a profile, and that the service is declared to be able to what stands there.

    Raises `ScenarioFileError` with the line of what is wrong.
    """
    source.check_keys(table, _KINDS, ("usual",), "usual")
    check_kinds(source, table, _KINDS, ("usual",))
    for setting, capability in OF_ALL_SERVICES.items():
        if table.get(setting, USUAL_SETTINGS[setting]) != USUAL_SETTINGS[setting] and capability not in capabilities:
            source.fail(("usual", setting), f"usual.{setting} needs {capability!r} among the capabilities")
    if table.get("verification") == "public_key" and (table.get("tls") or table.get("discovery")):
        source.fail(("usual", "verification"), "a service that verifies with one configured key fetches none")


def read_usual(table: Mapping[str, Any], capabilities: list[str]) -> Mapping[str, Any]:
    """The settings that differ from what a service is told else, once the table is checked.

    Who can't fetch keys and can be given one has that one.
    """
    told = dict(table)
    if "jwks" not in capabilities and "static-key" in capabilities:
        told["verification"] = "public_key"
    return {setting: value for setting, value in told.items() if value != USUAL_SETTINGS[setting]}
