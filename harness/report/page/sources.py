"""Where the documents are that a requirement names, so that a reader can open them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RFC = re.compile(r"RFC (\d{3,5})(?: (?:§|section )(\d+(?:\.\d+)*))?")
_OTHERS = {
    "OpenID Connect Core": "https://openid.net/specs/openid-connect-core-1_0.html",
    "OpenID Connect Discovery": "https://openid.net/specs/openid-connect-discovery-1_0.html",
    "OpenID Connect Back-Channel Logout": "https://openid.net/specs/openid-connect-backchannel-1_0.html",
    "OWASP ASVS": "https://owasp.org/www-project-application-security-verification-standard/",
    "FIPS 186-5": "https://csrc.nist.gov/pubs/fips/186-5/final",
    "gRPC, Status Codes": "https://grpc.io/docs/guides/status-codes/",
}


def links(requirement: str) -> list[tuple[str, str]]:
    """The documents that a requirement names, each once, as `(name, URL)`, in the order in which they are named."""
    found = sorted(_found(requirement))
    return list(dict.fromkeys((name, url) for _, name, url in found))


def _found(text: str) -> Iterator[tuple[int, str, str]]:
    for match in _RFC.finditer(text):
        section = f"#section-{match[2]}" if match[2] else ""
        yield match.start(), match[0], f"https://www.rfc-editor.org/rfc/rfc{match[1]}{section}"
    for name, url in _OTHERS.items():
        if (place := text.find(name)) >= 0:
            yield place, name, url
