"""A single-page application with one of the browser SDKs, and the vendor it logs in at: each an origin of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Page

from browser.sdks import sdk_files
from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import ClientSettings, IssuerSettings, ServerSettings, TlsSettings, UserSettings

_APPS = Path(__file__).with_name("apps")
_TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8"}
_USERS = (UserSettings("ann", "ann-password", claims={"email": "ann@example.com"}), UserSettings("bob", "bob-password"))


class SinglePageApp:
    """The application `apps/<sdk>.html`, and its vendor. The page puts the SDK's object into the global `sdk`.

    `config` is what the page reads from `/config.js`; it may be set until the page is opened.
    """

    def __init__(self, sdk: str, style: str, *, tls: bool = False, **client: Any) -> None:
        self._files = sdk_files(sdk)
        for file in _APPS.iterdir():
            self._files[file.name] = file.read_bytes()
        self._home = f"{sdk.rpartition('/')[2]}.html"
        self._server = _server(self._file)
        self.url = f"http://localhost:{self._server.server_port}"
        redirects = (
            self.url,
            *(f"{self.url}/{page}" for page in ("", "silent.html", "renewed.html", "redirected.html")),
        )
        declared = ClientSettings("spa", redirect_uris=redirects, web_origins=(self.url,), **client)
        issuer = IssuerSettings("default", style, mount="root", users=_USERS, clients=(declared,))
        security = TlsSettings() if tls else None
        self.idp = EmbeddedIdp(ServerSettings(port=0, key_pool_size=0, issuers=(issuer,), tls=security))
        self.vendor = f"{urlsplit(self.idp.url)[0]}://localhost:{self.idp.port}"
        self.config: dict[str, Any] = {}

    def close(self) -> None:
        """Stop both servers."""
        self._server.shutdown()
        self._server.server_close()
        self.idp.close()
        self.idp.raise_pending()

    def asked(self, endpoint: str) -> list[dict[str, Any]]:
        """The requests that an endpoint of the vendor got, oldest first."""
        url = f"{self.idp.url}/_mock/issuers/default/requests?endpoint={endpoint}"
        verify = str(self.idp.ca_file) if self.idp.ca_file else True
        return list(requests.get(url, timeout=60, verify=verify).json()["requests"])

    def grants(self) -> list[str]:
        """The grant types of the token requests so far."""
        return [one["form"]["grant_type"] for one in self.asked("token") if one["method"] == "POST"]

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


def _server(find: Callable[[str], tuple[str, bytes] | None]) -> ThreadingHTTPServer:
    """A server of files. In: what finds a path's media type and content."""

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

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    return server


MakeSinglePageApp = Callable[..., SinglePageApp]
