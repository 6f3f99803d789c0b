"""JSON-RPC in the body of an answer: one message, several, or a stream of events with one in each."""

from __future__ import annotations

import json
import re
from typing import Any

from harness.shown.foreign_text import ForeignText

# No other line end of Unicode is one here: JSON may hold them as they are.
_LINE_END = re.compile("\r\n|\r|\n")


def messages(body: bytes, content_type: str) -> list[dict[str, Any]]:
    """The messages of a body that is JSON, or a stream of events (HTML, section 9.2); none of anything else."""
    said = ForeignText(body).as_it_came
    texts = _data_of_events(said) if "text/event-stream" in content_type.lower() else [said]
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


def _data_of_events(said: str) -> list[str]:
    """The data of each event: lines joined, an empty line ends it."""
    events: list[list[str]] = [[]]
    for line in _LINE_END.split(said):
        if not line:
            events.append([])
        elif line.startswith("data:"):
            events[-1].append(line.removeprefix("data:").removeprefix(" "))
    return ["\n".join(lines) for lines in events if lines]
