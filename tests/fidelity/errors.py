"""Compares what the token endpoint answers to each request that the vendor refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import requests

from . import fixture
from .headers import compare_headers
from .matching import Difference, members
from .served import Served
from .vendor import Case, Vendor


def errors(vendor: Vendor, facts: Mapping[str, Any], served: Served) -> Iterator[Difference]:
    """Status and body of every case of the fixture. A case that nobody knows how to provoke differs as a whole.

    Beside those of the token endpoint there are those of the discovery paths; their cases are `discovery.NAME`.
    """
    for name, entry in facts["client_credentials"]["errors"].items():
        yield from _error(vendor, facts, served, f"client_credentials.errors.{name}", name, entry)
    for name, entry in facts["discovery_paths"].items():
        if isinstance(entry, Mapping) and "status" in entry:
            yield from _error(vendor, facts, served, f"discovery_paths.{name}", f"discovery.{name}", entry)


def _error(
    vendor: Vendor, facts: Mapping[str, Any], served: Served, where: str, name: str, entry: Mapping[str, Any]
) -> Iterator[Difference]:
    sure = fixture.confirmed(entry)
    case = vendor.cases.get(name)
    if case is None:
        yield Difference(where, entry["status"], vendor.not_provoked.get(name, "(no case)"), sure)
        return
    answer = send(vendor, served, case)
    if answer.status_code != entry["status"]:
        yield Difference(f"{where}.status", entry["status"], f"{answer.status_code} {answer.text}", sure)
        return
    expected = _filled(entry["body"], case.fills)
    unsure = frozenset(() if sure else expected)
    yield from members(f"{where}.body", expected, answer.json(), unsure)
    if vendor.error_headers and case.path is None:
        part = {"response_headers": facts["client_credentials"]["response_headers"]}
        yield from (one for one in compare_headers(vendor, part, "response_headers", answer) if sure)


def send(vendor: Vendor, served: Served, case: Case) -> requests.Response:
    """The answer to the request of a case, at an issuer that is made for it."""
    issuer = served.issuer(case.options, clients=True, **case.spec)
    if case.before is not None:
        case.before(issuer)
    form = {name: value for name, value in {**vendor.request, **case.form}.items() if value is not None}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if case.basic is not None:
        headers["Authorization"] = case.basic
    path = (case.path or issuer.token_path) + case.query
    if case.method == "GET":
        return issuer.get(path)
    return issuer.post(path, data=urlencode([*form.items(), *case.more]), headers=headers)


def _filled(body: Mapping[str, Any], fills: Mapping[str, str]) -> dict[str, Any]:
    def fill(text: Any) -> Any:
        if isinstance(text, str):
            for name, value in fills.items():
                text = text.replace(f"{{{name}}}", value)
        return text

    return {name: fill(value) for name, value in body.items()}
