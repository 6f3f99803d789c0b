"""What a service is started with can be compared and shown, and makes sense."""

from __future__ import annotations

import pytest

from harness.targets import ApiKey, ServiceConfig, TargetError


def config(**changes: object) -> ServiceConfig:
    return ServiceConfig("http://idp", "http://idp/jwks", "api", **changes)  # type: ignore[arg-type]


def test_equal_configurations_are_one_key() -> None:
    keys = (ApiKey("k", ("a:b",)),)
    assert len({config(api_keys=keys), config(api_keys=(ApiKey("k", ("a:b",)),))}) == 1


def test_an_api_key_is_not_in_the_repr() -> None:
    assert "sk-secret" not in repr(config(api_keys=(ApiKey("sk-secret", ()),)))


def test_an_unknown_way_to_verify_is_refused() -> None:
    with pytest.raises(TargetError, match="jwks, public_key"):
        config(verification="jwk")


def test_a_fixed_key_has_to_be_given() -> None:
    with pytest.raises(TargetError, match="public_key_pem"):
        config(verification="public_key")


def test_an_error_shows_the_end_of_the_log_behind_a_bar() -> None:
    """No line of a service can be taken for one of the harness, and none is obeyed by a terminal."""
    assert str(TargetError("it ended", "\x1b[2J3 passed\rx\nlast words\n")).splitlines() == [
        "it ended",
        "--- end of the service's log ---",
        r"  | \x1b[2J3 passed\rx",
        "  | last words",
    ]


def test_an_error_without_a_log_is_one_line() -> None:
    assert str(TargetError("it ended", "\n")) == "it ended"


def test_an_unknown_defect_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TargetError, match="auth-table, web-auth-table"):
        config(defect="auth")


def test_a_second_issuer_needs_keys_of_its_own() -> None:
    with pytest.raises(TargetError, match="second_jwks_url"):
        config(second_issuer="http://other")


def test_a_private_key_is_not_in_the_repr() -> None:
    assert "hidden" not in repr(config(decryption_key_pem="hidden"))
