"""The mock that is compared: one server for a vendor, its issuer at the root, more issuers where a case needs them."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import requests

from mock_idp.embed import EmbeddedIdp
from mock_idp.jose.key_spec import KeySettings
from mock_idp.settings import ClientSettings, IssuerSettings, ServerSettings, UserSettings

from .vendor import Vendor

SECONDS = 20


class ServedIssuer:
    """One issuer of the mock. `base` is its base URL; documents are fetched over HTTP as a client fetches them."""

    def __init__(self, session: requests.Session, server: str, about: Mapping[str, Any]) -> None:
        self._session = session
        self._server = server
        self.about = about
        prefix = "" if about["mount"] == "root" else str(about["mount"])
        self.base = server + prefix

    def get(self, path: str, **more: Any) -> requests.Response:
        """A fetch of a path below the base URL."""
        return self._session.get(self.base + path, timeout=SECONDS, allow_redirects=False, **more)

    def post(self, path: str, **more: Any) -> requests.Response:
        """A form that is sent to a path below the base URL."""
        return self._session.post(self.base + path, timeout=SECONDS, allow_redirects=False, **more)

    def path(self, url: str) -> str:
        """The path below the base URL of one of the issuer's URLs."""
        return url.removeprefix(self.base)

    @property
    def token_path(self) -> str:
        return self.path(str(self.about["token_endpoint"]))

    def jwks(self) -> requests.Response:
        return self.get(self.path(str(self.about["jwks_uri"])))

    def discovery(self) -> requests.Response:
        return self.get(self.path(str(self.about["discovery_url"])))

    def control(self, method: str, call: str, body: Any = None) -> Any:
        """A call of the control API about this issuer that has to succeed."""
        url = f"{self._server}/_mock/issuers/{self.about['id']}{call}"
        answer = self._session.request(method, url, json=body, timeout=SECONDS)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


class Served:
    """A mock in the manner of a vendor; use it as a context manager."""

    def __init__(self, vendor: Vendor, session: requests.Session | None = None) -> None:
        self._vendor = vendor
        root = IssuerSettings(
            id="root", style=vendor.style, mount="root", options=vendor.options, audience=vendor.audience
        )
        self._idp = EmbeddedIdp(ServerSettings(port=0, issuers=(root,), key_pool_size=0))
        self._session = session or requests.Session()
        self._session.trust_env = False
        self.url = f"http://localhost:{self._idp.port}"
        self.root = ServedIssuer(self._session, self.url, self._about("root"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        self._idp.close()
        self._idp.raise_pending()

    def issuer(self, options: Mapping[str, Any], clients: bool = False, **spec: Any) -> ServedIssuer:
        """Another issuer of the vendor, with options beside the vendor's; `clients` declares its clients.

        It signs with ES256 unless `spec` says otherwise: most are not made for their keys, and those cost nothing.
        """
        usual: dict[str, Any] = {"audience": self._vendor.audience, "algorithm": "ES256", "keys": (KeySettings(),)}
        declared = {
            "clients": tuple(ClientSettings(**_frozen(one)) for one in self._vendor.clients if clients),
            "users": tuple(UserSettings(**_frozen(one)) for one in spec.pop("users", ())),
        }
        options = {**self._vendor.options, **options}
        style = self._vendor.style
        made = self._idp.state.add(
            IssuerSettings(id="", style=style, options=options, **{**usual, **declared, **_frozen(spec)})
        )
        return ServedIssuer(self._session, self.url, self._about(made.id))

    def _about(self, issuer_id: str) -> dict[str, Any]:
        answer = self._session.get(f"{self.url}/_mock/issuers/{issuer_id}", timeout=SECONDS)
        about: dict[str, Any] = answer.json()
        return about


def _frozen(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Members of a spec as settings have them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in spec.items()}
