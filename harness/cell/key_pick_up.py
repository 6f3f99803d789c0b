"""How a service gets new keys: it fetches for an unknown kid, or has to be started again."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING

from harness.cell import checks
from harness.cell.outgoing import build_request

if TYPE_CHECKING:
    from harness.cell.session import Session

KNOB = "unknown_kid_refetches"
# A service that rests for longer between two fetches is started again instead.
_MOST_REST_SECONDS = 5.0
_PROBE_SECONDS = 3.0
_RETRY_SECONDS = 0.05


def can_restart(session: Session) -> bool:
    """Whether the session's service can be started again."""
    return session.environment.target.can_restart and "restart" in session.profile.capabilities


class KeyPickUp:
    """What is declared, or was found out, of the services of one run; used by several threads."""

    def __init__(self) -> None:
        self._finding_out = threading.Lock()
        self._by_kid: bool | None = None

    def by_unknown_kid(self, session: Session) -> bool:
        """Whether the unknown kid of a token is enough for its key to be fetched, also shortly after another one was.

        On a service that refreshes often, whether its key comes soon by itself. Where the profile does not say, two
        keys are published and tried on the session's service, which must run. Raises `HarnessError` when it does not.
        """
        declared = session.profile.policy.get(KNOB)
        if declared is not None:
            rest = session.profile.unknown_kid_cooldown_seconds or 0.0
            return bool(declared) and (rest <= _MOST_REST_SECONDS or not can_restart(session))
        if session.config.get("refresh") == "short":
            return _is_picked_up(session)  # It may come by the clock, which says nothing of other services.
        with self._finding_out:
            if self._by_kid is None:
                self._by_kid = all(_is_picked_up(session) for _ in range(2))
            return self._by_kid


def _is_picked_up(session: Session) -> bool:
    """Whether a new key is known soon after its publication."""
    name, route, refusal = f"probe-{uuid.uuid4()}", session.profile.routes["read"], session.profile.refusal
    kid = session.add_key(name, state="next")
    try:
        token = session.issuer.mint(session.token_spec({"key": kid}, route))
        deadline = time.monotonic() + _PROBE_SECONDS
        request = build_request({}, route, token, {"mcp_session": session.mcp.id}, session.profile.credential)
        while not checks.meets(session.send(request), "accept", route, refusal):
            if time.monotonic() >= deadline:
                return False
            session.environment.pause(_RETRY_SECONDS)
        return True
    finally:
        session.issuer.delete_key(session.kids.pop(name))
