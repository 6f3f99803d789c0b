"""What answers where an identity provider should be may be anybody: each odd answer is an error of one line."""

from __future__ import annotations

import json

import pytest
from small_service import Answer, SmallService

from harness.idp.client import IdpClient, IdpError

TOKEN = "a-secret-of-mine-1234567890"
ISSUER = dict.fromkeys(("id", "style", "issuer", "jwks_uri", "audience", "permissions_claim"), "x")
ODD = {
    "no JSON": "\x1b[2J<html>",
    "too deep": "[" * 100_000,
    "a number too long": "9" * 5000,
    "nothing": "",
    "a list": "[1]",
    "a member less": json.dumps({**ISSUER, "style": None}),
    "a number": json.dumps({**ISSUER, "id": 3}),
    "no characters": json.dumps({**ISSUER, "id": "\ud800"}),
    "what a terminal obeys, and the token": json.dumps({"\x1b[2J\u202e": TOKEN}),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_is_an_error_of_one_line(name: str) -> None:
    with SmallService(lambda _: Answer(200, ODD[name])) as service:
        client = IdpClient(service.url, TOKEN)
        with pytest.raises(IdpError) as caught:
            client.issuer("default")
        with pytest.raises(IdpError) as checked:
            client.check("default")
        client.close()
    for sentence in (str(caught.value), str(checked.value)):
        assert sentence.isprintable()
        assert len(sentence) < 1000
        assert "of-mine" not in sentence


def test_a_refusal_is_quoted_without_the_token() -> None:
    with SmallService(lambda call: Answer(403, f"{call.headers['Authorization']}\x1b[2J")) as service:
        client = IdpClient(service.url, TOKEN)
        with pytest.raises(IdpError, match=r"403 Forbidden Bearer a-secret…\\x1b\[2J"):
            client.create_issuer("okta")
        client.close()
