"""The table of limits in docs/mock-idp.md says what the code does."""

from __future__ import annotations

from pathlib import Path

from mock_idp.control.clients import MAX_DECLARED
from mock_idp.control.json_body import MAX_DEPTH
from mock_idp.control.tokens import MAX_BATCH
from mock_idp.http11.limits import USUAL_LIMITS
from mock_idp.http11.syntax import MAX_HEADERS, MAX_TARGET_BYTES
from mock_idp.issuer.memory import MAX_DECLARED_BYTES, MAX_FLOW_BYTES, MAX_LOG_BYTES
from mock_idp.issuer.places import MAX_HELD, MAX_WAITS
from mock_idp.issuer.request_log import BODY_BYTES
from mock_idp.issuer.store import MAX_ENTRIES
from mock_idp.jose.ring import MAX_CHANGES, MAX_KEYS, MAX_KIDS
from mock_idp.oauth.form import MAX_PARAMETERS
from mock_idp.plans.queue import MAX_PLANNED
from mock_idp.run.granian_server import MAX_CONNECTIONS
from mock_idp.settings import ServerSettings

PAGE = Path(__file__).parents[2] / "docs" / "mock-idp.md"


def table() -> list[tuple[str, str]]:
    """The first two columns."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## Limits\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return [(row[0], row[1]) for row in rows[1:]]


def size(count: int) -> str:
    """Bytes as the table says them."""
    mebibytes, rest = divmod(count, 1024 * 1024)
    return f"{count // 1024} KiB" if rest else f"{mebibytes} MiB"


def test_the_limits_are_those_of_the_code() -> None:
    """Every row has the numbers of the constants behind it, in their order; no row is without one."""
    settings, http = ServerSettings(), USUAL_LIMITS
    wanted = {
        "request head; request target": f"{size(http.head_bytes)}; {MAX_TARGET_BYTES:,} bytes; {MAX_HEADERS}",
        "body": size(settings.max_body_bytes),
        "time for a head": f"{http.head_seconds:.0f} s, {http.body_seconds:.0f} s, {http.handshake_seconds:.0f} s",
        "parameters of a form": f"{MAX_PARAMETERS}",
        "connections": f"{http.connections:,}; with granian {MAX_CONNECTIONS:,}, "
        "or as many as the process may open files",
        "requests that faults and scripts hold up": f"{MAX_HELD:,}",
        "calls that wait": f"{MAX_WAITS}",
        "issuers": f"{settings.max_issuers:,}",
        "keys of an issuer": f"{MAX_KEYS:,}; {MAX_KIDS:,}; {MAX_CHANGES}",
        "clients of an issuer": f"{MAX_DECLARED:,}; {MAX_DECLARED:,}",
        "faults of an issuer": f"{MAX_PLANNED:,}; {MAX_PLANNED:,}",
        "all that was declared": size(MAX_DECLARED_BYTES),
        "requests in the log": f"{settings.request_log_size:,}; {size(BODY_BYTES)}; {size(MAX_LOG_BYTES)}",
        "codes of an issuer": f"{MAX_ENTRIES:,}; {size(MAX_FLOW_BYTES)}",
        "tokens of a batch": f"{MAX_BATCH:,}; {MAX_DEPTH}",
    }
    rows = table()
    assert len(rows) == len(wanted)
    for (what, most), (start, numbers) in zip(rows, wanted.items(), strict=True):
        assert (what.startswith(start), most) == (True, numbers), what
