"""Faults in how requests are read off a connection."""

from __future__ import annotations

import threading
from typing import Any, Final

from harness.reference.call import Call
from harness.reference.connection import Body, ConnectionHandler
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.http_head import Head, read_head

CREDENTIALS: Final = ("HTTP_AUTHORIZATION", "HTTP_X_API_KEY")
DROPPED: Final = bytes(code for code in range(0x20) if code not in b"\t\r\n") + b"\x7f"


@fault("m-half-open-blocks", precedent="the Slowloris class (CVE-2007-6750)")
class HalfOpenBlocks(ConnectionHandler):
    """A request that was begun keeps all others waiting until it is complete."""

    def next_head(self) -> Head | None:
        """One reader for all connections; which of them has something to say is asked first."""
        self.rfile.peek(1)  # type: ignore[attr-defined]
        with vars(self.listener).setdefault("only_reader", threading.Lock()):
            return super().next_head()


@fault(
    "m-control-characters-dropped",
    precedent="the class of readers that clean up what they should refuse; RFC 9110 §5.5",
)
class ControlCharactersDropped(ConnectionHandler):
    """Control characters in a header line are taken out, and what is left counts."""

    def next_head(self) -> Head | None:
        """Whoever looked at the request before, a proxy for example, saw another one."""
        return read_head(lambda limit: self.rfile.readline(limit).translate(None, DROPPED))


@fault("m-http10-unauthenticated", precedent="gateways whose rules are bound to one protocol version")
class Http10Unauthenticated(Gate):
    """A request of HTTP/1.0 passes without credentials."""

    def is_public(self, call: Call) -> bool:
        """Old probes of load balancers speak it."""
        return super().is_public(call) or call.request.environ["SERVER_PROTOCOL"] == "HTTP/1.0"


@fault("m-pipelined-unchecked", precedent="the class of request state that outlives its request")
class PipelinedUnchecked(ConnectionHandler):
    """A request that did not wait for the answer to the one before is served with the credentials of that one."""

    def environ(self, head: Head, body: Body, length: int) -> dict[str, Any]:
        """The table of headers is emptied when the reader waits for a request, and it does not wait for this one."""
        environ: dict[str, Any] = vars(self).pop("left_over", {}) | super().environ(head, body, length)
        if length == 0:
            self.connection.settimeout(0)  # What is there is there; nothing is waited for.
            if self.rfile.peek(1):  # type: ignore[attr-defined]
                vars(self)["left_over"] = {name: environ[name] for name in CREDENTIALS if name in environ}
            self.connection.settimeout(self.timeout)
        return environ
