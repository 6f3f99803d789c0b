"""The documented tables are read as they are documented, and what is wrong in them is refused by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.reference.documented import KNOWN, VARIABLES, DocumentedConfiguration
from harness.reference.errors import SettingsError
from harness.reference.settings import ReferenceSettings
from harness.reference.settings_file import settings_from

PEM = "-----BEGIN PUBLIC KEY-----"
AUTH = {"enabled": True, "jwt_issuer": "i", "jwt_audience": "a", "jwt_public_key": PEM}
# A value that is of another kind than the setting, whatever that is.
NEITHER = {"neither": "text nor number"}


def read(auth: dict[str, Any], web: dict[str, Any] | None = None, **environment: str) -> ReferenceSettings:
    table = {"service": "worker", "web": {**(web or {}), "auth": auth}}
    return settings_from(table, DocumentedConfiguration(environment))


def refused(auth: dict[str, Any], web: dict[str, Any] | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        read(auth, web)
    return caught.value.field


@pytest.mark.parametrize("name", [name for name in KNOWN if not name.startswith("jwt_public_key")])
def test_each_setting_with_a_value_of_another_kind_is_named(name: str) -> None:
    assert refused({**AUTH, name: NEITHER}) == f"web.auth.{name}"


@pytest.mark.parametrize("name", KNOWN)
def test_each_setting_that_is_misspelt_is_named(name: str) -> None:
    assert refused({**AUTH, f"{name}x": True}) == f"web.auth.{name}x"


@pytest.mark.parametrize("name", ["jwt_issuer", "jwt_audience"])
def test_a_setting_without_a_default_is_missed_by_its_name(name: str) -> None:
    assert refused({key: value for key, value in AUTH.items() if key != name}) == f"web.auth.{name}"


@pytest.mark.parametrize(
    ("web", "field"),
    [({"auht": {}}, "web.auht"), ({"config_endpoint_enabled": "yes"}, "web.config_endpoint_enabled")],
)
def test_what_is_wrong_beside_the_settings_is_named(web: dict[str, Any], field: str) -> None:
    assert refused(AUTH, web) == field


def test_a_table_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match=r"web\.auth: is not a table"):
        settings_from({"service": "worker", "web": {"auth": True}})


def test_without_a_word_authentication_is_off() -> None:
    """The documented default."""
    assert read({}).enabled is False
    assert read({"enabled": False, "jwt_public_key_path": "/nowhere.pem"}).public_key_pem == ""


def test_the_other_defaults_are_those_of_the_page() -> None:
    settings = read(AUTH)
    assert (settings.verification_method, settings.strict_validation, settings.permissions_claim) == (
        "public_key",
        True,
        "permissions",
    )
    assert (settings.api_key_header, settings.api_keys_enabled, settings.config_endpoint_enabled) == (
        "X-API-Key",
        False,
        False,
    )


@pytest.mark.parametrize(("said", "counts"), [({}, True), ({"api_keys_enabled": False}, False)])
def test_listed_keys_count_unless_their_switch_says_no(said: dict[str, bool], counts: bool) -> None:
    """The page lists a key without the switch, and a list with the switch off."""
    key = {"key": "sk", "permissions": ["*"], "description": "d"}
    assert read({**AUTH, "api_keys": [key], **said}).api_keys_enabled is counts


def test_a_path_takes_precedence(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("of the file")
    assert read({**AUTH, "jwt_public_key_path": str(file)}).public_key_pem == "of the file"


@pytest.mark.parametrize("path", ["/nowhere/key.pem", "/"])
def test_a_file_that_can_not_be_read_is_no_reason_to_take_another_key(path: str) -> None:
    """Also where there is one: path takes precedence."""
    assert refused({**AUTH, "jwt_public_key_path": path}) == "web.auth.jwt_public_key_path"


def test_without_any_key_it_is_told_where_one_belongs() -> None:
    assert refused({**AUTH, "jwt_public_key": ""}) == "web.auth.jwt_public_key_path"


def test_variables_override_the_file(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("of the variable")
    assert sorted(VARIABLES) == ["TASKER_JWT_PUBLIC_KEY", "TASKER_JWT_PUBLIC_KEY_PATH"]
    assert read(AUTH, TASKER_JWT_PUBLIC_KEY="another").public_key_pem == "another"
    both = {**AUTH, "jwt_public_key_path": "/nowhere/key.pem"}
    assert read(both, TASKER_JWT_PUBLIC_KEY_PATH=str(file)).public_key_pem == "of the variable"


def test_a_variable_that_is_empty_overrides_nothing() -> None:
    assert read(AUTH, TASKER_JWT_PUBLIC_KEY="").public_key_pem == PEM
