"""The lines for Tasker's configuration are TOML, whatever an issuer is called."""

from __future__ import annotations

import tomllib

import pytest

from mock_idp.trusting.tasker import tasker_toml


@pytest.mark.parametrize(
    "audience", ["tasker-api", "käse", "\U0001f9c0", 'a "b" \\ c', "a\x7fb", "a\nb\tc\x00", "$\\${HOME}"]
)
def test_any_text_comes_back(audience: str) -> None:
    """Also what JSON would write in another way than TOML reads."""
    text = tasker_toml(
        jwks_uri="http://idp.test/keys",
        issuer="http://idp.test/",
        audience=audience,
        permissions_claim="permissions",
        algorithm="RS256",
    )
    assert "$" not in text
    assert tomllib.loads(text) == {
        "jwt_verification_method": "jwks",
        "jwks_url": "http://idp.test/keys",
        "jwks_url_allow_http": True,
        "jwt_issuer": "http://idp.test/",
        "jwt_audience": audience,
        "jwt_allowed_algorithms": ["RS256"],
        "permissions_claim": "permissions",
    }


def test_a_line_for_each_key() -> None:
    """As the pages show it."""
    text = tasker_toml(
        jwks_uri="https://i/k", issuer="https://i", audience="a", permissions_claim="p", algorithm="RS256"
    )
    assert text.splitlines()[-2:] == ['jwt_allowed_algorithms = ["RS256"]', 'permissions_claim = "p"']
