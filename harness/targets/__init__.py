"""Ways to get a running service that trusts a given issuer: one module each, behind one small protocol."""

from harness.base.errors import TargetError
from harness.targets.base import DEFECTS, ApiKey, BringsIdp, MayBeBuilt, MayBeEnded, Service, ServiceConfig, Target
from harness.targets.registry import TARGETS, make_target, profile_of

__all__ = [
    "DEFECTS",
    "TARGETS",
    "ApiKey",
    "BringsIdp",
    "MayBeBuilt",
    "MayBeEnded",
    "Service",
    "ServiceConfig",
    "Target",
    "TargetError",
    "make_target",
    "profile_of",
]
