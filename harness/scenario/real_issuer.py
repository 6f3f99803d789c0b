"""Cases that take more of an identity provider than one that is none of ours gives."""

from __future__ import annotations

from typing import Final

from harness.grammar.model import Scenario, Step, Variant
from harness.grammar.vocabulary import NEIGHBOUR
from harness.steps import STEPS

# Settings that are about how the service finds and fetches keys, or that would give the private key away.
_ABOUT_THE_PROVIDER: Final = ("jwks_url", "tls", "second_issuer", "decryption_key")
_CHANGED: Final = "it changes or watches the identity provider, and a real one is neither ours to change nor to read"


def beyond_a_real_issuer(scenario: Scenario, variant: Variant) -> str:
    """Why the case can't be run with an issuer that is none of ours; empty where only its tokens decide.

    How often keys are fetched is left out of cases that show that good tokens are let in: they show that all the same.
    """
    if NEIGHBOUR in variant.needs or any(NEIGHBOUR in STEPS[step.do].says.needs for step in variant.steps):
        return "it starts a second service, which the real issuer gives no tokens for"
    for setting in _ABOUT_THE_PROVIDER:
        if setting in variant.settings:
            return f"it chooses {setting}, which a real issuer leaves no choice of"
    if variant.config.get("refresh") == "short":
        return "it lets the service fetch keys every few seconds, which is not done to somebody else's provider"
    if any(_touches_the_provider(step, scenario) for step in variant.steps):
        return _CHANGED
    return ""


def _touches_the_provider(step: Step, scenario: Scenario) -> bool:
    says = STEPS[step.do].says
    return "jwks" in says.needs or says.counts or ("fetches" in step.args and not scenario.positive_control)
