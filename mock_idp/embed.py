"""The mock identity provider inside a Python process, for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from mock_idp.http11.server import HttpServer
from mock_idp.issuer.state import State
from mock_idp.jose.pool import KeyPool
from mock_idp.server.wsgi import MockIdpWsgi
from mock_idp.settings import ServerSettings, TlsSettings
from mock_idp.tools import clocks


class EmbeddedIdp:
    """A mock identity provider on a port of its own, for the length of a `with` block or until `close`.

        with EmbeddedIdp() as idp:
            requests.post(f"{idp.url}/_mock/issuers", json={"style": "okta"})

    Bound and ready when the constructor returns. Settings as for `mock-idp serve`; the default takes a free port and
    uses the key material of deleted issuers again, for an issuer per test. `wall` is the source of real time,
    looked up at each question: a test that freezes its clock freezes this one.

    With `tls`, or settings that have it, the server speaks TLS only. `ca_file` is the PEM file of the CA to trust,
    there until `close`; None without TLS, and with a certificate that was brought along.

    Raises MockIdpError for bad settings, JoseError for a key that cannot be made, OSError for a port in use.
    """

    def __init__(
        self,
        settings: ServerSettings | None = None,
        wall: Callable[[], float] = clocks.wall,
        *,
        tls: bool = False,
    ) -> None:
        settings = settings or ServerSettings(port=0, recycle_keys=True, key_pool_size=8)
        if tls and settings.tls is None:
            settings = replace(settings, tls=TlsSettings())
        scheme, context = "http", None
        self.ca_file: Path | None = None
        with ExitStack() as undo:
            if settings.tls is not None:
                # Plain HTTP does without the TLS library.
                from mock_idp.run.tls import server_tls

                secured = undo.enter_context(server_tls(settings))
                scheme, context, self.ca_file = "https", secured.context, secured.ca_file
            # The state needs the public URL, which needs the port, which only binding gives.
            self._server = HttpServer(settings.host, settings.port, context)
            undo.callback(self._server.close)
            self.port = self._server.port
            self.url = f"{scheme}://{_in_url(settings.host)}:{self.port}"
            pool = KeyPool(settings.key_pool_size, recycle=settings.recycle_keys)
            undo.callback(pool.close)
            self.state = State(settings, f"{scheme}://localhost:{self.port}", pool, wall)
            self._wsgi = MockIdpWsgi(self.state)
            # Last in, first out: what hangs has to let go before its connections can end.
            undo.callback(self._wsgi.close)
            self.state.start()
            self._server.start(self._wsgi, self._wsgi.errors.append)
            self._ending = undo.pop_all()

    def __enter__(self) -> EmbeddedIdp:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def bring_key(self, issuer_id: str, pem: str, *, algorithm: str, kid: str) -> None:
        """Let an issuer sign with a private key of yours, an unencrypted PEM, under this kid; it can't be exported.

        Raises MockIdpError for an unknown issuer, JoseError for what is no such key.
        """
        from mock_idp.jose.others_keys import brought_key

        self.state.find(issuer_id).sign_with(brought_key(pem, algorithm, kid))

    def borrow_key(self, issuer_id: str, jwk: Mapping[str, Any], *, algorithm: str, kid: str) -> Callable[[str], None]:
        """Let an issuer have the public half of somebody's key, and sign with it what its owner has signed already.

        Out: what is told each token of the owner, whose signature can then be put under the same bytes again.
        Everything else is refused with the code `key_not_held`. Raises as `bring_key`; what is returned raises
        JoseError for a token that this key has not signed.
        """
        from mock_idp.jose.others_keys import BorrowedKey

        key = BorrowedKey(jwk, algorithm, kid)
        self.state.find(issuer_id).sign_with(key)
        return key.has_seen

    def close(self) -> None:
        """End the requests that are held up, all connections and all threads. Safe to call twice."""
        self._ending.close()

    def raise_pending(self) -> None:
        """Raise the first exception that happened in a thread of the server and was no caller's fault, if any."""
        if self._wsgi.errors:
            raise self._wsgi.errors.popleft()


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
