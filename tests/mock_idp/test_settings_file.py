"""Issuers from a TOML file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_idp.errors import MockIdpError
from mock_idp.run.settings_file import read_issuers


def refusal(tmp_path: Path, text: str) -> MockIdpError:
    file = tmp_path / "issuers.toml"
    file.write_text(text)
    with pytest.raises(MockIdpError) as caught:
        read_issuers(file)
    assert (caught.value.field or "").startswith(str(file))
    return caught.value


def test_everything_an_issuer_can_say(tmp_path: Path) -> None:
    """The members are those of the control API, and mount."""
    file = tmp_path / "issuers.toml"
    file.write_text(
        """
        [[issuers]]
        id = "a"
        style = "keycloak"
        mount = "root"
        audience = "api"
        options = { realm = "demo" }
        token_lifetime_seconds = 60
        [[issuers.keys]]
        name = "k1"
        [[issuers.keys]]
        kid = "k2"
        state = "next"
        """
    )
    (issuer,) = read_issuers(file)
    assert (issuer.id, issuer.mount, issuer.audience, issuer.token_lifetime_seconds) == ("a", "root", "api", 60)
    assert issuer.options == {"realm": "demo"}
    assert [(key.name, key.kid, key.state) for key in issuer.keys or ()] == [
        ("k1", None, "current"),
        (None, "k2", "next"),
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "issuers"),
        ("issuers = []", "issuers"),
        ("[[issuers]]\nstyle='okta'", "issuers.0.id"),
        ("[[issuers]]\nid='a'\nstyle='okta'\nstile='x'", "issuers.0.stile"),
        ("[[issuers]]\nid='a'\nstyle='okta'\n[[issuers.keys]]\nbits=7", "issuers.0.keys.0.bits"),
        ("[[issuers]]\nid='a'\nstyle='okta'\n[[issuers]]\nid='a'\nstyle='okta'", "issuers.1.id"),
        ("[server]\nport=1", "server"),
    ],
)
def test_the_error_leads_to_the_member(tmp_path: Path, text: str, path: str) -> None:
    """File and member of the first mistake."""
    assert (refusal(tmp_path, text).field or "").endswith(f": {path}")


def test_what_is_not_toml(tmp_path: Path) -> None:
    """The error says where the text stops being TOML."""
    assert "line 2" in refusal(tmp_path, "a = 1\nissuers = \n").sentence
