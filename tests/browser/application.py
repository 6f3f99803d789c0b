"""An application that signs its users in at an issuer: it has a real callback address, and redeems codes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import requests

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
USERS = [{"username": "ann", "password": "ann-password"}, {"username": "bob", "password": "bob-password"}]
_PAGE = b'<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Application</title><h1>Back</h1></html>'


class Application:
    """One issuer on a server, and an application of it. `verify` is the CA file of a server that speaks TLS."""

    def __init__(self, url: str, style: str, verify: str | bool = True, **spec: Any) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = verify
        self._url = url
        self.about = self.control("POST", "", {"style": style, "algorithm": "ES256", "users": USERS, **spec})
        self.document = self.session.get(self.about["discovery_url"], timeout=20).json()
        self.came: list[tuple[str, dict[str, str]]] = []
        self._server = _callback_server(self.came)
        self.callback = f"http://127.0.0.1:{self._server.server_port}/callback"

    def close(self) -> None:
        """Forget the issuer and stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self.own("DELETE", "")
        self.session.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control API that has to succeed."""
        answer = self.session.request(method, f"{self._url}/_mock/issuers{path}", json=body, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def own(self, method: str, path: str, body: Any = None) -> Any:
        """A call about this issuer."""
        return self.control(method, f"/{self.about['id']}{path}", body)

    def sign_in(self, **more: str) -> str:
        """The URL that a browser is sent to for a code; parameters of empty text are left out."""
        usual = {"response_type": "code", "client_id": "web", "redirect_uri": self.callback, "state": "st"}
        usual |= {"scope": "openid", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        wanted = {name: value for name, value in {**usual, **more}.items() if value}
        return f"{self.document['authorization_endpoint']}?{urlencode(wanted)}"

    def sign_out(self, id_token: str) -> str:
        """The URL that a browser is sent to for logging out."""
        wanted = {"id_token_hint": id_token, "post_logout_redirect_uri": self.callback, "state": "bye"}
        return f"{self.document['end_session_endpoint']}?{urlencode(wanted)}"

    def returned(self) -> dict[str, str]:
        """The parameters that the browser has brought back last."""
        assert self.came, "nothing came back to the application"
        return self.came[-1][1]

    def redeem(self, code: str) -> dict[str, Any]:
        """A code for tokens."""
        answer = self.token("authorization_code", code=code, redirect_uri=self.callback, code_verifier=VERIFIER)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def token(self, grant_type: str, **form: str) -> requests.Response:
        """A request to the token endpoint."""
        return self.post("token", grant_type=grant_type, **form)

    def post(self, endpoint: str, **form: str) -> requests.Response:
        """A form to an endpoint of the discovery document, from the client `web`."""
        form = {"client_id": "web", "client_secret": "any", **form}
        return self.session.post(self.document[f"{endpoint}_endpoint"], data=form, timeout=20)

    def user(self, tokens: dict[str, Any]) -> str:
        """The `sub` of an ID token that one of the published keys has signed for this application."""
        keys = jwt.PyJWKSet.from_dict(self.session.get(self.about["jwks_uri"], timeout=20).json())
        text = tokens["id_token"]
        key = keys[jwt.get_unverified_header(text)["kid"]]
        options = {"verify_iat": False, "verify_exp": False}  # Some tests move the clock of the issuer.
        claims = jwt.decode(text, key, ["ES256"], options, audience="web", issuer=self.about["issuer"])  # type: ignore[arg-type]
        return str(claims["sub"])


def _callback_server(came: list[tuple[str, dict[str, str]]]) -> ThreadingHTTPServer:
    """A server that writes down method and parameters of what reaches /callback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, parameters: str) -> None:
            if urlsplit(self.path).path == "/callback":
                came.append((self.command, dict(parse_qsl(parameters))))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(_PAGE)))
            self.end_headers()
            self.wfile.write(_PAGE)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    return server


MakeApplication = Callable[..., Application]
