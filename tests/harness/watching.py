"""Services that look at the issuer's key set, and what is served there."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest

from harness.base.verdicts import CellResult
from harness.cell.session import Session
from harness.matrix.cell_runner import run_cell


def fetched(url: str) -> dict[str, Any]:
    """The JSON at `url`, past any proxy."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def published(session: Session) -> list[str]:
    return [key["kid"] for key in fetched(session.issuer.jwks_uri)["keys"]]


class Watch:
    """A service that looks at the issuer's key set with every request; `kids` is what it saw last."""

    def __init__(self) -> None:
        self.jwks_uri = ""
        self.kids: list[list[str]] = []
        self.signed_by: list[str] = []

    def __call__(self, call: Call) -> Answer:
        if call.token:
            self.signed_by.append(call.header["kid"])
            self.kids.append([key.get("kid", "?") for key in fetched(self.jwks_uri)["keys"]])
        return honest(call)


def watched(bench: Bench, body: str, style: str = "auth0") -> tuple[CellResult, Watch, Session]:
    watch = Watch()
    with SmallService(watch) as service, bench.session(service, style) as session:
        watch.jwks_uri = session.issuer.jwks_uri
        result = run_cell(bench.cell(body, style), session)
    return result, watch, session


def steps(*lines: str) -> str:
    return "steps = [\n" + "".join(f"  {{ {line} }},\n" for line in lines) + "]\n"
