"""The WSGI application: a small layer that answers JWKS and discovery from bytes, and Flask behind it for the rest.

Faults and the request log live here, so that they hold whatever server runs the application.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from mock_idp.answer import Answer, json_answer, status_line
from mock_idp.body import read_body
from mock_idp.connection import take_connection
from mock_idp.documents import MARKER
from mock_idp.errors import MockIdpError
from mock_idp.faults.base import Exchange
from mock_idp.forwarded import forwarded_base
from mock_idp.guard import ControlGuard
from mock_idp.issuer import Issuer
from mock_idp.jose.errors import JoseError
from mock_idp.providers.base import Place
from mock_idp.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL = "/_mock"
_METHODS = {"jwks": ("GET", "HEAD"), "discovery": ("GET", "HEAD"), "token": ("POST",)}


class MockIdpWsgi:
    """The whole server as one WSGI application.

    `errors` keeps the last exceptions that no request can be blamed for; an embedding test raises them.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.errors: deque[BaseException] = deque(maxlen=100)
        self._guard = ControlGuard(state.settings, state.public_url)
        self._control: WSGIApplication | None = None
        self._control_lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if method == "GET":
            quick = self.quick(path, environ.get("QUERY_STRING", ""), lambda: request_headers(environ))
            if quick is not None:
                start_response("200 OK", quick[0])
                return [quick[1]]
        try:
            if path == CONTROL or path.startswith(CONTROL + "/"):
                return self._control_call(environ, start_response)
            answer = self._issuer_call(environ)
        except MockIdpError as error:
            answer = json_answer(error.status, error.as_json())
        except Exception as error:
            answer = self._broken(error)
        return _send(answer, method, start_response)

    def quick(
        self, path: str, query: str, headers: Callable[[], list[tuple[str, str]]]
    ) -> tuple[list[tuple[str, str]], bytes] | None:
        """Headers and body of a GET that is nothing but a document, logged; None when there is more to do.

        This is the hot path: one look-up, one entry in the log, bytes that are there already.
        """
        route = self.state.routes.get(path)
        if route is None:
            return None
        issuer = route.issuer
        document = issuer.documents.get(route.endpoint)
        if document is None or route.endpoint in issuer.faults.armed or self.state.settings.trust_forwarded:
            return None
        entry = issuer.log.record(route.endpoint, "GET", path, query, headers(), 200)
        answer_headers = document.headers(issuer.clock.now())
        provider = issuer.provider
        if provider.request_id_header is not None:
            answer_headers.append((provider.request_id_header, provider.request_id(entry.seq)))
        return answer_headers, document.body

    def close(self) -> None:
        """End everything that waits, so that the server's threads can end."""
        self.state.close()

    def _control_call(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._guard.check(environ)
        if environ["PATH_INFO"] == "/_mock/health" and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return _send(self._health(), environ["REQUEST_METHOD"], start_response)
        self._require_started()

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            return start_response(status, [*headers, MARKER], *rest)

        return self._flask()(environ, start)

    def _flask(self) -> WSGIApplication:
        with self._control_lock:
            if self._control is None:
                # Flask costs more to import than everything else together, and a JWKS does without it.
                from mock_idp.app import create_app

                self._control = create_app(self.state, self.errors.append)
            return self._control

    def _health(self) -> Answer:
        if self.state.ready.is_set():
            return json_answer(200, {"status": "ready", "issuers": len(self.state.issuers())})
        return json_answer(503, {"status": "starting"})

    def _require_started(self) -> None:
        if not self.state.ready.is_set():
            raise MockIdpError(503, "starting", "The keys of this server are not ready yet.")

    def _issuer_call(self, environ: WSGIEnvironment) -> Answer:
        self._require_started()
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        route = self.state.routes.get(path)
        if route is None and self.state.settings.auto_issuers:
            route = self.state.create_for(path)
        issuer = route.issuer if route else self.state.owner_of(path)
        if issuer is None:
            raise MockIdpError(404, "not_found", f"There is no issuer at {path}. GET /_mock/issuers lists them.")
        endpoint = route.endpoint if route else "other"
        planned = issuer.faults.next_for(endpoint)
        entry = issuer.log.record(
            endpoint,
            method,
            path,
            environ.get("QUERY_STRING", ""),
            request_headers(environ),
            None,
            planned.fault.kind if planned else None,
        )

        def usual_answer() -> Answer:
            try:
                answer = self._vendor_answer(issuer, endpoint, environ)
            except MockIdpError as error:
                answer = json_answer(error.status, error.as_json())
            return answer.with_header(*MARKER)

        if planned is None:
            answer: Answer | None = usual_answer()
        else:
            exchange = Exchange(usual_answer, issuer.faults.gate, lambda: take_connection(environ))
            answer = planned.fault.apply(exchange)
        if answer is None:
            # The connection is gone; what is sent now reaches nobody.
            return Answer(502, (("Content-Type", "text/plain"),))
        issuer.log.answered(entry, answer.status)
        return answer

    def _vendor_answer(self, issuer: Issuer, endpoint: str, environ: Mapping[str, Any]) -> Answer:
        if endpoint == "other":
            raise MockIdpError(404, "not_found", f"Issuer {issuer.id!r} serves nothing at this path.")
        if environ["REQUEST_METHOD"] not in _METHODS[endpoint]:
            allowed = ", ".join(_METHODS[endpoint])
            error = MockIdpError(405, "method_not_allowed", f"This endpoint takes {allowed}.")
            return json_answer(405, error.as_json(), (("Allow", allowed),))
        base = forwarded_base(environ) if self.state.settings.trust_forwarded else None
        place = issuer.place if base is None else replace(issuer.place, base=base + issuer.prefix)
        if endpoint == "token":
            return self._token_answer(issuer, place, environ)
        now = issuer.clock.now()
        if endpoint == "discovery" and base is not None:
            return issuer.discovery_document(place, now).answer(now)
        return issuer.documents[endpoint].answer(now)

    def _token_answer(self, issuer: Issuer, place: Place, environ: Mapping[str, Any]) -> Answer:
        # Imported at the first token, with the forge behind it: keys are served without it.
        from mock_idp.oauth.client_credentials import token_answer

        body = read_body(environ, self.state.settings.max_body_bytes)
        content_type = str(environ.get("CONTENT_TYPE", ""))
        try:
            return token_answer(issuer, place, content_type, str(environ.get("HTTP_AUTHORIZATION", "")), body)
        except JoseError as error:
            # An issuer that was left without a signing key, for example.
            raise MockIdpError(503, error.code, error.sentence) from None

    def _broken(self, error: Exception) -> Answer:
        self.errors.append(error)
        traceback.print_exception(error)
        return json_answer(500, {"error": "server_error", "error_description": type(error).__name__, "field": None})


def request_headers(environ: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The request headers of a WSGI environ."""
    names = [(key[5:].replace("_", "-"), str(value)) for key, value in environ.items() if key.startswith("HTTP_")]
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            names.append((key.replace("_", "-"), str(environ[key])))
    return names


def _send(answer: Answer, method: str, start_response: StartResponse) -> Iterable[bytes]:
    answer = answer.with_header(*MARKER)
    if method == "HEAD":
        answer = answer.without_body()
    start_response(status_line(answer.status), answer.with_length())
    return [answer.body] if answer.chunks is None else answer.chunks


