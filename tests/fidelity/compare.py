"""What the mock serves, member by member, against what the vendor is known to serve.

    python -m tests.fidelity.compare            all vendors
    python -m tests.fidelity.compare okta       one

Prints what differs. The exit status is 1 when something differs that the fixture has confirmed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import fixture
from .claims import claims
from .documents import discovery, issuer
from .errors import errors
from .headers import headers
from .keys import jwks
from .matching import Difference
from .people import people
from .rotation import rotation
from .served import Served
from .token_header import token_header
from .tokens import token_endpoint, user_response
from .vendor import Vendor
from .vendors import VENDORS

Part = Callable[[Vendor, Mapping[str, Any], Served], Iterator[Difference]]
PARTS: tuple[Part, ...] = (
    *(issuer, discovery, jwks, headers),
    *(token_endpoint, user_response, token_header, claims),
    *(errors, rotation, people),
)


def compare(name: str) -> list[Difference]:
    """Everything that differs between the mock and the fixture of a vendor. Raises FileNotFoundError, KeyError."""
    vendor = VENDORS[name]
    facts = fixture.load(vendor.name)
    with Served(vendor) as served:
        return [one for part in PARTS for one in part(vendor, facts, served)]


def main(names: list[str]) -> int:
    """Print the differences of the named vendors, or of all; the exit status."""
    status = 0
    for name in names or sorted(VENDORS):
        if name not in VENDORS:
            print(f"There is no vendor {name!r}. Known: {', '.join(sorted(VENDORS))}.")
            return 2
        reason = fixture.why_not(VENDORS[name].name)
        if reason is not None:
            print(f"{name}: skipped, {reason}")
            continue
        differences = compare(name)
        sure = sum(one.confirmed for one in differences)
        print(f"{name}: {sure} confirmed, {len(differences) - sure} unconfirmed differences")
        for one in differences:
            print(f"  {one}")
        status = max(status, int(sure > 0))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
