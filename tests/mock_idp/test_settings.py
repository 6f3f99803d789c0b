"""Settings that would open the server by accident are refused."""

from __future__ import annotations

import ipaddress
import re

import pytest

from mock_idp.errors import MockIdpError
from mock_idp.settings import PUBLIC_URL, ServerSettings, check_public_url


def refused_field(**settings: object) -> str | None:
    with pytest.raises(MockIdpError) as caught:
        ServerSettings(**settings)  # type: ignore[arg-type]
    return caught.value.field


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.9"])
def test_loopback_needs_nothing(host: str) -> None:
    """Only this machine reaches a loopback address."""
    assert ServerSettings(host=host).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "idp.example"])
def test_other_addresses_need_permission(host: str) -> None:
    """Without allow_remote nothing listens where others reach it."""
    assert refused_field(host=host) == "host"


def test_remote_needs_a_control_token() -> None:
    """Others may reach the keys, but not change them."""
    assert refused_field(host="0.0.0.0", allow_remote=True) == "control_token"


def test_remote_with_token() -> None:
    """With both it is allowed."""
    assert ServerSettings(host="0.0.0.0", allow_remote=True, control_token="t").allow_remote


def test_the_control_token_is_not_shown() -> None:
    """A repr ends up in logs."""
    assert "secret-token" not in repr(ServerSettings(control_token="secret-token"))


@pytest.mark.parametrize(
    "url",
    ["", "localhost:9400", "ftp://x", "http://", "http://a b", "http://x?y", "http://x#y", "http://u@x", "http://x:y"],
)
def test_odd_public_urls(url: str) -> None:
    """A public URL is absolute, http or https, and nothing but scheme, host, port and path."""
    with pytest.raises(MockIdpError):
        check_public_url(url)


def test_public_url_without_its_slash() -> None:
    """The slash at the end is the vendor's business."""
    assert check_public_url("https://idp.example/base/") == "https://idp.example/base"


def is_address(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("before", range(9))
def test_a_public_url_may_have_any_ipv6_address(before: int) -> None:
    """With so many groups before two colons and any number behind them, as Python reads such addresses."""
    groups = [f"{number:x}" for number in range(1, 10)]
    texts = [f"{':'.join(groups[:before])}::{':'.join(groups[:after])}" for after in range(9)]
    texts += [":".join(groups[:before]), f"{':'.join(groups[:before])}:", f"1::{':'.join(groups[:before])}::2"]
    said = {text: re.search(PUBLIC_URL, f"http://[{text}]:9400/") is not None for text in texts}
    assert said == {text: is_address(text) for text in texts}


def test_a_body_may_have_the_size_that_the_page_says() -> None:
    assert ServerSettings().max_body_bytes == 4 * 2**20
