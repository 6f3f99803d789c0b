"""The configuration file of a service holds what the service is started with, whatever the characters."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from harness.targets import ApiKey, ServiceConfig
from harness.targets.tasker_config import render_orchestration_toml, render_worker_toml

CONFIG = ServiceConfig(
    issuer="http://idp.tasker.test/realms/a",
    jwks_url="http://idp.tasker.test/realms/a/certs",
    audience="tasker-api",
    permissions_claim="scp",
    strict_validation=True,
    allowed_algorithms=("RS256", "RS512"),
    refresh_seconds=2,
    max_stale_seconds=3,
    api_keys=(ApiKey("sk-1", ("worker:*", "tasks:read"), "first"), ApiKey("", (), "empty")),
    api_key_header="X-Other-Key",
    config_endpoint=False,
)


def web(config: ServiceConfig) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(render_worker_toml(config))["worker"]["web"]
    return table


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("enabled", True),
        ("jwt_issuer", CONFIG.issuer),
        ("jwt_audience", "tasker-api"),
        ("jwt_verification_method", "jwks"),
        ("jwks_url", CONFIG.jwks_url),
        ("jwks_url_allow_http", True),
        ("jwks_refresh_interval_seconds", 2),
        ("jwks_max_stale_seconds", 3),
        ("jwt_public_key", ""),
        ("jwt_allowed_algorithms", ["RS256", "RS512"]),
        ("permissions_claim", "scp"),
        ("strict_validation", True),
        ("api_key_header", "X-Other-Key"),
        ("api_keys_enabled", True),
    ],
)
def test_each_setting_is_under_tasker_s_name(key: str, value: object) -> None:
    assert web(CONFIG)["auth"][key] == value


def test_every_api_key_is_in_it() -> None:
    assert web(CONFIG)["auth"]["api_keys"] == [
        {"key": "sk-1", "permissions": ["worker:*", "tasks:read"], "description": "first"},
        {"key": "", "permissions": [], "description": "empty"},
    ]


def test_the_config_endpoint_follows_the_setting() -> None:
    assert web(CONFIG)["config_endpoint_enabled"] is False


def test_a_fixed_public_key_is_rendered_in_full() -> None:
    pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
    auth = web(ServiceConfig("i", "", "a", verification="public_key", public_key_pem=pem))["auth"]
    assert (auth["jwt_verification_method"], auth["jwt_public_key"]) == ("public_key", pem)


@pytest.mark.parametrize("text", ['"', "\\", "\n", "\x00\x1f\x7f", "${HOME}", "ä漢🙂", "''' \"\"\" # [x]"])
def test_any_text_comes_through_as_it_is(text: str) -> None:
    config = ServiceConfig(text, text, text, api_keys=(ApiKey(text, (text,), text),))
    auth = web(config)["auth"]
    assert [auth["jwt_issuer"], auth["api_keys"][0]["key"], auth["api_keys"][0]["permissions"]] == [text, text, [text]]


def test_nothing_in_a_value_is_replaced_by_the_worker() -> None:
    assert "${HOME}" not in render_worker_toml(ServiceConfig("${HOME}", "", ""))


def test_plain_http_follows_the_setting() -> None:
    assert web(replace(CONFIG, allow_http=False))["auth"]["jwks_url_allow_http"] is False


def test_the_private_key_of_the_service_is_rendered_in_full() -> None:
    assert web(replace(CONFIG, decryption_key_pem="-----BEGIN\n"))["auth"]["jwt_private_key"] == "-----BEGIN\n"


@pytest.mark.parametrize(("defect", "path"), [("auth-table", ["auth"]), ("web-auth-table", ["web", "auth"])])
def test_a_misplaced_table_holds_all_settings_of_authentication(defect: str, path: list[str]) -> None:
    table = tomllib.loads(render_worker_toml(replace(CONFIG, defect=defect)))
    assert "auth" not in table["worker"]["web"]
    for name in path:
        table = table[name]
    assert table == web(CONFIG)["auth"]


@pytest.mark.parametrize(
    ("defect", "key", "value"),
    [
        ("unknown-method", "jwt_verification_method", "jwks_url"),
        ("no-jwks-url", "jwks_url", ""),
        ("no-algorithms", "jwt_allowed_algorithms", []),
        ("lower-case-algorithm", "jwt_allowed_algorithms", ["rs256", "rs512"]),
    ],
)
def test_a_wrong_value_is_the_only_difference(defect: str, key: str, value: object) -> None:
    assert web(replace(CONFIG, defect=defect))["auth"] == {**web(CONFIG)["auth"], key: value}


def test_a_misspelt_setting_takes_the_place_of_the_right_one() -> None:
    auth = web(replace(CONFIG, defect="misspelt-audience"))["auth"]
    assert (auth.get("jwt_audiance"), auth.get("jwt_audience")) == ("tasker-api", None)


@pytest.mark.parametrize(
    "config",
    [CONFIG, replace(CONFIG, defect="no-algorithms"), ServiceConfig("i", "", "${A}")],
    ids=["full", "defect", "bare"],
)
def test_the_orchestration_is_told_of_authentication_what_the_worker_is_told(config: ServiceConfig) -> None:
    orchestration = tomllib.loads(render_orchestration_toml(config))["orchestration"]["web"]
    worker = web(config)
    assert (orchestration["auth"], orchestration["config_endpoint_enabled"]) == (
        worker["auth"],
        worker["config_endpoint_enabled"],
    )


def test_the_orchestration_has_no_table_of_the_worker() -> None:
    assert set(tomllib.loads(render_orchestration_toml(CONFIG))) == {"common", "orchestration"}


@pytest.mark.parametrize(("defect", "path"), [("auth-table", ["auth"]), ("web-auth-table", ["web", "auth"])])
def test_a_misplaced_table_is_misplaced_in_the_orchestration_too(defect: str, path: list[str]) -> None:
    table = tomllib.loads(render_orchestration_toml(replace(CONFIG, defect=defect)))
    assert "auth" not in table["orchestration"]["web"]
    for name in path:
        table = table[name]
    assert table == web(CONFIG)["auth"]
