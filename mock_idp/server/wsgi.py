"""The application: documents at once from bytes, requests for issuers by the pipeline, and Flask for the control API.

It is a WSGI application, which any server can run; a server that has a `Request` of its own asks for less.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

from mock_idp.errors import MockIdpError
from mock_idp.http11.request import Request, request_headers, request_of
from mock_idp.http11.response import MARKER, WITHOUT_BODY, Response, checked, json_response, status_line
from mock_idp.http11.syntax import check_query
from mock_idp.issuer.state import State
from mock_idp.server.control_access import ControlAccess
from mock_idp.server.cors import share_document
from mock_idp.server.media_type import is_negotiated
from mock_idp.server.pipeline import Pipeline

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL = "/_mock"
HEALTH = f"{CONTROL}/health"
DASHBOARD = f"{CONTROL}/ui"


class MockIdpWsgi:
    """The whole server as one WSGI application.

    `errors` keeps the last exceptions that no request can be blamed for; an embedding test raises them.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.errors: deque[BaseException] = deque(maxlen=100)
        self._pipeline = Pipeline(state)
        self._access = ControlAccess(state.settings, state.public_url)
        self._control: WSGIApplication | None = None
        self._control_lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        try:
            if method == "GET":
                quick = self.quick(path, environ.get("QUERY_STRING", ""), lambda: request_headers(environ))
                if quick is not None:
                    start_response("200 OK", quick[0])
                    return [quick[1]]
            if path == CONTROL or path.startswith(CONTROL + "/"):
                return self._control_call(environ, start_response)
            request = request_of(environ, self.state.settings.max_body_bytes)
        except MockIdpError as error:
            response = json_response(error.status, error.as_json(), error.headers)
            return _send(finished(response, method), start_response)
        return _send(self.respond(request), start_response)

    def respond(self, request: Request) -> Response:
        """The answer to a request for an issuer, ready to be sent."""
        try:
            if not request.path.startswith("/"):
                raise MockIdpError(400, "bad_target", "The request target has no path.")
            self._require_started()
            response = self._start_page(request) if request.path == "/" else None
            if response is None:
                response = self._pipeline.respond(request)
        except MockIdpError as error:
            response = json_response(error.status, error.as_json(), error.headers)
        except Exception as error:
            response = self._broken(error)
        return finished(response, request.method)

    def quick(
        self, path: str, query: str, headers: Callable[[], list[tuple[str, str]]]
    ) -> tuple[list[tuple[str, str]], bytes] | None:
        """Headers and body of a GET that is nothing but a document, logged; None when there is more to do.

        This is the hot path: one look-up, one entry in the log, bytes that are there already.
        Raises MockIdpError when the request would get a header of the answer to hold what none can.
        """
        route = self.state.routes.get(path)
        if route is None:
            return None
        if "%" in query:
            return None  # It may be none.
        issuer = route.issuer
        document = issuer.documents.get(path) or issuer.documents.get(route.endpoint)
        settings = self.state.settings
        if document is None or issuer.is_closed or settings.trust_forwarded or settings.backchannel_dynamic:
            return None
        if route.endpoint in issuer.faults.armed or route.endpoint in issuer.stubs.armed:
            return None
        asked = headers()
        if is_negotiated(issuer, route.endpoint, document, asked):
            return None
        response_headers = document.headers(issuer.clock.now())
        usual = len(response_headers)
        share_document(response_headers, issuer, route.endpoint, asked)
        if len(response_headers) > usual:
            checked(response_headers[usual:])
        entry = issuer.log.record(route.endpoint, "GET", path, query, asked, 200)
        vendor = issuer.vendor
        if vendor.request_id_header is not None:
            response_headers.append((vendor.request_id_header, vendor.request_id(entry.seq)))
        entry.response_headers, entry.response_bytes = response_headers, len(document.body)
        return response_headers, document.body

    def health(self) -> Response:
        """The answer to a health check."""
        if self.state.ready.is_set():
            return json_response(200, {"status": "ready", "issuers": len(self.state.issuers())})
        return json_response(503, {"status": "starting"})

    def close(self) -> None:
        """End everything that waits, so that the server's threads can end."""
        self.state.close()

    def _control_call(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._access.check(environ)
        check_query(environ.get("QUERY_STRING", ""))
        if environ["PATH_INFO"] == HEALTH and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            return _send(finished(self.health(), environ["REQUEST_METHOD"]), start_response)
        self._require_started()
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == DASHBOARD or path.startswith(DASHBOARD + "/"):
            from mock_idp.dashboard.site import answer

            return _send(finished(answer(self.state, method, path), method), start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            return start_response(status, checked([*headers, MARKER]), *rest)

        return self._flask()(environ, start)

    def _start_page(self, request: Request) -> Response | None:
        """What the root shows to a browser; None for everybody else, and where an issuer serves something there."""
        if "text/html" not in request.header("accept") or "/" in self.state.routes:
            return None
        from mock_idp.dashboard.start_page import start_page

        # Whoever may not list the issuers isn't told them here.
        asked = {"HTTP_HOST": request.header("host"), "HTTP_AUTHORIZATION": request.header("authorization")}
        return start_page(self.state, request, lists_all=self._access.lets_in(asked))

    def _flask(self) -> WSGIApplication:
        with self._control_lock:
            if self._control is None:
                # Flask costs more to import than everything else together, and a JWKS does without it.
                from mock_idp.control.app import create_app

                self._control = create_app(self.state, self.errors.append)
            return self._control

    def _require_started(self) -> None:
        if not self.state.ready.is_set():
            raise MockIdpError(503, "starting", "The keys of this server are not ready yet.")

    def _broken(self, error: Exception) -> Response:
        self.errors.append(error)
        traceback.print_exception(error)
        return json_response(500, {"error": "server_error", "error_description": type(error).__name__, "field": None})


def finished(response: Response, method: str) -> Response:
    """The answer with the marker, and without a body where the method or the status has none."""
    if MARKER not in response.headers:
        response = response.with_header(*MARKER)
    return response.without_body() if method == "HEAD" or response.status in WITHOUT_BODY else response


def _send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    start_response(status_line(response.status), response.with_length())
    return [response.body] if response.chunks is None else response.chunks
