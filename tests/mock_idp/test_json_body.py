"""JSON bodies are read strictly."""

from __future__ import annotations

import pytest

from mock_idp.control.json_body import decode
from mock_idp.errors import MockIdpError

JSON = "application/json"


def refusal(body: bytes, content_type: str = JSON) -> tuple[int, str]:
    with pytest.raises(MockIdpError) as caught:
        decode(content_type, body)
    return caught.value.status, caught.value.code


def test_an_empty_body_is_an_empty_object() -> None:
    """A call without a body is a call without members."""
    assert decode("", b"") == {}


def test_a_charset_is_no_obstacle() -> None:
    """Parameters of the media type do not matter."""
    assert decode("Application/JSON; charset=utf-8", b'{"a":1}') == {"a": 1}


def test_a_form_is_refused() -> None:
    """A web page can send a form without asking, but not JSON."""
    assert refusal(b"a=1", "application/x-www-form-urlencoded") == (415, "not_json")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b"nul",
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b'"\\ud800"',
        b"[" * 100_000,
        b"9" * 5000,
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_json(body: bytes) -> None:
    """Anything a strict reader stumbles over is 400."""
    assert refusal(body) == (400, "invalid_json")


def test_a_member_twice() -> None:
    """Readers disagree on which of two counts."""
    with pytest.raises(MockIdpError) as caught:
        decode(JSON, b'{"kid":"a","kid":"b"}')
    assert (caught.value.code, caught.value.field) == ("duplicate_member", "kid")
