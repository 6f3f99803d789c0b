"""The four documented metrics of the security layer, in Prometheus text."""

from __future__ import annotations

import threading
from collections import defaultdict

# Metric names of the seed documents with the dots as underscores.
REQUESTS = "tasker_auth_requests_total"
FAILURES = "tasker_auth_failures_total"
DENIALS = "tasker_permission_denials_total"
DURATION = "tasker_auth_jwt_verification_duration"


class Metrics:
    """Counters that many threads move. Label values come from closed lists, never from a request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: defaultdict[tuple[str, str], float] = defaultdict(float)

    def authenticated(self, method: str) -> None:
        """An identity was established by `method` ("jwt", "api_key")."""
        self.add(REQUESTS, f'method="{method}",result="success"')

    def failed(self, method: str, reason: str) -> None:
        """A credential of kind `method` ("none" when there was none) was refused for `reason`."""
        self.add(REQUESTS, f'method="{method}",result="failure"')
        self.add(FAILURES, f'reason="{reason}"')

    def denied(self, permission: str) -> None:
        """An identity lacked `permission`; that is no failure of authentication."""
        self.add(DENIALS, f'permission="{permission}"')

    def verified(self, seconds: float, result: str) -> None:
        """A token took `seconds` to verify, with `result` "success" or "failure"."""
        self.add(f"{DURATION}_count", f'result="{result}"')
        self.add(f"{DURATION}_sum", f'result="{result}"', seconds)

    def add(self, name: str, labels: str, amount: float = 1) -> None:
        """Moves one series."""
        with self._lock:
            self._values[name, labels] += amount

    def text(self) -> str:
        """All series, sorted."""
        with self._lock:
            values = dict(self._values)
        return "".join(f"{name}{{{labels}}} {value:.12g}\n" for (name, labels), value in sorted(values.items()))
