"""How faults fetch: never by a proxy or with a password of this machine's environment, which would hide the fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests


def get(
    address: str, *, timeout: Any, headers: Mapping[str, str] | None = None, follow_redirects: bool = False
) -> requests.Response:
    """The answer to one GET, read as a whole; `timeout` is seconds of silence. Raises `requests.RequestException`."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(address, headers=headers, timeout=timeout, allow_redirects=follow_redirects)
