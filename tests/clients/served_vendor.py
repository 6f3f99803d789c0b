"""A vendor at the root of a server of its own, as the vendor's clients find it, and what a test does to it."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from mock_idp.embed import EmbeddedIdp

CALLBACK = "https://app.example/callback"


class Vendor:
    """The one issuer of a server: its addresses, its control API, and a browser that logs `ann` in."""

    def __init__(self, idp: EmbeddedIdp) -> None:
        self.ca_file = str(idp.ca_file) if idp.ca_file else None
        self._session = requests.Session()
        self._session.trust_env = False
        if self.ca_file:
            self._session.verify = self.ca_file
        self.control_url = f"{idp.url}/_mock/issuers/default"
        self.about = self.control("GET")
        self.issuer: str = self.about["issuer"]
        self.jwks_uri: str = self.about["jwks_uri"]
        self.discovery_url: str = self.about["discovery_url"]
        # The name in the documents and in the certificate; idp.url has the address.
        self.port, self.host = idp.port, f"localhost:{idp.port}"
        self.url = f"{urlsplit(idp.url)[0]}://{self.host}"

    def close(self) -> None:
        self._session.close()

    def control(self, method: str, path: str = "", body: Any = None) -> Any:
        """A call of the control API below the issuer; the decoded answer."""
        answer = self._session.request(method, self.control_url + path, json=body, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def mint(self, **spec: Any) -> str:
        """A token straight from the forge."""
        return str(self.control("POST", "/tokens", spec)["token"])

    def declare_client(self, **spec: Any) -> None:
        """From now on only declared clients are known."""
        self.control("POST", "/clients", spec)

    def declare_user(self, **spec: Any) -> None:
        """From now on only declared users are known."""
        self.control("POST", "/users", spec)

    def requests(self, endpoint: str) -> list[dict[str, Any]]:
        """What the library has asked of an endpoint."""
        return list(self.control("GET", f"/requests?endpoint={endpoint}")["requests"])

    def document(self) -> dict[str, Any]:
        """The discovery document."""
        return dict(self._session.get(self.discovery_url, timeout=20).json())

    def post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """The decoded answer to a form that an application without a library sends."""
        return dict(self._session.post(f"{self.url}{path}", data=form, timeout=20).json())

    def log_in(self, url: str, username: str = "ann") -> str:
        """Where the browser goes back to when a user logs in at an authorization URL; no page is shown."""
        answer = self._session.get(f"{url}&{urlencode({'mock_user': username})}", allow_redirects=False, timeout=20)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["Location"]

    def log_in_by_form(self, url: str, username: str = "ann") -> dict[str, str]:
        """What the browser posts to the callback when a user logs in with response_mode=form_post."""
        answer = self._session.get(f"{url}&{urlencode({'mock_user': username})}", timeout=20)
        assert answer.status_code == 200, answer.text
        return HiddenFields(answer.text).fields

    def open_in_browser(self, url: str, username: str = "ann") -> None:
        """The user agrees at the verification page of a device."""
        separator = "&" if urlsplit(url).query else "?"
        answer = self._session.get(f"{url}{separator}{urlencode({'mock_user': username})}", timeout=20)
        assert answer.status_code == 200, answer.text


class HiddenFields(HTMLParser):
    """The fields of the form on a page, with their values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"] or ""] = given.get("value") or ""


def returned(callback: str) -> dict[str, str]:
    """The parameters that a browser brings back."""
    return dict(parse_qsl(urlsplit(callback).query))


MakeVendor = Callable[..., Vendor]
