"""The password grant (RFC 6749 section 4.3)."""

from __future__ import annotations

import pytest
from relying_party import MakeRp, Rp, refusal


def test_tokens_for_a_password(make_rp: MakeRp) -> None:
    """The right one."""
    rp = make_rp(users=[{"username": "ann", "password": "right"}])
    tokens = rp.token("password", username="ann", password="right", scope="openid").json()
    assert rp.claims(tokens["id_token"])["sub"] == "ann"
    assert "refresh_token" in tokens


@pytest.mark.parametrize(("username", "password"), [("ann", "wrong"), ("eve", "right")])
def test_a_wrong_one(make_rp: MakeRp, username: str, password: str) -> None:
    """Name and password are told apart by nobody."""
    rp = make_rp(users=[{"username": "ann", "password": "right"}])
    assert refusal(rp.token("password", username=username, password=password)) == (400, "invalid_grant")


@pytest.mark.parametrize("form", [{"username": "ann"}, {"password": "x"}])
def test_a_missing_parameter(rp: Rp, form: dict[str, str]) -> None:
    """Both are required."""
    assert refusal(rp.token("password", **form)) == (400, "invalid_request")


@pytest.mark.parametrize("style", ["cognito", "google"])
def test_vendors_without_it(make_rp: MakeRp, style: str) -> None:
    """They say so."""
    assert refusal(make_rp(style).token("password", username="a", password="b"))[1] == "unsupported_grant_type"
