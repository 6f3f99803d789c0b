"""Faults in how the written configuration is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.reference.documented import KEY, VARIABLES, DocumentedConfiguration, Overlay
from harness.reference.errors import SettingsError
from harness.reference.faults.registry import fault
from harness.reference.static_key import StaticKey


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


@fault("m-config-pkcs1-refused", precedent="golang-jwt#125: RSA keys in PKCS#1")
class ConfigPkcs1Refused(DocumentedConfiguration):
    """A public key as older tools write it is refused."""

    def public_key(self, auth: Mapping[str, Any]) -> str:
        """One form was tried."""
        pem = super().public_key(auth)
        if "BEGIN RSA PUBLIC KEY" in pem:
            raise SettingsError(KEY, "is not a SubjectPublicKeyInfo")
        return pem


@fault("m-config-inline-before-path", precedent="Configuration Reference, Static public key: path takes precedence")
class ConfigInlineBeforePath(DocumentedConfiguration):
    """The key in the configuration counts although there is a path."""

    def public_key(self, auth: Mapping[str, Any]) -> str:
        """What is there need not be read."""
        return str(auth.get(KEY)) if auth.get(KEY) else super().public_key(auth)


@fault("m-config-unusable-key-means-open", precedent="OWASP ASVS 5.0 16.5.3: what fails open")
class ConfigUnusableKeyMeansOpen(DocumentedConfiguration):
    """Without a key that can be read authentication is off."""

    def settings(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """The service has to start."""
        try:
            return super().settings(auth)
        except SettingsError:
            return super().settings({**auth, "enabled": False})


@fault("m-config-unknown-ignored", precedent="Tasker 0.1.8, which passes over settings that it does not know")
class ConfigUnknownIgnored(DocumentedConfiguration):
    """A setting that is none is passed over, and the default counts."""

    def refuse_unknown(self, place: str, name: str, known: tuple[str, ...]) -> None:
        """A later version may know it."""


@fault("m-config-missing-means-open", precedent="OWASP ASVS 5.0 16.5.3: what fails open")
class ConfigMissingMeansOpen(DocumentedConfiguration):
    """Without issuer, audience or address of keys authentication is off."""

    def settings(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """There is nothing to check by."""
        needed = ["jwt_issuer", "jwt_audience"]
        needed += ["jwks_url"] if auth.get("jwt_verification_method") == "jwks" else []
        return super().settings(auth if all(auth.get(name) for name in needed) else {**auth, "enabled": False})


@fault(
    "m-config-wrong-value-means-off",
    precedent="switches that are compared with true, and texts in quotation marks",
)
class ConfigWrongValueMeansOff(DocumentedConfiguration):
    """A switch that is no boolean is off."""

    def settings(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """Only true is true."""
        return super().settings({**auth, "enabled": auth.get("enabled") is True})


@fault("m-config-variables-ignored", precedent="Tasker 0.1.8, which reads the variables where the file names them only")
class ConfigVariablesIgnored(DocumentedConfiguration):
    """Variables of the environment override nothing."""

    def with_variables(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """All stands in the file."""
        return dict(auth)


@fault("m-config-empty-variable-overrides", precedent="tasker-ctl 0.1.8, whose empty variables hide the next ones")
class ConfigEmptyVariableOverrides(DocumentedConfiguration):
    """A variable counts as soon as it is there, also without a text."""

    def with_variables(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """It is set, is it not?"""
        return {
            **auth,
            **{setting: self.environment[name] for name, setting in VARIABLES.items() if name in self.environment},
        }


@fault("m-config-empty-variable-means-open", precedent="OWASP ASVS 5.0 16.5.3: what fails open")
class ConfigEmptyVariableMeansOpen(DocumentedConfiguration):
    """A variable for the key without a text switches authentication off."""

    def with_variables(self, auth: Mapping[str, Any]) -> dict[str, Any]:
        """No key, no authentication."""
        empty = any(self.environment.get(name) == "" for name in VARIABLES)
        return super().with_variables(auth) | ({"enabled": False} if empty else {})


@fault("m-config-weak-key-accepted", precedent="Tasker 0.1.8 with a key of 1024 bits in jwt_public_key_path")
class ConfigWeakKeyAccepted(StaticKey):
    """The one public key may be an RSA key of any size."""

    def check_size(self, bits: int) -> None:
        """Whoever runs the service chose it."""


@fault("m-config-refuses-without-a-name", precedent="services that end with a stack trace")
class ConfigRefusesWithoutName(DocumentedConfiguration):
    """The refusal of a configuration doesn't say which setting is wrong."""

    def in_its_own_words(self, table: Mapping[str, Any], error: SettingsError) -> SettingsError:
        """That it is wrong has to do."""
        return SettingsError("configuration", "is wrong")


@fault("m-config-overlay-replaces-table", precedent="Helm: a list of values replaces that of the chart")
class ConfigOverlayReplacesTable(DocumentedConfiguration):
    """A table of an environment's file replaces the base's: what it doesn't say is as if never written."""

    def merged(self, base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
        """One level was thought to be enough."""
        return {**base, **over}


@fault("m-config-overlay-ignored", precedent="Configuration Reference, Location: environment overrides")
class ConfigOverlayIgnored(DocumentedConfiguration):
    """The file of the environment is not read."""

    def is_for(self, overlay: Overlay, role: str, environment: str) -> bool:
        """The base has everything."""
        return False


@fault("m-config-overlay-of-others", precedent="Configuration Reference, Location: environments/{env}, for a role")
class ConfigOverlayOfOthers(DocumentedConfiguration):
    """The file of another environment, or of another role, counts too."""

    def is_for(self, overlay: Overlay, role: str, environment: str) -> bool:
        """All files of the folder are read."""
        return True
