"""Faults in what is counted."""

from __future__ import annotations

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
