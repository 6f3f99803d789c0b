"""A single-page application with one of the browser SDKs, and the vendor it logs in at: each an origin of its own."""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Callable
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Page

from browser.sdks import sdk_files
from mock_idp.embed import EmbeddedIdp
from mock_idp.run.tls import server_tls
from mock_idp.settings import ClientSettings, IssuerSettings, ServerSettings, TlsSettings, UserSettings

_APPS = Path(__file__).with_name("apps")
_TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}
_USERS = (UserSettings("ann", "ann-password", claims={"email": "ann@example.com"}), UserSettings("bob", "bob-password"))


class SinglePageApp:
    """The application `apps/<sdk>.html`, and its vendor. The page puts the SDK's object into the global `sdk`.

    `config` is what the page reads from `/config.js`; it may be set until the page is opened. With `tls` both speak it:
    for a browser `http` and `https` are two sites, and Chromium's contexts, like its private windows, have no cookies
    for the other one in an iframe.
    """

    def __init__(self, sdk: str, style: str, *, tls: bool = False, **client: Any) -> None:
        self._files = sdk_files(sdk)
        for file in _APPS.iterdir():
            self._files[file.name] = file.read_bytes()
        self._home = f"{sdk.rpartition('/')[2]}.html"
        self._ending, security = ExitStack(), TlsSettings() if tls else None
        context = self._ending.enter_context(server_tls(ServerSettings(tls=security))).context if tls else None
        self._server = _server(self._file, context)
        self.url = f"{'https' if tls else 'http'}://localhost:{self._server.server_port}"
        redirects = (
            self.url,
            *(f"{self.url}/{page}" for page in ("", "silent.html", "renewed.html", "redirected.html")),
        )
        declared = ClientSettings("spa", redirect_uris=redirects, web_origins=(self.url,), **client)
        issuer = IssuerSettings("default", style, mount="root", users=_USERS, clients=(declared,))
        self.idp = EmbeddedIdp(ServerSettings(port=0, key_pool_size=0, issuers=(issuer,), tls=security))
        self.vendor = f"{urlsplit(self.idp.url)[0]}://localhost:{self.idp.port}"
        self._verify = str(self.idp.ca_file) if self.idp.ca_file else True
        self.config: dict[str, Any] = {}

    def close(self) -> None:
        """Stop both servers."""
        self._server.shutdown()
        self._server.server_close()
        self._ending.close()
        self.idp.close()
        self.idp.raise_pending()

    def asked(self, endpoint: str) -> list[dict[str, Any]]:
        """The requests that an endpoint of the vendor got, oldest first."""
        url = f"{self.idp.url}/_mock/issuers/default/requests?endpoint={endpoint}"
        return list(requests.get(url, timeout=60, verify=self._verify).json()["requests"])

    def grants(self) -> list[str]:
        """The grant types of the token requests so far."""
        return [one["form"]["grant_type"] for one in self.asked("token") if one["method"] == "POST"]

    def forget_user(self, username: str) -> None:
        """The vendor has this user no more."""
        url = f"{self.idp.url}/_mock/issuers/default/users/{username}"
        requests.delete(url, timeout=60, verify=self._verify).raise_for_status()

    def open(self, page: Page) -> None:
        """Load the application, or load it again, and wait until its SDK has started."""
        page.goto(f"{self.url}/")
        self.ready(page)

    def ready(self, page: Page) -> None:
        """Wait until the application is there, wherever the browser comes from."""
        page.wait_for_url(f"{self.url}/**")
        page.wait_for_function("globalThis.started !== undefined")
        assert page.evaluate("started") == "yes"

    def _file(self, path: str) -> tuple[str, bytes] | None:
        name = path.lstrip("/") or self._home
        if name == "config.js":
            return _TYPES[".js"], f"export default {json.dumps(self.config)};".encode()
        content = self._files.get(name)
        return None if content is None else (_TYPES[Path(name).suffix], content)


def _server(find: Callable[[str], tuple[str, bytes] | None], tls: ssl.SSLContext | None) -> ThreadingHTTPServer:
    """A server of files. In: what finds a path's media type and content, and what TLS needs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = find(urlsplit(self.path).path) or ("text/plain", b"")
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = _Server(("localhost", 0), Handler)
    if tls is not None:
        # Each connection shakes hands in its own thread: a browser opens some that it doesn't use.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    return server


class _Server(ThreadingHTTPServer):
    """One that doesn't mind a connection that a browser gives up."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A certificate that Chromium doesn't know ends a handshake even where it goes on, with another."""
        if not isinstance(sys.exception(), (ssl.SSLError, ConnectionError)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


MakeSinglePageApp = Callable[..., SinglePageApp]
