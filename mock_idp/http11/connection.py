"""One HTTP/1.1 connection: requests in, answers out, until one side has enough (RFC 9112)."""

from __future__ import annotations

import io
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from mock_idp.http11.limits import USUAL_LIMITS, HttpLimits
from mock_idp.http11.reader import HttpRequest, RequestReader
from mock_idp.http11.response import MARKER, WITHOUT_BODY, Response
from mock_idp.http11.syntax import BadRequest
from mock_idp.http11.takeover import TAKE
from mock_idp.tools.clocks import steady

if TYPE_CHECKING:
    from ssl import SSLContext

    from _typeshed.wsgi import WSGIApplication

_LINGER_SECONDS, _LINGER_BYTES = 1.0, 32 * 1024 * 1024
# A larger body is sent in pieces.
_WHOLE_BYTES = 65_536
_CLIENT_HELLO = b"\x16"  # The first byte of a TLS connection (RFC 8446 section 5.1); no HTTP request begins so.


class HttpConnection:
    """Serves one connection in the calling thread. `on_error` gets exceptions that escape the application.

    With `tls` the client has to begin with a handshake; one that speaks plain HTTP is told so.

    Attributes:
        waits: whether it waits for its client: to send a request, or to read an answer.
        since: when it began to, on the monotonic clock.
    """

    def __init__(
        self,
        sock: socket.socket,
        peer: tuple[str, int],
        server: tuple[str, int],
        application: WSGIApplication,
        on_error: Callable[[BaseException], None],
        tls: SSLContext | None = None,
        limits: HttpLimits = USUAL_LIMITS,
    ) -> None:
        self.waits = True
        self.since = steady()
        self._socket: socket.socket | None = sock
        self._limits = limits
        self._tls = tls
        self._shut = False
        self._lock = Lock()
        self._application = application
        self._on_error = on_error
        self._environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "REMOTE_ADDR": peer[0],
            "REMOTE_PORT": str(peer[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http" if tls is None else "https",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
            TAKE: self._take,
        }

    def serve(self) -> None:
        """Answer requests until the connection ends."""
        sock = self._socket
        assert sock is not None
        try:
            if self._tls is not None:
                sock = self._secured(sock, self._tls)
            reader = RequestReader(sock, self._limits)
            while self._socket is not None:
                request = reader.next()
                if request is None or not self._response(sock, request):
                    break
        except BadRequest as error:
            with suppress(OSError):
                self._refuse(sock, error)
        except OSError:
            # The client went away, or the server is closing; both end the connection and nothing else.
            pass
        except Exception as error:
            self._on_error(error)
        finally:
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_WR)
                self._socket.close()

    def shut_down(self) -> None:
        """End the connection from another thread; whoever waits on it wakes up."""
        with self._lock:
            self._shut = True
            sock = self._socket
        if sock is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which would speak on it while its own thread does.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _secured(self, sock: socket.socket, tls: SSLContext) -> socket.socket:
        """The connection once the handshake is done. Raises BadRequest for plain HTTP, OSError when it fails."""
        sock.settimeout(self._limits.handshake_seconds)
        first = sock.recv(1, socket.MSG_PEEK)
        if first and first != _CLIENT_HELLO:
            raise BadRequest(400, "This port speaks TLS: the URL begins with https://.")
        with self._lock:
            if self._shut:
                raise ConnectionAbortedError("The server is closing.")
            secured = tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            self._socket = secured
        secured.do_handshake()
        return secured

    def _take(self) -> socket.socket:
        sock = self._socket
        if sock is None:
            raise OSError("The connection was taken already.")
        self._socket = None
        return sock

    def _response(self, sock: socket.socket, request: HttpRequest) -> bool:
        """Answer one request; says whether the connection goes on."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if self._tls is not None:
                # A browser would keep to https for everything else on localhost, long after this server has ended.
                headers = [one for one in headers if one[0].lower() != "strict-transport-security"]
            started[:] = [status, headers]
            return _no_write

        environ = {**self._environ, **request.environ(), "wsgi.input": io.BytesIO(request.body)}
        self.waits = False
        try:
            body = self._application(environ, start_response)
        except Exception as error:
            self._on_error(error)
            self._refuse(sock, BadRequest(500, "The application failed."))
            return False
        finally:
            self.since, self.waits = steady(), True
        try:
            if self._socket is None:
                return False
            sock.settimeout(self._limits.send_seconds)
            _send(sock, started[0], started[1], body, request.keep_alive)
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        return request.keep_alive

    def _refuse(self, sock: socket.socket, error: BadRequest) -> None:
        """Answer what is no request; nothing that follows on this connection would make sense."""
        response = Response(error.status, (("Content-Type", "text/plain"), MARKER), error.sentence.encode())
        sock.settimeout(self._limits.send_seconds)
        sock.sendall(response.head_bytes() + response.body)
        sock.shutdown(socket.SHUT_WR)
        # RFC 9112 section 9.6: closed with bytes unread, the client might lose the answer.
        deadline, left = steady() + _LINGER_SECONDS, _LINGER_BYTES
        while left > 0 and (seconds := deadline - steady()) > 0:
            sock.settimeout(seconds)
            data = socket.socket.recv(sock, 65_536)
            if not data:
                break
            left -= len(data)


def _send(
    sock: socket.socket, status: str, headers: list[tuple[str, str]], body: Iterable[bytes], keep_alive: bool
) -> None:
    ending = "keep-alive" if keep_alive else "close"
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
    # Without a length the client would not know where the answer ends (RFC 9112 section 6.3).
    if length is None and int(status[:3]) not in WITHOUT_BODY:
        headers = [*headers, ("Transfer-Encoding", "chunked")]
        body = _as_chunks(body)
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), f"Connection: {ending}"]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    if isinstance(body, list) or (length is not None and length <= _WHOLE_BYTES):
        # One packet for a small answer: a second one would wait for the first to be acknowledged.
        sock.sendall(b"".join([head, *body]))
        return
    sock.sendall(head)
    for chunk in body:
        sock.sendall(chunk)


def _as_chunks(body: Iterable[bytes]) -> Iterator[bytes]:
    """A body in chunked transfer coding (RFC 9112 section 7.1). An empty piece would end it too early."""
    for piece in body:
        if piece:
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _no_write(data: bytes) -> object:
    raise NotImplementedError("The write callable of WSGI is not offered; return the body.")
