"""One running service, asked without knowing anything of it: a route, a token with these permissions in that place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from harness.cell.outgoing import build_request
from harness.cell.session import Session
from harness.declared.permissions import Permissions, nested
from harness.grammar.model import Route
from harness.wire.exchange import Exchange, Request

AS_JSON: Final = (("Accept", "application/json"),)
# What says that nothing is served there, or not now.
NOT_SERVED = (404, 405, 410, 429, 501)


class Asker:
    """A session whose service runs. Its tokens are those of the issuer's style, with permissions only where it says."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.issuer = session.issuer

    def get(self, path: str) -> Exchange:
        """What stands there for everybody."""
        return self._session.send(Request("GET", path))

    def document(self, path: str) -> Exchange:
        """What stands there as JSON, where a service has it as YAML, too."""
        return self._session.send(Request("GET", path, AS_JSON))

    def anonymous(self, route: Route) -> Exchange:
        return self._session.send(build_request({"anonymous": True}, route, None, {}))

    def ask(self, route: Route, token: str) -> Exchange:
        return self._session.send(build_request({}, route, token, {}, self._session.profile.credential))

    def token(self, place: Permissions | None = None, names: Sequence[str] = (), **spec: Any) -> str:
        """A token with these permissions in that place, and nowhere else."""
        claims: dict[str, Any] = {}
        vendors = self.issuer.permissions_claim
        if place is not None and place.form != "none" and names:
            claims = nested(place.path(self.issuer.audience) if place.claim else (vendors,), place.value(names))
        without = [] if vendors in claims else [vendors]
        return self.issuer.mint({"permissions": [], "claims": claims, "without": without, **spec})

    def fetches(self, since: int = 0) -> list[str]:
        """Which documents of the issuer the service has asked for since then."""
        return [one["endpoint"] for one in self.issuer.requests(since=since)]


def keeps_out(answer: Exchange) -> bool:
    """Whether somebody was refused, by a service that serves this."""
    return answer.status is not None and 300 <= answer.status < 500 and answer.status not in NOT_SERVED


def lets_in(answer: Exchange) -> bool:
    return answer.status is not None and 200 <= answer.status < 300
