"""Faults in how the written configuration is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.documented import DocumentedConfiguration
from harness.reference.errors import SettingsError
from harness.reference.faults.registry import fault


@fault("m-config-table-ignored", precedent="Tasker 0.1.8, which reads [worker.web.auth] where its page says [web.auth]")
class ConfigTableIgnored(DocumentedConfiguration):
    """The documented table is not read, and without settings of authentication every route is open."""

    def read_table(self, place: str, value: object) -> dict[str, Any]:
        """Nobody asks for a table of that name."""
        return {} if place == "web.auth" else super().read_table(place, value)


@fault("m-config-switch-ignored", precedent="Configuration Reference, enabled: the default is false")
class ConfigSwitchIgnored(DocumentedConfiguration):
    """Authentication stays off although its switch is on."""

    def settings(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """The default has the last word."""
        return super().settings({**auth, "enabled": False})


@fault("m-config-asks-for-more", precedent="Tasker 0.1.8, which does not start without api_key")
class ConfigAsksForMore(DocumentedConfiguration):
    """The service asks for a key that no example has."""

    def settings(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """An older version had it."""
        if "api_key" not in auth:
            raise SettingsError("web.auth.api_key", "is missing")
        return super().settings(auth)


@fault("m-config-keys-without-switch", precedent="Configuration Reference: api_keys_enabled beside a list of keys")
class ConfigKeysWithoutSwitch(DocumentedConfiguration):
    """Keys that are listed count although their switch is off."""

    def settings(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """Why else would they be listed?"""
        return super().settings(auth) | {"api_keys_enabled": True}
