"""The parameters of a request."""

from __future__ import annotations

import pytest

from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_form


def read_json(text: str) -> dict[str, str]:
    return read_form("application/json; charset=utf-8", text.encode(), accepts_json=True)


def test_a_member_without_a_value_is_left_out() -> None:
    """null and empty text in JSON are like an empty parameter of a form."""
    assert read_json('{"audience": "a", "organization": null, "scope": ""}') == {"audience": "a"}


@pytest.mark.parametrize("value", ["1", "false", "{}", '["a"]'])
def test_a_member_of_another_type_is_refused(value: str) -> None:
    """Parameters are text."""
    with pytest.raises(OAuthError) as refused:
        read_json(f'{{"audience": {value}}}')
    assert refused.value.kind == "malformed_body"
