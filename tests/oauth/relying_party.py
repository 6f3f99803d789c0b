"""A relying party and its user's browser, for tests: real HTTP, forms read from the pages, redirects by hand."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import jwt
import requests

START = 1_800_000_000.0
CALLBACK = "https://app.example/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Rp:
    """An issuer of its own, and short ways to ask it for things. `client` are the parameters that name the client."""

    def __init__(self, url: str, spec: dict[str, Any]) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self._control = f"{url}/_mock"
        self._url = url
        self.about = self.control("POST", "/issuers", spec)
        self.client = {"client_id": "app", "client_secret": "secret"}
        self.document = self.get(self.about["discovery_url"]).json()

    def close(self) -> None:
        self.control("DELETE", f"/issuers/{self.about['id']}")
        self.session.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the control API that has to succeed."""
        answer = self.session.request(method, self._control + path, json=body, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def own(self, method: str, path: str, body: Any = None) -> Any:
        """A call below the path of this issuer."""
        return self.control(method, f"/issuers/{self.about['id']}{path}", body)

    def pass_time(self, seconds: float) -> None:
        """The issuer's clock runs this far ahead of the start."""
        self.own("PUT", "/clock", {"offset_seconds": seconds})

    def local(self, url: str) -> str:
        """A public URL at the address the server really has."""
        return self._url + url.removeprefix(self.about["jwks_uri"].split("/i/")[0])

    def get(self, url: str, **more: Any) -> requests.Response:
        return self.session.get(self.local(url), allow_redirects=False, timeout=20, **more)

    def post(self, endpoint: str, form: dict[str, str] | str, **more: Any) -> requests.Response:
        """A form to an endpoint of the discovery document."""
        if isinstance(form, str):
            more["headers"] = {"Content-Type": "application/x-www-form-urlencoded"} | more.get("headers", {})
        url = self.local(self.document[f"{endpoint}_endpoint"])
        return self.session.post(url, data=form, allow_redirects=False, timeout=20, **more)

    def token(self, grant_type: str, *, auth: Any = None, headers: Any = None, **form: str) -> requests.Response:
        """A request to the token endpoint from the usual client, unless the form says otherwise."""
        who = {} if auth or headers else self.client
        return self.post("token", {"grant_type": grant_type, **who, **form}, auth=auth, headers=headers or {})

    def authorize(self, **parameters: str) -> requests.Response:
        """The first step of the code flow, as a browser makes it."""
        usual = {"response_type": "code", "client_id": self.client["client_id"], "redirect_uri": CALLBACK}
        wanted = {name: value for name, value in {**usual, **parameters}.items() if value}
        return self.get(f"{self.document['authorization_endpoint']}?{urlencode(wanted)}")

    def code(self, **parameters: str) -> str:
        """A code for the user `ann`, without the login page."""
        return self.returned(self.authorize(**{"mock_user": "ann", **parameters}))["code"]

    def returned(self, answer: requests.Response) -> dict[str, str]:
        """The parameters a browser brings back to the callback."""
        assert answer.status_code in (302, 303), answer.text
        parts = urlsplit(answer.headers["Location"])
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == CALLBACK
        return dict(parse_qsl(parts.query or parts.fragment))

    def redeem(self, code: str, **form: str) -> requests.Response:
        """A code for tokens."""
        return self.token("authorization_code", code=code, **{"redirect_uri": CALLBACK, **form})

    def tokens(self, scope: str = "openid profile email tasks:read", **parameters: str) -> dict[str, Any]:
        """What a whole code flow yields."""
        answer = self.redeem(self.code(scope=scope, **parameters))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def fill(self, shown: requests.Response, **fields: str) -> requests.Response:
        """Send the form of a page with these fields filled in, as a browser does."""
        form = PageForm(shown.text)
        url = urljoin(shown.url, form.action)
        return self.session.post(url, data={**form.fields, **fields}, allow_redirects=False, timeout=20)

    def step(self, **spec: Any) -> Any:
        """Plan a scripted answer."""
        return self.own("POST", "/script", spec)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token whose signature one of the published keys made."""
        keys = jwt.PyJWKSet.from_dict(self.get(self.about["jwks_uri"]).json())
        key = keys[jwt.get_unverified_header(token)["kid"]]
        off = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        return dict(jwt.decode(token, key, algorithms=[key.algorithm_name], options=off))  # type: ignore[arg-type]


def refusal(answer: requests.Response) -> tuple[int, str]:
    """Status and error of a refused request."""
    return answer.status_code, answer.json()["error"]


class PageForm(HTMLParser):
    """The form of a page: where it goes, and its fields with their values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            assert given["method"] == "post"
            self.action = given["action"] or ""
        elif tag == "input":
            self.fields[given["name"] or ""] = given.get("value") or ""


MakeRp = Callable[..., Rp]
