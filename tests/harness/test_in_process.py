"""How apps are called in process: what a server would hand on, and what comes back."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from harness.base.errors import TargetError
from harness.in_process.app_log import AppLog
from harness.in_process.asgi import AsgiServing
from harness.in_process.connection import AppConnection, Serving
from harness.in_process.incoming import incoming
from harness.in_process.wsgi import WsgiServing
from harness.targets.app import AppTarget
from harness.targets.base import ServiceConfig
from harness.wire.exchange import Exchange, Request

HOST = "testserver"
PEER = ("127.0.0.1", 50_000)
GET = Request("GET", "/notes?of=me%20too")
SECONDS = 30.0
CONFIG = ServiceConfig("http://issuer.test", "http://127.0.0.1:1/jwks", "notes-api")


@contextmanager
def served(app: Any, *, asgi: bool = False) -> Iterator[tuple[AppConnection, AppLog]]:
    log = AppLog()
    log.open()
    serving: Serving | None = None
    try:
        serving = AsgiServing(app, log, HOST, SECONDS) if asgi else WsgiServing(app, log, HOST)
        yield AppConnection(f"http://{HOST}", serving), log
    finally:
        if serving is not None:
            serving.stop()
        log.close()


def of_wsgi(app: Any, request: Request = GET, seconds: float = SECONDS) -> Exchange:
    with served(app) as (connection, _):
        return connection.send(request, answer_seconds=seconds)


def of_asgi(app: Any, request: Request = GET, seconds: float = SECONDS) -> Exchange:
    with served(app, asgi=True) as (connection, _):
        return connection.send(request, answer_seconds=seconds)


@pytest.mark.parametrize(
    ("head", "target"),
    [
        ("GET /a%2Fb?c=d HTTP/1.1\r\nHost: h", b"/a%2Fb?c=d"),
        ("GET http://h:80/a?b HTTP/1.1\r\nHost: h", b"/a?b"),
        ("GET http://h HTTP/1.1\r\nHost: h", b"/"),
        ("OPTIONS * HTTP/1.1\r\nHost: h", b"*"),
        ("GET /a#b HTTP/1.1\r\nHost: h", b"/a"),
        ("GET /a b HTTP/1.1\r\nHost: h", None),
        ("GET /\x01 HTTP/1.1\r\nHost: h", None),
        ("GET a HTTP/1.1\r\nHost: h", None),
        ("GET / HTTP/1.1\r\nHost: h\r\nHost: i", None),
        ("GET / HTTP/1.1", None),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: a\x00b", None),
        ("GET / HTTP/1.1\r\nHost: h\r\nno field", None),
    ],
)
def test_what_is_no_request_is_not_handed_on(head: str, target: bytes | None) -> None:
    found = incoming(head.encode() + b"\r\n\r\n", PEER)
    assert (found.target if found else None) == target


def test_a_request_that_no_server_hands_on_is_answered_with_400() -> None:
    assert of_wsgi(lambda environ, start: pytest.fail("it was called"), Request("GET", "/a b")).status == 400


def test_a_wsgi_app_gets_what_was_sent() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start_response("201 Created", [("X-One", "1"), ("X-One", "2")])
        return [b"whole ", b"answer"]

    headers = (("X-Twice", "a"), ("X-Twice", "b"), ("X_Hidden", "c"), ("Content-Type", "text/plain"))
    exchange = of_wsgi(app, Request("POST", "/n%C3%B6tes?q=%20", headers, b"text"))
    assert (exchange.status, exchange.body) == (201, b"whole answer")
    assert [value for name, value in exchange.headers if name == "X-One"] == ["1", "2"]
    assert seen["PATH_INFO"] == "/nötes".encode().decode("latin-1")
    assert (seen["QUERY_STRING"], seen["HTTP_HOST"], seen["CONTENT_TYPE"]) == ("q=%20", HOST, "text/plain")
    assert (seen["HTTP_X_TWICE"], seen["CONTENT_LENGTH"], seen["body"]) == ("a,b", "4", b"text")
    assert "HTTP_X_HIDDEN" not in seen


def test_an_asgi_app_gets_what_was_sent() -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        seen.update(scope, body=(await receive())["body"])
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-one", b"1")]})
        await send({"type": "http.response.body", "body": b"whole ", "more_body": True})
        await send({"type": "http.response.body", "body": b"answer"})

    exchange = of_asgi(app, Request("POST", "/n%C3%B6tes?q=%20", (("X-Twice", "a"), ("X-Twice", "b")), b"text"))
    assert (exchange.status, exchange.body, exchange.header("X-One")) == (201, b"whole answer", "1")
    assert (seen["path"], seen["raw_path"], seen["query_string"]) == ("/nötes", b"/n%C3%B6tes", b"q=%20")
    assert [value for name, value in seen["headers"] if name == b"x-twice"] == [b"a", b"b"]
    assert seen["body"] == b"text"


def test_an_asgi_app_gets_the_method_as_it_was_sent() -> None:
    """Methods are case-sensitive, and uvicorn leaves them as they are: an app that lists GET has no get."""
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        seen.append(scope["method"])
        await send({"type": "http.response.start", "status": 405, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    of_asgi(app, Request("get", "/notes", ()))
    assert seen == ["get"]


def failing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    if "me" not in environ["QUERY_STRING"]:
        raise ZeroDivisionError
    start_response("200 OK", [])
    yield b"half"
    raise ZeroDivisionError


def test_an_error_of_a_wsgi_app_is_500_or_the_end_of_the_connection() -> None:
    with served(failing) as (connection, log):
        early, late = connection.send(Request("GET", "/")), connection.send(GET)
    assert early.status == 500
    assert late.status is None
    assert late.closed
    assert log.tail(99).as_it_came.count("ZeroDivisionError") >= 2


def test_an_error_of_an_asgi_app_is_500_and_stands_in_its_log() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    with served(app, asgi=True) as (connection, log):
        assert connection.send(GET).status == 500
    assert "ZeroDivisionError" in log.tail(99).as_it_came


def test_an_asgi_app_that_says_nothing_has_failed() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        """Returns."""

    assert of_asgi(app).status == 500


def test_nobody_waits_for_ever() -> None:
    """Neither for a thread nor for a coroutine, which hears that its client has gone."""
    forever, gone = threading.Event(), threading.Event()

    def app(environ: Any, start_response: Any) -> list[bytes]:
        forever.wait(SECONDS)
        return []

    async def patient(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            while (await receive())["type"] != "http.disconnect":
                pass
            gone.set()

    with served(app) as (connection, _):
        assert connection.send(GET, answer_seconds=0.05).late
        forever.set()
    with served(patient, asgi=True) as (connection, _):
        assert connection.send(GET, answer_seconds=0.05).late
        assert gone.wait(SECONDS)


def test_a_head_has_no_body() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"body"]

    assert of_wsgi(app, Request("HEAD", "/")).body == b""


def test_an_app_whose_lifespan_fails_refuses_to_start() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no keys at http://127.0.0.1:1"})

    with pytest.raises(TargetError, match="refuses to start: no keys"), served(app, asgi=True):
        pytest.fail("it has started")


def test_a_lifespan_ends_with_the_app() -> None:
    said: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(2):
            kind = (await receive())["type"]
            said.append(kind)
            await send({"type": f"{kind}.complete"})
        await asyncio.sleep(0)

    with served(app, asgi=True):
        assert said == ["lifespan.startup"]
    assert said == ["lifespan.startup", "lifespan.shutdown"]


def test_the_log_of_an_app_is_what_it_says_itself() -> None:
    """Two apps at once don't hear each other; nobody's level or handlers are changed."""
    logger, before = logging.getLogger("notes"), list(logging.root.handlers)

    def app(environ: Any, start_response: Any) -> list[bytes]:
        logger.warning("asked for %s", environ["PATH_INFO"])
        print("on the error stream", file=environ["wsgi.errors"])
        start_response("200 OK", [])
        return []

    with served(app) as (first, log), served(app) as (second, other):
        first.send(Request("GET", "/first"))
        second.send(Request("GET", "/second"))
        mine, others = log.tail(99).as_it_came, other.tail(99).as_it_came
    assert "asked for /first" in mine
    assert "on the error stream" in mine
    assert "/second" not in mine
    assert "/first" not in others
    assert logging.root.handlers == before


def test_a_log_that_was_configured_anew_is_heard_again() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        logging.getLogger("notes").warning("still here")
        start_response("200 OK", [])
        return []

    with served(app) as (connection, log):
        logging.root.removeHandler(log)
        connection.send(GET)
    assert "still here" in log.tail(99).as_it_came


def test_what_stands_behind_the_yield_clears_up_when_the_service_ends() -> None:
    """Also where what was yielded is no app, so that no service comes of it."""
    said: list[str] = []

    def make_app(issuer: str) -> Iterator[Any]:
        said.append("made")
        yield wsgi if issuer == "http://issuer.test" else "no app"
        said.append("cleared up")

    def wsgi(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"ok"]

    with closing(AppTarget(make_app)) as target:
        service = target.start(CONFIG)
        assert said == ["made"]
        service.stop()
        assert said == ["made", "cleared up"]
        with pytest.raises(TargetError, match="neither a WSGI nor an ASGI app"):
            target.start(replace(CONFIG, issuer="http://another.test"))
    assert said == ["made", "cleared up"] * 2
