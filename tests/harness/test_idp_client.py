"""What answers in place of a mock identity provider is an error in one sentence, whatever it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest
from raw_server import CLOSE, RawServer
from small_service import Answer, Call, SmallService

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
BODIES = {
    "text": b"hello",
    "empty": b"",
    "array": b"[]",
    "null": b"null",
    "no-issuers": b'{"issuers": null}',
    "numbers": b'{"issuers": [1]}',
    "texts": b'{"issuers": ["default"]}',
    "deep": b"[" * 100_000,
    "long-number": b"9" * 10_000,
    "no-utf-8": b'{"issuers": "\xff"}',
}


@pytest.fixture(params=BODIES.values(), ids=BODIES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    with RawServer(head % len(request.param) + request.param + CLOSE) as server:
        yield server.url


def test_somebody_else_is_called_so(url: str) -> None:
    with closing(IdpClient(url)) as client, pytest.raises(IdpError, match=f"what answers at {url} is no mock identity"):
        client.check()


@pytest.mark.parametrize(
    "body", [b"hello", b"[" * 100_000, b"9" * 10_000, b"\xff"], ids=["text", "deep", "digits", "bytes"]
)
def test_a_call_that_is_answered_with_no_json_is_an_error_of_the_harness(body: bytes) -> None:
    """Not one that nobody expected."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    said = pytest.raises(IdpError, match=r"GET /x of .*: the answer is no JSON")
    with RawServer(answer) as server, closing(IdpClient(server.url)) as client, said:
        client.call("GET", "/x")


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


def test_a_wait_beyond_what_one_call_bears_is_several_calls() -> None:
    """Of 320 s, as for a service that rests for five minutes, the control API would say 400."""
    entries = iter([None] * 5 + [[{"path": "/jwks"}]])

    def answer(call: Call) -> Answer:
        if "/wait?" not in call.path:
            return Answer(200, json.dumps(ISSUER))
        found = next(entries)
        return Answer(408, '{"error":"timeout"}') if found is None else Answer(200, json.dumps({"requests": found}))

    with SmallService(answer) as service, closing(IdpClient(service.url)) as client:
        issuer = client.issuer("default")
        assert issuer.wait_for_requests("jwks", 1, 0, 320.0) == [{"path": "/jwks"}]
        asked = [parse_qs(urlsplit(call.path).query)["timeout"] for call in service.calls if "/wait?" in call.path]
        assert asked == [["60.0"]] * 5 + [["20.0"]]


def test_a_wait_that_is_over_says_so() -> None:
    answers = {True: Answer(408, '{"error":"timeout"}'), False: Answer(200, json.dumps(ISSUER))}
    with (
        SmallService(lambda call: answers["/wait?" in call.path]) as service,
        closing(IdpClient(service.url)) as client,
    ):
        assert client.issuer("default").wait_for_requests("jwks", 1, 0, 61.5) is None
        assert sum("/wait?" in call.path for call in service.calls) == 2
