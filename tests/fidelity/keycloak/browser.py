"""A browser without scripts: follows redirects within its side, keeps cookies, fills in forms."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from .realm import PASSWORD
from .sides import Answer, Side

_MOST_STEPS = 10


class Browser:
    """One user's browser at one side; `url` is where it is."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._cookies: dict[str, str] = {}
        self.url = side.issuer

    def get(self, name: str, url: str) -> Answer:
        """Ask for a page, and keep the answer under `name`; redirects are not followed."""
        return self._ask(name, "GET", url, None)

    def _ask(self, name: str, method: str, url: str, form: Mapping[str, str] | None) -> Answer:
        headers = [("Accept", "text/html,application/xhtml+xml")]
        if self._cookies:
            headers.append(("Cookie", "; ".join(f"{key}={value}" for key, value in self._cookies.items())))
        if form is not None:
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        answer = self._side.send(name, method, url, headers, urlencode(form) if form is not None else None)
        self.url = url
        for key, value in answer.headers:
            if key.lower() == "set-cookie":
                self._keep(value)
        return answer

    def _keep(self, cookie: str) -> None:
        pair, *attributes = cookie.split(";")
        key, _, value = pair.strip().partition("=")
        if not value or any(one.strip().lower() == "max-age=0" for one in attributes):
            self._cookies.pop(key, None)
        else:
            self._cookies[key] = value

    def arrive(self, answer: Answer) -> Answer:
        """Follow redirects as long as they stay at this side; the last answer is the page, or one that leads away."""
        for _ in range(_MOST_STEPS):
            where = urljoin(self.url, answer.header("Location")) if answer.header("Location") else ""
            if not where.startswith(self._side.base):
                return answer
            answer = self.get("", where)
        return answer

    def submit(self, name: str, page: Answer, fields: Mapping[str, str]) -> Answer:
        """Send the first form of a page with these fields and its hidden ones; keep the answer under `name`."""
        form = _Form()
        form.feed(page.body.decode("utf-8", "replace"))
        return self._ask(name, "POST", urljoin(self.url, form.action or self.url), {**form.hidden, **fields})

    def log_in(self, name: str, url: str, username: str, password: str = PASSWORD) -> Answer:
        """From an authorization request to the answer to the login form, which is kept under `name`."""
        page = self.arrive(self.get("", url))
        if page.status != 200:
            # No page came: that is the answer, and the other side shows what should have.
            if name:
                self._side.answers[name] = page
            return page
        return self.submit(name, page, {"username": username, "password": password, "action": "login"})


def query_of(answer: Answer) -> dict[str, str]:
    """The parameters of the address that a redirect leads to, of its query and its fragment."""
    parts = urlsplit(answer.header("Location"))
    read = parse_qs(parts.query) | parse_qs(parts.fragment)
    return {name: values[0] for name, values in read.items()}


class _Form(HTMLParser):
    """The address and the hidden fields of the first form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self._forms = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._forms += 1
            if self._forms == 1:
                self.action = said.get("action", "")
        elif tag == "input" and self._forms == 1 and said.get("type") == "hidden" and "name" in said:
            self.hidden[said["name"]] = said.get("value", "")
