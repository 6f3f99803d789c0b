"""Cells as a run records them, for the tests of what is made from records."""

from __future__ import annotations

from typing import Any

from harness.base.verdicts import FAILED, PASSED, CellResult

HOSTILE = "</script><script>window.broken = 1</script><img src=x onerror='window.broken = 1'><!-- \u202e\ud800"


def cell(
    variant: str = "", verdict: str = PASSED, *, scenario: str = "time/expiry/time-exp-past", **more: Any
) -> CellResult:
    """One cell in the style `okta`."""
    said = {"title": "An expired token is refused", "level": "must", "severity": "critical", "config": {}}
    said |= {
        "requirement": "RFC 7519 §4.1.4: no token is accepted after its exp",
        "target": "reference",
        "style": "okta",
    }
    name = f"{scenario}[okta{'-' if variant else ''}{variant}]"
    return CellResult(id=name, scenario=scenario, variant=variant, verdict=verdict, **said | more)


def failed(variant: str = "", **more: Any) -> CellResult:
    """A cell that failed, with evidence of every kind."""
    claims = {"iss": "https://idp.example", "aud": "api", "iat": 1000, "exp": 4600}
    sent = {
        "request": "GET /v1/tasks",
        "headers": [["Authorization", "Bearer eyJhbGci…"]],
        "token": {"header": {"alg": "RS256"}, "claims": {**claims, "iat": 93_000, "exp": 96_600}},
        "token_spec": {"times": {"exp": -3600, "iat": -7200}},
        "status": 200,
        "answer_headers": [["content-type", "application/json"]],
        "answer": '{"tasks": []}',
        "at": 100_200.0,
        "seconds": 0.01,
    }
    evidence = {
        "exchanges": [sent],
        "good_token": {"header": {"alg": "RS256"}, "claims": claims},
        "keys": [{"name": "first", "kid": "one", "algorithm": "RS256", "use": "sig", "state": "current"}],
        "changes": [{"at": 100_199.0, "what": "POST /rotate"}],
        "idp_requests": [
            {"at": 100_199.5, "method": "GET", "path": "/keys", "status": 503, "fault": "status"},
            {"at": 90_000.0, "method": "GET", "path": "/long-ago", "status": 200, "fault": None},
        ],
        "service_log": ["accepted"],
        "curl": "curl -si http://127.0.0.1:8080/v1/tasks",
        "script": ["#!/usr/bin/env bash", "curl -sS http://127.0.0.1:9400/rotate"],
    }
    said = {"expected": "reject: 401", "actual": "200 OK", "evidence": evidence}
    return cell(variant, FAILED, **said | more)
