"""What can be judged of a service depends on how it is run, whatever its profile declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.declared.profile import Profile
from harness.targets.base import BringsIdp, CallsAnApp, HasNeighbour, LacksSettings, Target, TellsGrpc, ToldByWords
from harness.targets.service_template import SETTING_WORDS
from harness.targets.url import is_on_this_machine
from harness.wire.grpc_library import why_not_installed


def as_run_by(target: Target, profile: Profile, *, real_issuer: bool = False) -> Profile:
    """What of `profile` can be judged when the service is run by `target`.

    One that runs already can't be configured, one in a container or on another machine reaches no listener of the
    harness, one that is told by words can be given what its words say, and gRPC needs its address and the extra `grpc`.
    With a `real_issuer` nothing is seen or changed of its identity provider.
    """
    profile = replace(
        profile,
        cannot_set=_beyond_words(target),
        no_neighbour=_why_no_neighbour(target),
        real_issuer=real_issuer,
    )
    if isinstance(target, CallsAnApp):
        profile = replace(profile, no_socket=target.why_no_socket)
    capabilities = profile.capabilities
    gone: dict[str, str] = {}
    if "api_keys" in profile.cannot_set and "api-keys" in capabilities and not profile.api_keys:
        gone["api-keys"] = profile.cannot_set["api_keys"]
    if "grpc" in capabilities and (reason := _why_no_grpc(target)):
        gone["grpc"] = reason
    if isinstance(target, BringsIdp):
        reason = f"services of the target {target.name} reach no listener on this machine"
        gone |= {name: reason for name in ("attacker-listener", "tls") if name in capabilities}
    elif not target.can_restart:
        reason = f"the target {target.name} takes the service as it runs"
        if not isinstance(target, CallsAnApp):
            profile = replace(profile, log_hidden=f"{reason}, and sees no log of it")
        gone |= {name: reason for name in ("configure", "restart") if name in capabilities}
        if "attacker-listener" in capabilities and not is_on_this_machine(target):
            gone["attacker-listener"] = "the service is on another machine and reaches no listener on this one"
        if "api-keys" in capabilities and not profile.api_keys:
            gone["api-keys"] = f"{reason}, and the profile {profile.name} does not say its keys (api_keys)"
    return replace(profile, capabilities=capabilities - gone.keys(), lacks={**profile.lacks, **gone})


def _why_no_grpc(target: Target) -> str:
    if not isinstance(target, TellsGrpc):
        return f"the target {target.name} doesn't know where its services serve gRPC"
    if target.why_no_grpc:
        return target.why_no_grpc
    missing = why_not_installed()
    return f"gRPC is not installed: {missing}" if missing else ""


def _why_no_neighbour(target: Target) -> str:
    if not isinstance(target, HasNeighbour):
        return f"the target {target.name} starts no second service that trusts the same issuer"
    return target.why_no_neighbour


def _beyond_words(target: Target) -> dict[str, str]:
    """The settings that no word of the target's command line, environment or file says, with the reason."""
    if isinstance(target, LacksSettings):
        return dict(target.cannot_set)
    if not isinstance(target, ToldByWords) or target.words is None:
        return {}
    return {
        setting: f"nothing tells the service {setting}: {_needed(words)}"
        for setting, words in SETTING_WORDS.items()
        if not target.words & {*words}
    }


def _needed(words: Sequence[str]) -> str:
    if not words:
        return "there is no word for it"
    return f"its command line, environment or file has no {' or '.join(f'{{{word}}}' for word in words)}"
