"""Faults in how the written configuration is read; each experiment is a table as a file has it."""

from __future__ import annotations

from typing import Any

from harness.reference.errors import SettingsError

from .issuer import AUDIENCE, ISSUER
from .mistakes import Experiment, Start
from .world import World


def written(world: World, **auth: Any) -> dict[str, Any]:
    """The tables of a service that trusts the issuer, with changes; None leaves a setting out."""
    said = {
        "enabled": True,
        "jwt_issuer": ISSUER,
        "jwt_audience": AUDIENCE,
        "jwt_verification_method": "jwks",
        "jwks_url": world.issuer.url,
        "jwks_url_allow_http": True,
        **auth,
    }
    return {"service": "orchestration", "web": {"auth": {name: one for name, one in said.items() if one is not None}}}


def answers(status: int, key: str = "", **auth: Any) -> Experiment:
    """The mistake is to answer a request without a token like this."""

    def experiment(world: World, start: Start) -> bool:
        headers = {"X-API-Key": key} if key else {}
        return starts(world, start, auth) and start(written=written(world, **auth)).status(headers=headers) == status

    return experiment


def does_not_start(world: World, start: Start) -> bool:
    """A configuration with all that is documented is refused."""
    return not starts(world, start, {})


def starts(world: World, start: Start, auth: dict[str, Any]) -> bool:
    try:
        start(written=written(world, **auth))
    except SettingsError:
        return False
    return True


KEY = {"key": "sk-listed", "permissions": ["tasks:list"], "description": "listed"}

EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-config-table-ignored": answers(200),
    "m-config-switch-ignored": answers(200),
    "m-config-asks-for-more": does_not_start,
    "m-config-keys-without-switch": answers(200, "sk-listed", api_keys=[KEY], api_keys_enabled=False),
}
