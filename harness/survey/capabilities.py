"""Which capabilities a service has: by the words that it is told things by, and by what it was seen to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from harness.grammar.vocabulary import CAPABILITIES
from harness.targets.base import BringsIdp, Target, ToldByWords
from harness.targets.url import is_on_this_machine

# The words by which a service is told what a capability is about; one of them is enough.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "static-key": ("public_key", "public_key_file"),
    "api-keys": ("api_keys_json", "api_keys_toml"),
    "discovery": ("discovery_url",),
    "multi-issuer": ("second_issuer",),
    "tls": ("ca_file",),
    "allow-http": ("allow_http",),
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
    """The words that stand in the command line, environment and file of a target; None where it takes no words."""
    return target.words if isinstance(target, ToldByWords) else None


def capabilities_of(target: Target, evidence: Mapping[str, str], against: Mapping[str, str]) -> dict[str, str]:
    """The capabilities with the reason for each: from `evidence`, or by the target; none that is `against`."""
    had = dict(evidence)
    words = words_of(target)
    if target.can_restart:
        had |= dict.fromkeys(("configure", "restart"), f"the target {target.name} starts it for each configuration")
    if not isinstance(target, BringsIdp) and is_on_this_machine(target):
        had["attacker-listener"] = "it runs on this machine"
    for name, spoken in _WORDS.items():
        if words is None and target.can_restart:
            had[name] = f"the target {target.name} tells its services everything"
        elif words is not None and (there := words.intersection(spoken)):
            had[name] = f"it is told {{{min(there)}}}"
    if words is None and target.can_restart:
        had.setdefault("ec-keys", f"the target {target.name} tells its services everything")
    return {name: reason for name, reason in had.items() if name not in against}


def lacks_of(target: Target, had: Collection[str], against: Mapping[str, str]) -> dict[str, str]:
    """All the others, each with the reason that reports will show."""
    words = words_of(target)
    reasons = {**_NOT_ASKED, **against}
    for name, spoken in _WORDS.items():
        if words is None:
            reasons.setdefault(name, f"not found out: the target {target.name} takes the service as it runs")
        else:
            needed = " or ".join(f"{{{word}}}" for word in spoken)
            reasons.setdefault(name, f"its command line, environment or file has no {needed}")
    if not target.can_restart:
        reasons |= dict.fromkeys(("configure", "restart"), "it runs already, and can be given no other configuration")
    return {name: reasons.get(name, "not seen when it was asked") for name in CAPABILITIES if name not in had}
