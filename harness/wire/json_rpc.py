"""JSON-RPC in the body of an answer: one message, several, or a stream of events with one in each."""

from __future__ import annotations

import json
from typing import Any


def messages(body: bytes, content_type: str) -> list[dict[str, Any]]:
    """The messages of a body that is JSON, or a stream of events (HTML, section 9.2); none of anything else."""
    texts = _data_of_events(body) if "text/event-stream" in content_type.lower() else [body.decode("utf-8", "replace")]
    found: list[dict[str, Any]] = []
    for text in texts:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    return found


def says_error(body: bytes, content_type: str) -> bool:
    """Whether a message says that nothing was done: an error, or the result of a tool that is one."""
    return any("error" in one or _is_failed_tool(one.get("result")) for one in messages(body, content_type))


def _is_failed_tool(result: Any) -> bool:
    return isinstance(result, dict) and result.get("isError") is True


def _data_of_events(body: bytes) -> list[str]:
    """The data of each event: lines joined, an empty line ends it."""
    events: list[list[str]] = [[]]
    for line in body.decode("utf-8", "replace").splitlines():
        if not line:
            events.append([])
        elif line.startswith("data:"):
            events[-1].append(line.removeprefix("data:").removeprefix(" "))
    return ["\n".join(lines) for lines in events if lines]
