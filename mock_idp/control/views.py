"""How issuers and keys are shown, and how their specs are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_idp.control.client_specs import check_token, read_clients, read_users
from mock_idp.errors import MockIdpError, bad_field
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.errors import JoseError
from mock_idp.jose.key_spec import KeySettings
from mock_idp.jose.ring import RingEntry
from mock_idp.plans.stubs.settings import stub_settings
from mock_idp.settings import IssuerSettings


def show_issuer(issuer: Issuer) -> dict[str, Any]:
    """An issuer as the schema `Issuer` says."""
    return {
        "id": issuer.id,
        "style": issuer.vendor.name,
        "issuer": issuer.issuer,
        "jwks_uri": issuer.jwks_uri,
        "discovery_url": issuer.discovery_url,
        "token_endpoint": issuer.token_endpoint,
        "audience": issuer.context.audience,
        "permissions_claim": issuer.context.permissions_claim,
        "algorithm": issuer.algorithm,
        "token_lifetime_seconds": issuer.context.token_lifetime_seconds,
        "options": dict(issuer.context.options),
        "mount": issuer.mount,
        "keys": [show_key(issuer, entry) for entry in issuer.key_entries()],
        "tasker": {
            "jwks_url": issuer.jwks_uri,
            "jwt_issuer": issuer.issuer,
            "jwt_audience": issuer.context.audience,
            "permissions_claim": issuer.context.permissions_claim,
        },
    }


def show_key(issuer: Issuer, entry: RingEntry, with_certificate: bool = False) -> dict[str, Any]:
    """A key as the schema `Key` says: its public half only, and its certificate if there can be one."""
    shown: dict[str, Any] = {
        "name": entry.name,
        "kid": entry.key.kid,
        "state": entry.state,
        "algorithm": entry.key.algorithm.name,
        "use": entry.key.use,
        "jwk": entry.key.public_jwk(issuer.keys.members(entry.key)),
    }
    if with_certificate and entry.key.has_certificate:
        shown["x5c"] = list(entry.key.x5c())
    return shown


def key_settings(spec: Mapping[str, Any], state: str) -> KeySettings:
    """A checked key spec as settings; `state` is the one it has when the spec names none.

    A key for encryption, which cannot be current, is a previous one then.
    """
    if state == "current" and spec.get("use") == "enc":
        state = "previous"
    values = {"state": state, **spec}
    if "members" in values:
        values["members"] = tuple(values["members"])
    return KeySettings(**values)


def brought_key_settings(spec: Mapping[str, Any], state: str, place: str = "") -> KeySettings:
    """As `key_settings`, for a spec that may bring a private key along, whose JWK says what the spec doesn't.

    In: what stands before a member in the path of an error. Raises MockIdpError for what is no such key.
    """
    if "private_key" not in spec:
        return key_settings(spec, state)
    # Only who brings a key pays for the code that reads it.
    from mock_idp.jose.brought_keys import read_key

    given = spec["private_key"]
    text = given if isinstance(given, str) else json.dumps(given)
    try:
        brought = read_key(text)
    except JoseError as error:
        raise bad_field(f"{place}private_key", error.sentence) from None
    told = {"kid": brought.kid, "algorithm": brought.algorithm, "use": brought.use}
    known = {name: value for name, value in told.items() if value is not None}
    return key_settings({**known, **spec, "private_key": text}, state)


def keys_of(given: Any) -> tuple[KeySettings, ...]:
    """The keys of a text, or of decoded JWKs: the first one that signs does, the others are published.

    Raises MockIdpError that blames `private_keys`.
    """
    from mock_idp.jose.brought_keys import each_key

    try:
        texts = each_key(given if isinstance(given, str) else json.dumps(given))
    except JoseError as error:
        raise bad_field("private_keys", error.sentence) from None
    keys = [_one_of_many(text) for text in texts]
    first = next((number for number, key in enumerate(keys) if key.use == "sig"), None)
    if first is None:
        raise bad_field("private_keys", "None of these keys signs: each is for encryption.")
    return tuple(replace(key, state="current") if number == first else key for number, key in enumerate(keys))


def _one_of_many(text: str) -> KeySettings:
    try:
        return brought_key_settings({"private_key": text}, "previous")
    except MockIdpError as error:
        raise bad_field("private_keys", error.sentence) from None


def issuer_settings(spec: Mapping[str, Any]) -> IssuerSettings:
    """A checked issuer spec as settings; without an id the server makes one up.

    Raises MockIdpError as `read_clients` and `read_users`.
    """
    values = {"id": "", **spec}
    if "keys" in values:
        values["keys"] = tuple(
            brought_key_settings(key, "current", f"keys.{number}.") for number, key in enumerate(values["keys"])
        )
    if "private_keys" in values:
        if "keys" in values:
            raise bad_field("private_keys", "The keys of the start are said in one way: with keys or private_keys.")
        values["keys"] = keys_of(values.pop("private_keys"))
    if "clients" in values:
        values["clients"] = read_clients(values["clients"])
    if "users" in values:
        values["users"] = read_users(values["users"])
    for name in ("scopes", "audiences"):
        if name in values:
            values[name] = tuple(values[name])
    check_token(values)
    if "script" in values:
        values["script"] = tuple(stub_settings(step) for step in values["script"])
    return IssuerSettings(**values)
