"""Faults in what is counted."""

from __future__ import annotations

import jwt
from flask import request

from harness.reference.faults.registry import fault
from harness.reference.metrics import Metrics


@fault("m-failures-not-counted", precedent="seed: Monitor tasker.auth.failures.total")
class FailuresNotCounted(Metrics):
    """Refused requests move no counter."""

    def failed(self, method: str, reason: str) -> None:
        """The counters stand after the early return."""


@fault("m-label-cardinality", precedent="the Prometheus guide on labels")
class LabelCardinality(Metrics):
    """The path of a refused request becomes a label value, so that strangers make as many series as they like."""

    def failed(self, method: str, reason: str) -> None:
        """Handy in a dashboard."""
        super().failed(method, f"{reason} {request.full_path}")


def _unverified(part: str, member: str) -> object:
    """A member of the header or the payload that the token of this request claims to have."""
    token = request.headers.get("Authorization", "").partition(" ")[2]
    try:
        return jwt.decode_complete(token, options={"verify_signature": False})[part].get(member)
    except jwt.InvalidTokenError:
        return None


@fault("m-label-issuer", precedent="the Prometheus guide on labels")
class LabelIssuer(Metrics):
    """The issuer that a refused token names becomes a label value."""

    def failed(self, method: str, reason: str) -> None:
        """To see which of two issuers has trouble."""
        super().failed(method, f"{reason} {_unverified('payload', 'iss')}")


@fault("m-label-algorithm", precedent="the Prometheus guide on labels")
class LabelAlgorithm(Metrics):
    """The algorithm that a refused token names becomes a label value."""

    def failed(self, method: str, reason: str) -> None:
        """To see who still signs with an old one."""
        super().failed(method, f"{reason} {_unverified('header', 'alg')}")


@fault("m-label-api-key", precedent="CWE-532")
class LabelApiKey(Metrics):
    """Each API key that is accepted is a label value, for everybody to read at /metrics."""

    def authenticated(self, method: str) -> None:
        """To see which customer calls how often."""
        super().authenticated(f"{method} {request.headers.get('X-API-Key', '')}".strip())
