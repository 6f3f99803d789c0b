"""The servers that are measured side by side: how each is started, and what is asked of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qs, urlsplit

import requests

from bench.installed import node_version, npm_package, pip_package
from bench.load import form_request

_CLIENT = {"client_id": "bench", "client_secret": "bench"}
_GRANT = {"grant_type": "client_credentials", **_CLIENT, "audience": "tasker-api"}
_SECONDS = 10


@dataclass(frozen=True)
class TokenLoad:
    """The request that is sent over and over, and a signed token of the same server to check its keys with."""

    request: bytes
    signed: str


@dataclass(frozen=True)
class Contender:
    """One server. `command` is by port; `jwks` is a path; `token_load` is by base URL, once the server answers."""

    name: str
    command: Callable[[int], Sequence[str]]
    jwks: str
    token_load: Callable[[str], TokenLoad]
    note: str = ""
    """What a reader of its numbers has to know."""


def mock_idp() -> Contender:
    """Ours, as `mock-idp serve` starts it."""

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "mock_idp", "serve", "--port", str(port), "--quiet"]

    return Contender("mock-idp", command, "/.well-known/jwks.json", partial(_client_credentials, path="/oauth2/token"))


def oauth2_mock_server() -> Contender:
    """The npm package, on the Node of this machine. Raises NotInstalledError."""
    version = "9.3.0"
    node = node_version()
    script = npm_package("oauth2-mock-server", version) / "dist" / "oauth2-mock-server.mjs"

    def command(port: int) -> list[str]:
        return ["node", str(script), "-a", "127.0.0.1", "-p", str(port)]

    token_load = partial(_client_credentials, path="/token")
    return Contender(f"oauth2-mock-server {version}", command, "/jwks", token_load, f"on Node {node}")


def oidc_provider_mock() -> Contender:
    """The package from PyPI. It knows no client_credentials, and what it refreshes are opaque tokens.

    Raises NotInstalledError.
    """
    version = "0.3.4"
    program = pip_package("oidc-provider-mock", version) / "oidc-provider-mock"

    def command(port: int) -> list[str]:
        return [str(program), "-p", str(port)]

    note = "it has no client_credentials; its tokens are refreshed ones, opaque and without signature"
    return Contender(f"oidc-provider-mock {version}", command, "/jwks", _refresh, note)


def bare_granian() -> Contender:
    """The least that a server on granian can do: fixed keys, and one signature a token."""

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "bench.bare_server", str(port)]

    return Contender("bare granian (limit)", command, "/jwks", partial(_client_credentials, path="/token"))


CONTENDERS: Mapping[str, Callable[[], Contender]] = {
    "mock-idp": mock_idp,
    "oauth2-mock-server": oauth2_mock_server,
    "oidc-provider-mock": oidc_provider_mock,
    "bare granian (limit)": bare_granian,
}
"""Those that are compared, ours first. One that can't be had raises NotInstalledError."""


def _client_credentials(base: str, path: str) -> TokenLoad:
    answer = requests.post(base + path, data=_GRANT, timeout=_SECONDS)
    answer.raise_for_status()
    return TokenLoad(form_request(path, urlsplit(base).netloc, _GRANT), answer.json()["access_token"])


def _refresh(base: str) -> TokenLoad:
    """A user logs in; what is repeated is the refresh, which keeps its refresh token. The ID token is signed."""
    path, callback = "/oauth2/token", "http://localhost/callback"
    query = {"response_type": "code", "client_id": "bench", "redirect_uri": callback, "scope": "openid", "nonce": "n"}
    login = requests.post(
        f"{base}/oauth2/authorize", params=query, data={"sub": "user"}, allow_redirects=False, timeout=_SECONDS
    )
    code = parse_qs(urlsplit(login.headers["location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback}
    answer = requests.post(base + path, data=form, auth=("bench", "bench"), timeout=_SECONDS)
    answer.raise_for_status()
    form = {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}
    request = form_request(path, urlsplit(base).netloc, form, basic=("bench", "bench"))
    return TokenLoad(request, answer.json()["id_token"])
