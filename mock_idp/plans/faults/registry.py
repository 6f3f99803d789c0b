"""All kinds of fault by name.

A new one is a small class with the decorator `fault` in one of these modules, or in a new one imported here.
"""

from mock_idp.plans.faults import connection, crowd, encoding, rate_limit, responses, waiting
from mock_idp.plans.faults.base import FAULTS

__all__ = ["FAULTS", "connection", "crowd", "encoding", "rate_limit", "responses", "waiting"]
