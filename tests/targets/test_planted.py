"""What was put into a configuration and must not come out of the service."""

from __future__ import annotations

from harness.targets import ApiKey, ServiceConfig
from harness.targets.config_secrets import planted_secrets

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
