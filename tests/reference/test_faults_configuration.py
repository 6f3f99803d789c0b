"""Faults in how the written configuration is read; each experiment is a table as a file has it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from harness.reference.documented import Overlay
from harness.reference.errors import SettingsError

from .issuer import AUDIENCE, ISSUER, Key
from .mistakes import Experiment, Start
from .world import Service, World


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


def with_an_empty_variable(world: World, start: Start) -> Service:
    """A service with one public key in its file, and a variable for the key without a text."""
    key = world.k1.pem().decode()
    table = written(world, jwks_url=None, jwt_verification_method="public_key", jwt_public_key=key)
    return start(written=table, environment={"TASKER_JWT_PUBLIC_KEY": ""})


def does_not_start_with_an_empty_variable(world: World, start: Start) -> bool:
    """The key of the file is gone."""
    try:
        return with_an_empty_variable(world, start).status(world.k1.token()) != 200
    except SettingsError:
        return True


def lets_everybody_in_with_an_empty_variable(world: World, start: Start) -> bool:
    """Nobody is asked for a token."""
    return with_an_empty_variable(world, start).status(None) == 200


def trusts(mine: str, **auth: Any) -> Experiment:
    """The mistake is to take a token of the issuer's first key with these settings.

    In them `{k1}` and `{k2}` are the PEM texts of two keys and `{file}` is a file with the second one; `mine` is what
    the variable for the key says.
    """

    def experiment(world: World, start: Start) -> bool:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "k2.pem"
            file.write_bytes(world.k2.pem())
            words = {"{k1}": world.k1.pem().decode(), "{k2}": world.k2.pem().decode(), "{file}": str(file), "": ""}
            said = {name: words.get(value, value) for name, value in auth.items()}
            variables = {"TASKER_JWT_PUBLIC_KEY": words[mine]}
            table = written(world, jwks_url=None, jwt_verification_method="public_key", **said)
            return start(written=table, environment=variables).status(world.k1.token()) == 200

    return experiment


def refuses_pkcs1(world: World, start: Start) -> bool:
    """The older form of the same key is none."""
    pem = world.k1.private.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    return not starts(world, start, {"jwt_verification_method": "public_key", "jwt_public_key": pem})


def takes_a_short_key(world: World, start: Start) -> bool:
    """A key of 1024 bits is good enough."""
    return starts(world, start, {"jwt_verification_method": "public_key", "jwt_public_key": SHORT.pem().decode()})


def names_nothing(world: World, start: Start) -> bool:
    """What is misspelt is refused, and nobody knows what it was."""
    try:
        start(written=written(world, jwt_audiance="x"))
    except SettingsError as error:
        return "jwt_audiance" not in str(error)
    return True


def lays_over(answer: int, environment: str = "test", role: str = "orchestration", **over: Any) -> Experiment:
    """The mistake is to answer like this with an overlay: a good token where it changes the audience, else nobody."""

    def experiment(world: World, start: Start) -> bool:
        overlay = Overlay(environment, role, {"web": {"auth": over}})
        service = start(written=written(world), overlay=overlay)
        return service.status(world.k1.token() if "jwt_audience" in over else None) == answer

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

SHORT = Key.rsa("short", 1024)

EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-config-table-ignored": answers(200),
    "m-config-switch-ignored": answers(200),
    "m-config-asks-for-more": does_not_start,
    "m-config-pkcs1-refused": refuses_pkcs1,
    "m-config-inline-before-path": trusts("", jwt_public_key="{k1}", jwt_public_key_path="{file}"),
    "m-config-unusable-key-means-open": answers(
        200, jwt_verification_method="public_key", jwt_public_key_path="/nowhere/key.pem"
    ),
    "m-config-unknown-ignored": answers(200, enabled=None, enabeld=True),
    "m-config-missing-means-open": (answers(200, jwt_issuer=None), answers(200, jwks_url="")),
    "m-config-wrong-value-means-off": answers(200, enabled="true"),
    "m-config-weak-key-accepted": takes_a_short_key,
    "m-config-refuses-without-a-name": names_nothing,
    "m-config-overlay-replaces-table": lays_over(200, jwt_token_expiry_hours=2),
    "m-config-overlay-ignored": lays_over(200, jwt_audience="another-api"),
    "m-config-overlay-of-others": (
        lays_over(401, environment="production", jwt_audience="another-api"),
        lays_over(401, role="worker", jwt_audience="another-api"),
    ),
    "m-config-variables-ignored": trusts("{k2}", jwt_public_key="{k1}"),
    "m-config-empty-variable-overrides": does_not_start_with_an_empty_variable,
    "m-config-empty-variable-means-open": lets_everybody_in_with_an_empty_variable,
    "m-config-keys-without-switch": answers(200, "sk-listed", api_keys=[KEY], api_keys_enabled=False),
}
