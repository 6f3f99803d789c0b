"""Pushed authorization requests."""

from __future__ import annotations

from urllib.parse import urlencode

from ..realm import SECRET
from ..sides import Side
from . import Area
from .common import SVC, authorization, credentials


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


AREAS = (Area("pushed", _ask),)
