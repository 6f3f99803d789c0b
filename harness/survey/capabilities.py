"""Which capabilities a service has: by the words that it is told things by, and by what it was seen to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from harness.grammar.vocabulary import CAPABILITIES
from harness.targets.base import BringsIdp, Target, ToldByWords
from harness.targets.url import is_on_this_machine

# The setting that a service has to be told for a capability.
_SETTINGS: Final[Mapping[str, str]] = {
    "static-key": "verification",
    "api-keys": "api_keys",
    "discovery": "discovery",
    "multi-issuer": "second_issuer",
    "tls": "tls",
    "allow-http": "allow_http",
}
# What no experiment finds out, and where it would be declared.
_NOT_ASKED: Final[Mapping[str, str]] = {
    "resource-count": "not found out: the table resources says how resources are counted",
    "config-route": "not found out: routes.config would be a route that shows the configuration",
    "metrics": "not found out: the table metrics says where counters are and what they are called",
    "grpc": "not found out: the table grpc.methods says which methods there are",
    "tasker-vocabulary": "its permissions have names of their own",
}


def words_of(target: Target) -> frozenset[str] | None:
    """The words by which a target tells its services what to trust; None where it takes no words."""
    return target.words if isinstance(target, ToldByWords) else None


def capabilities_of(
    target: Target, beyond: Mapping[str, str], evidence: Mapping[str, str], against: Mapping[str, str]
) -> dict[str, str]:
    """The capabilities with the reason for each: from `evidence`, or by the target; none that is `against`.

    `beyond` are the settings that nothing tells the service.
    """
    had = dict(evidence)
    if target.can_restart:
        had |= dict.fromkeys(("configure", "restart"), f"the target {target.name} starts it for each configuration")
        told = [name for name, setting in _SETTINGS.items() if setting not in beyond]
        had |= dict.fromkeys(told, "it is told the setting for it")
    if not isinstance(target, BringsIdp) and is_on_this_machine(target):
        had["attacker-listener"] = "it runs on this machine"
    return {name: reason for name, reason in had.items() if name not in against}


def lacks_of(
    target: Target, beyond: Mapping[str, str], had: Collection[str], against: Mapping[str, str]
) -> dict[str, str]:
    """All the others, each with the reason that reports will show."""
    reasons = {**_NOT_ASKED, **against}
    if target.can_restart:
        reasons |= {name: beyond[setting] for name, setting in _SETTINGS.items() if setting in beyond}
    else:
        running = "it runs already, and can be given no other configuration"
        reasons |= dict.fromkeys(("configure", "restart"), running)
        reasons |= dict.fromkeys(_SETTINGS, "not found out, as it runs already")
    return {name: reasons.get(name, "not seen when it was asked") for name in CAPABILITIES if name not in had}
