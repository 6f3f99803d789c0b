"""The vendors as parameters of tests: one group for each, skipped where the recorded facts are not there."""

from __future__ import annotations

import pytest

from . import fixture
from .vendors import VENDORS

RECORDED = [
    pytest.param(
        name,
        marks=[
            pytest.mark.skipif(fixture.why_not(vendor.name) is not None, reason=str(fixture.why_not(vendor.name))),
            pytest.mark.xdist_group(f"fidelity-{vendor.style}"),
        ],
    )
    for name, vendor in VENDORS.items()
]
