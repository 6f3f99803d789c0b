"""Where a browser may be sent back to, and which addresses of this machine are the same one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

# Schemes that run in the page which redirects to them.
_SCRIPTS = ("javascript", "data", "vbscript")
# A program on this machine listens at any port. In front of the port, and behind it.
_PORT_HERE = re.compile(r"(http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?((?:/[^#]*)?)")


def is_redirect_uri(text: str) -> bool:
    """Whether a browser can be sent there: an absolute URI without fragment (RFC 6749 section 3.1.2), not a script."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    printable = text.isascii() and text.isprintable() and " " not in text and '"' not in text
    return printable and bool(parts.scheme) and "#" not in text and parts.scheme.lower() not in _SCRIPTS


def on_this_machine(given: str, declared: Sequence[str]) -> bool:
    """Whether that is a declared address of this machine with another port (RFC 8252 section 7.3, RFC 9700 2.1)."""
    here, others = _PORT_HERE.fullmatch(given), map(_PORT_HERE.fullmatch, declared)
    return here is not None and any(one is not None and here.groups() == one.groups() for one in others)
