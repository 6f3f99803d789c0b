"""The mock identity provider inside a Python process, for tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from mock_idp.http_server import HttpServer
from mock_idp.jose.pool import KeyPool
from mock_idp.settings import ServerSettings
from mock_idp.state import State
from mock_idp.wsgi import MockIdpWsgi


class EmbeddedIdp:
    """A mock identity provider on a port of its own, for the length of a `with` block or until `close`.

        with EmbeddedIdp() as idp:
            requests.post(f"{idp.url}/_mock/issuers", json={"style": "okta"})

    Bound and ready when the constructor returns. Settings as for `mock-idp serve`; the default takes a free port and
    uses the key material of deleted issuers again, for an issuer per test. `wall` is the source of real time.
    Raises MockIdpError for bad settings, JoseError for a key that cannot be made, OSError for a port in use.
    """

    def __init__(self, settings: ServerSettings | None = None, wall: Callable[[], float] = time.time) -> None:
        settings = settings or ServerSettings(port=0, recycle_keys=True, key_pool_size=8)
        # The state needs the public URL, which needs the port, which only binding gives.
        self._server = HttpServer(settings.host, settings.port)
        self.port = self._server.port
        self.url = f"http://{_in_url(settings.host)}:{self.port}"
        pool = KeyPool(settings.key_pool_size, recycle=settings.recycle_keys)
        try:
            self.state = State(settings, f"http://localhost:{self.port}", pool, wall)
            self._wsgi = MockIdpWsgi(self.state)
            self.state.start()
        except BaseException:
            pool.close()
            self._server.close()
            raise
        self._server.start(self._wsgi, self._wsgi.errors.append)

    def __enter__(self) -> EmbeddedIdp:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the requests that are held up, all connections and all threads. Safe to call twice."""
        self._wsgi.close()
        self._server.close()

    def raise_pending(self) -> None:
        """Raise the first exception that happened in a thread of the server and was no caller's fault, if any."""
        if self._wsgi.errors:
            raise self._wsgi.errors.popleft()


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
