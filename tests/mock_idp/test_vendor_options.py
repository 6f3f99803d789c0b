"""Each option of a vendor can be given on the command line, in a file and to the control API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from idp_api import MakeIssuer

from mock_idp.cli.vendor_options import vendor_options
from mock_idp.errors import MockIdpError
from mock_idp.run.settings_file import read_issuers
from mock_idp.vendors import VENDORS

# Style, option, the words of the command line, and the value that they stand for.
OTHERWISE: tuple[tuple[str, str, str, Any], ...] = (
    ("auth0", "token_dialect", "rfc9068_profile", "rfc9068_profile"),
    ("auth0", "default_audience", "false", False),
    ("keycloak", "aud", "array", "array"),
    ("keycloak", "introspects_all", "true", True),
    ("keycloak", "lightweight", "true", True),
    ("keycloak", "basic_scope", "false", False),
    ("keycloak", "base_path", "/auth", "/auth"),
    ("keycloak", "typ", "at+jwt", "at+jwt"),
    ("keycloak", "ssl_required", "all", "all"),
    ("keycloak", "realm_enabled", "false", False),
    ("keycloak", "bearer_only_clients", "api", ["api"]),
    ("keycloak", "dpop_clients", "a,b", ["a", "b"]),
    ("keycloak", "dpop_clients", "", []),
    ("okta", "authorization_server", "org", "org"),
    ("okta", "clients_without_policy", "a", ["a"]),
    ("okta", "jwks_cache", "no-store", "no-store"),
    ("entra", "version", "1.0", "1.0"),
    ("entra", "tenant", "common", "common"),
    ("entra", "graph_nonce", "present", "present"),
    ("entra", "groups", "overage", "overage"),
    ("entra", "lifetime", "random", "random"),
    ("entra", "optional_claims", "upn given_name", "upn given_name"),
    ("cognito", "aud", "string", "string"),
    ("google", "iss", "host", "host"),
    ("custom", "discovery_path", "null", None),
    ("custom", "discovery_path", "/keys.json", "/keys.json"),
    ("custom", "typ", "null", None),
    ("custom", "typ", "at+jwt", "at+jwt"),
    ("mcp", "discovery_path", "null", None),
    ("mcp", "typ", "null", None),
    ("mcp", "registration", "false", False),
    ("mcp", "client_documents", "none", "none"),
    ("mcp", "iss_in_redirect", "omitted", "omitted"),
)


@pytest.mark.parametrize(("style", "name", "text", "value"), OTHERWISE)
def test_on_the_command_line(style: str, name: str, text: str, value: Any) -> None:
    """The words become what the option's schema asks for."""
    assert vendor_options(style, [f"{name}={text}"]) == {name: value}


@pytest.mark.parametrize(("style", "name", "text", "value"), OTHERWISE)
def test_to_the_control_api(make_issuer: MakeIssuer, style: str, name: str, text: str, value: Any) -> None:
    """The same value is taken."""
    assert make_issuer(style, algorithm="ES256", options={name: value}).about["options"][name] == value


@pytest.mark.parametrize(("style", "name", "text", "value"), [row for row in OTHERWISE if row[3] is not None])
def test_in_a_file(tmp_path: Path, style: str, name: str, text: str, value: Any) -> None:
    """TOML has a value for each, but none for null."""
    words = str(value).lower() if isinstance(value, bool) else repr(value)
    file = tmp_path / "issuers.toml"
    file.write_text(f"[[issuers]]\nid = 'a'\nstyle = '{style}'\noptions = {{ {name} = {words} }}\n")
    (settings,) = read_issuers(file)
    assert settings.options[name] == value or [*settings.options[name]] == value


def test_no_word_for_it_is_left_to_the_settings() -> None:
    """They say what is wrong with it."""
    assert vendor_options("keycloak", ["lightweight=maybe", "unheard=of"]) == {"lightweight": "maybe", "unheard": "of"}


def test_a_name_without_a_value() -> None:
    """It is refused before anything is made."""
    with pytest.raises(MockIdpError, match="NAME=VALUE") as caught:
        vendor_options("keycloak", ["realm"])
    assert caught.value.field == "options"


def test_every_option_that_is_a_word_or_a_switch_is_tried() -> None:
    """An option with a list of words, a switch or a list of clients stands above; free text needs no conversion."""
    tried = {(style, name) for style, name, _, _ in OTHERWISE}
    kinds = {
        (style, name)
        for style, vendor in VENDORS.items()
        for name, schema in vendor.option_schemas.items()
        if schema["type"] in ("boolean", ["string", "null"])
    }
    assert kinds - tried == set()
