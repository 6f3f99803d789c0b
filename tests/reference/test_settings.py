"""Settings that make no sense are refused at start, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.reference.errors import SettingsError
from harness.reference.settings import ApiKey, ReferenceSettings
from harness.reference.settings_file import load_settings

from .issuer import ISSUER, Key
from .world import World

PLAIN = """
service = "worker"
jwt_issuer = "http://issuer.test/"
jwt_audience = "tasker-api"
jwks_url = "http://issuer.test/jwks"
jwt_allowed_algorithms = ["RS256", "ES256"]
leeway_seconds = 5

[[api_keys]]
key = "k"
permissions = ["tasks:*"]
"""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service", "database"),
        ("verification_method", "jwk"),
        ("jwks_url", ""),
        ("jwt_issuer", " "),
        ("jwt_audience", ""),
        ("jwt_allowed_algorithms", ()),
        ("jwt_allowed_algorithms", ("rs256",)),
        ("jwt_allowed_algorithms", ("HS256",)),
        ("jwt_allowed_algorithms", ("none",)),
        ("jwks_refresh_interval_seconds", 0.0),
        ("jwks_fetch_timeout_seconds", float("nan")),
        ("leeway_seconds", -1.0),
        ("max_body_bytes", 0),
        ("ca_file", "/nowhere/ca.pem"),
        ("ca_file", __file__),
    ],
)
def test_a_senseless_setting_is_refused_by_name(world: World, field: str, value: Any) -> None:
    """Before anything is bound."""
    with pytest.raises(SettingsError) as caught:
        world.start(**{field: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"second_issuer": "http://other.test/"}, "second_jwks_url"),
        ({"second_jwks_url": "http://other.test/jwks"}, "second_issuer"),
        ({"second_issuer": ISSUER, "second_jwks_url": "http://other.test/jwks"}, "second_issuer"),
    ],
)
def test_a_second_issuer_is_another_one_with_keys_of_its_own(
    world: World, settings: dict[str, Any], field: str
) -> None:
    """Else it would be open whose keys count."""
    with pytest.raises(SettingsError) as caught:
        world.start(**settings)
    assert caught.value.field == field


def test_with_metadata_no_address_of_keys_is_needed(world: World) -> None:
    """The metadata names it."""
    assert world.start(jwks_url="", discovery_url=world.issuer.url).status(path="/health") == 200


@pytest.mark.parametrize("pem", ["", "text", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_public_key_that_is_none_is_refused(world: World, pem: str) -> None:
    """The service would let nobody in."""
    with pytest.raises(SettingsError, match="public_key_pem"):
        world.start(verification_method="public_key", public_key_pem=pem)


def test_a_weak_public_key_is_refused(world: World) -> None:
    """RFC 7518 §3.3."""
    with pytest.raises(SettingsError, match="2048"):
        world.start(verification_method="public_key", public_key_pem=Key.rsa("w", 1024).pem().decode())


def test_secrets_stay_out_of_the_repr() -> None:
    """Of keys and of settings."""
    settings = ReferenceSettings(
        "worker", "i", "a", public_key_pem="PEM", api_keys=(ApiKey("secret"),), decryption_key_pem="secret"
    )
    assert "secret" not in repr(settings) + repr(settings.api_keys)
    assert "PEM" not in repr(settings)


def test_a_file_has_the_names_of_the_settings(tmp_path: Path) -> None:
    """Lists become tuples, whole numbers seconds."""
    path = tmp_path / "settings.toml"
    path.write_text(PLAIN)
    settings = load_settings(path)
    assert settings.jwt_allowed_algorithms == ("RS256", "ES256")
    assert settings.leeway_seconds == 5.0
    assert settings.api_keys == (ApiKey("k", ("tasks:*",)),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PLAIN.replace("jwt_audience", "jwt_audiance"), "jwt_audiance: is no setting; did you mean jwt_audience"),
        ("[auth]\nenabled = true\n" + PLAIN.partition("[[")[0], "auth: is no setting"),
        (PLAIN.replace('service = "worker"', ""), "service: is missing"),
        (PLAIN.replace('"worker"', "1"), "service: is a int, expected str"),
        (PLAIN.replace('["tasks:*"]', '"tasks:*"'), "api_keys.permissions: is a str"),
        (PLAIN.replace('["tasks:*"]', "[1]"), "api_keys.permissions: holds something that is no string"),
        (PLAIN.replace("leeway_seconds = 5", "leeway_seconds = true"), "leeway_seconds: is a bool"),
        (PLAIN.replace("[[api_keys]]", "[api_keys]"), "api_keys: is not an array of tables"),
        ("service = ", "cannot be read"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    """An ignored setting could leave the service open."""
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert says in str(caught.value)
