"""What was put into a configuration and must not come out of the service."""

from __future__ import annotations

import pytest

from harness.targets import ApiKey, ServiceConfig
from harness.targets.config_secrets import database_secrets, planted_secrets

PEM = "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB\n-----END PRIVATE KEY-----\n"


def secrets(**settings: object) -> tuple[str, ...]:
    return planted_secrets(ServiceConfig("http://idp", **{"jwks_url": "http://idp/jwks", "audience": "a", **settings}))  # type: ignore[arg-type]


def test_a_plain_configuration_holds_none() -> None:
    assert secrets() == ()


def test_api_keys_are_secret_unless_blank() -> None:
    assert secrets(api_keys=(ApiKey("sk-1", ()), ApiKey(" ", ()))) == ("sk-1",)


def test_the_user_information_of_a_url_is_secret_and_so_is_the_password_alone() -> None:
    assert secrets(jwks_url="http://joe:pw@idp/jwks") == ("joe:pw", "pw")


def test_a_private_key_is_secret_line_by_line_without_its_armour() -> None:
    assert secrets(decryption_key_pem=PEM) == ("AAAA", "BBBB")


def test_a_public_key_is_no_secret() -> None:
    assert secrets(verification="public_key", public_key_pem=PEM) == ()


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("postgresql://tasker:tasker@db/tasker", ["tasker:tasker"]),
        ("postgresql://tasker:Password@db/tasker", ["tasker:Password"]),
        ("postgresql://tasker:s3same@db/tasker", ["tasker:s3same", "s3same"]),
        ("postgresql://tasker:open-sesame@db/tasker", ["tasker:open-sesame", "open-sesame"]),
        ("postgresql://tasker@db/tasker", []),
        ("postgresql://tasker-1:@db/tasker", []),
        ("postgresql://db/tasker", []),
    ],
)
def test_a_password_of_a_database_that_is_a_plain_word_is_no_secret_alone(url: str, secret: list[str]) -> None:
    """The name of the service may be it, and stands in every answer about its configuration."""
    assert database_secrets(url) == secret
