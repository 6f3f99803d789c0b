"""Clients and users: how their specs are read, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from mock_idp.errors import bad_field, conflict
from mock_idp.jose.encoding import compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.settings import ClientSettings, UserSettings


def read_clients(specs: Sequence[Mapping[str, Any]], field: str = "clients") -> tuple[ClientSettings, ...]:
    """Checked specs as settings. Raises MockIdpError for an id that is there twice, or as `read_client`."""
    _check_names([spec["id"] for spec in specs], f"{field}.{{}}.id")
    return tuple(read_client(spec, f"{field}.{number}.") for number, spec in enumerate(specs))


def read_users(specs: Sequence[Mapping[str, Any]], field: str = "users") -> tuple[UserSettings, ...]:
    """Checked specs as settings. Raises MockIdpError for a name that is there twice, or as `read_user`."""
    _check_names([spec["username"] for spec in specs], f"{field}.{{}}.username")
    return tuple(read_user(spec, f"{field}.{number}.") for number, spec in enumerate(specs))


def read_client(spec: Mapping[str, Any], path: str = "") -> ClientSettings:
    """A checked spec as settings. In: what stands before a member in the path of an error.

    Raises MockIdpError for a key that has the form of one and is none, claims without a JSON form, or changes of
    its tokens that contradict each other.
    """
    for number, jwk in enumerate(spec.get("keys", ())):
        # Only who declares keys pays for the signature code.
        from mock_idp.jose.verification import public_key

        try:
            public_key(jwk)
        except JoseError as error:
            raise conflict(error.code, error.sentence, f"{path}keys.{number}") from None
    _check_claims(spec, path)
    check_token(spec, path)
    return ClientSettings(**_with_tuples(spec))


def read_user(spec: Mapping[str, Any], path: str = "") -> UserSettings:
    """A checked spec as settings. Raises MockIdpError for claims without a JSON form."""
    _check_claims(spec, path)
    return UserSettings(**_with_tuples(spec))


def check_token(spec: Mapping[str, Any], path: str = "") -> None:
    """Raises MockIdpError for changes of tokens that contradict each other. In: as `read_client`."""
    if "token" in spec:
        from mock_idp.jose.token_changes import check_changes

        try:
            check_changes(spec["token"])
        except JoseError as error:
            raise bad_field(f"{path}token.{error.field}" if error.field else f"{path}token", error.sentence) from None


def show_client(client: ClientSettings) -> dict[str, Any]:
    """A client as the schema `Client` says, without its secret."""
    return _shown(client, ("secret", "anonymous"), has_secret=client.secret is not None)


def show_user(user: UserSettings) -> dict[str, Any]:
    """A user as the schema `User` says, without the password."""
    return _shown(user, ("password", "anonymous"), has_password=user.password is not None)


def _shown(one: ClientSettings | UserSettings, hidden: tuple[str, ...], **more: bool) -> dict[str, Any]:
    values = {field.name: getattr(one, field.name) for field in fields(one) if field.name not in hidden}
    given = {name: value for name, value in values.items() if value is not None}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()} | more


def _with_tuples(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in spec.items()}


def _check_names(names: Sequence[str], field: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise conflict("declared_twice", f"{name!r} is there twice.", field.format(number))


def _check_claims(spec: Mapping[str, Any], path: str) -> None:
    # A TOML file can hold dates, which JSON cannot.
    try:
        compact_json(spec.get("claims", {}))
    except JoseError:
        raise bad_field(f"{path}claims", "These claims have no JSON form.") from None
