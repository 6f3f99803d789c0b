"""Faults of readers that find more than stands there show, and do not show without the fault."""

from __future__ import annotations

from harness.reference.faults.helpful_readers import PLACES_HELD

from .experiments_tokens import now
from .mistakes import Experiment, Start, accepts
from .world import FULL_KEY, World

ADMIN = "Basic YWRtaW46YWRtaW4="


def lets_in_with(name: str, value: str) -> Experiment:
    """The mistake is to let in who sends this field."""
    return lambda world, start: start().status(headers={name: value}) == 200


def lets_in_placeholders(world: World, start: Start) -> bool:
    """Each text that holds the place of a token is one."""
    service = start()
    return {service.status(text) for text in PLACES_HELD} == {200}


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-exp-date-text": accepts(lambda world: world.k1.token(exp="2099-01-01T00:00:00Z")),
    "m-exp-lifetime": (
        accepts(lambda world: world.k1.token(exp=3600)),
        accepts(lambda world: world.k1.token(exp=3600, iat=...)),
        accepts(lambda world: world.k1.token(exp=600, iat=now(-600))),
    ),
    "m-header-claims-first": (
        accepts(lambda world: world.k1.token({"aud": "tasker-api"}, aud="other")),
        accepts(lambda world: world.k1.token({"sub": "svc-1"}, sub="")),
    ),
    "m-header-claims-fill": accepts(lambda world: world.k1.token({"aud": "tasker-api"}, aud=...)),
    "m-perm-sign-skipped": (
        accepts(lambda world: world.k1.token(permissions=["!tasks:list"])),
        accepts(lambda world: world.k1.token(permissions=["-tasks:*"])),
    ),
    "m-perm-behind-slash": accepts(lambda world: world.k1.token(permissions=["https://other.test/tasks:list"])),
    "m-key-in-authorization": lets_in_with("Authorization", f"ApiKey {FULL_KEY}"),
    "m-key-hyphens-skipped": (
        lets_in_with("X-API-Key", FULL_KEY.replace("-", "")),
        lets_in_with("X-API-Key", f"{FULL_KEY}_"),
    ),
    "m-key-of-an-example": lets_in_with("X-API-Key", "changeme"),
    "m-token-of-an-example": lets_in_placeholders,
    "m-default-user": lets_in_with("Authorization", ADMIN),
}
