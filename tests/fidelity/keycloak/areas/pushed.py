"""Pushed authorization requests."""

from __future__ import annotations

from urllib.parse import urlencode

from ..browser import Browser, query_of
from ..realm import ORIGIN, SECRET
from ..sides import Side
from . import Area
from .common import CHALLENGE, SVC, VERIFIER, authorization, by_code, credentials


def _ask(side: Side) -> None:
    good = {**authorization("svc"), "client_secret": SECRET}
    changed: dict[str, dict[str, str | None]] = {
        "good": {},
        "no-secret": {"client_secret": None},
        "wrong-secret": {"client_secret": "wrong"},
        "unknown-client": {"client_id": "nobody"},
        "no-client": {"client_id": None, "client_secret": None},
        "public": {"client_id": "web", "client_secret": None},
        "pkce-missing": {"client_id": "pkce", "client_secret": None},
        "machine": {"client_id": "machine"},
        "no-redirect": {"redirect_uri": None},
        "other-redirect": {"redirect_uri": "https://evil.example/cb"},
        "no-response-type": {"response_type": None},
        "unknown-response-type": {"response_type": "something"},
        "response-token": {"response_type": "token"},
        "unknown-scope": {"scope": "nothing:known"},
        "request-uri": {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        "request": {"request": "garbage"},
        "mode-unknown": {"response_mode": "something"},
    }
    for name, changes in changed.items():
        form = {key: value for key, value in {**good, **changes}.items() if value is not None}
        side.form(f"pushed/{name}", "par", form)
    side.form("pushed/basic", "par", authorization("svc"), basic=SVC)
    side.form("pushed/twice", "par", [*good.items(), ("state", "x")])
    uri = side.form("", "par", good).text("request_uri")
    for name, query in {
        "used": {"client_id": "svc", "request_uri": uri, "prompt": "none"},
        "used-again": {"client_id": "svc", "request_uri": uri},
        "unknown": {"client_id": "svc", "request_uri": "urn:ietf:params:oauth:request_uri:nothing"},
        "other-client": {"client_id": "web", "request_uri": side.form("", "par", good).text("request_uri")},
        "no-client": {"request_uri": side.form("", "par", good).text("request_uri")},
    }.items():
        side.send(f"pushed/auth {name}", "GET", f"{side.url('auth')}?{urlencode(query)}")
    uri = side.form("", "par", {**good, "prompt": "none"}).text("request_uri")
    query = {"client_id": "svc", "request_uri": uri}
    side.send("pushed/auth none", "GET", f"{side.url('auth')}?{urlencode(query)}")
    side.form("pushed/empty", "par", credentials())
    for name, more in {
        "challenge": {"code_challenge": CHALLENGE, "code_challenge_method": "S256"},
        "challenge-plain": {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        "challenge-no-method": {"code_challenge": CHALLENGE},
        "challenge-unknown": {"code_challenge": CHALLENGE, "code_challenge_method": "S512"},
        "prompt-unknown": {"prompt": "something"},
        "max-age-text": {"max_age": "x"},
        "no-scope": {"scope": ""},
        "claims-garbage": {"claims": "garbage"},
        "unknown-parameter": {"x": "y"},
        "api-only": {"client_id": "tasker-api"},
    }.items():
        side.form(f"pushed/{name}", "par", {**good, **more})
    side.form(
        "pushed/pkce", "par", {**authorization("pkce"), "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    )
    side.form("pushed/pkce-plain", "par", {**authorization("pkce"), "code_challenge": VERIFIER})
    side.form("pushed/basic wrong", "par", authorization("svc"), basic=("svc", "wrong"))
    side.form("pushed/origin", "par", good, headers=[("Origin", ORIGIN)])
    side.send("pushed/JSON", "POST", "par", [("Content-Type", "application/json")], '{"client_id": "svc"}')
    _through(side, good)


def _through(side: Side, good: dict[str, str]) -> None:
    """Logins by pushed requests: what counts, and how often."""
    for name, more in {
        "login": {},
        "login scope": {"scope": "openid email", "state": "other", "nonce": "n-1"},
        "login redirect": {"redirect_uri": "https://evil.example/cb"},
    }.items():
        uri = side.form("", "par", good).text("request_uri")
        query = {"client_id": "svc", "request_uri": uri, **more}
        url = f"{side.url('auth')}?{urlencode(query)}"
        browser = Browser(side)
        back = browser.log_in(f"pushed/{name}", url, "ann")
        code = query_of(back).get("code", "no-code-came")
        by_code(side, f"pushed/{name} code", code, "svc", client_secret=SECRET)
        browser.get(f"pushed/{name} again", url)
        Browser(side).get(f"pushed/{name} elsewhere", url)


AREAS = (Area("pushed", _ask),)
