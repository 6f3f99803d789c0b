"""Files with faults of other people, written for one test."""

from __future__ import annotations

from pathlib import Path

IMPORTS = """from harness.reference.claims import ClaimsChecker
from harness.reference.faults import fault

"""
BACKDOOR = """
@fault("m-house-backdoor")
class Backdoor(ClaimsChecker):
    \"\"\"The tokens of one subject never expire.\"\"\"

    def check_expiry(self, claims):
        if claims.get("sub") != "mallory":
            super().check_expiry(claims)
"""


def write_faults(file: Path, body: str = BACKDOOR) -> Path:
    """The file with its imports; the first line of `body` is line 4."""
    file.write_text(IMPORTS + body, encoding="utf-8")
    return file
