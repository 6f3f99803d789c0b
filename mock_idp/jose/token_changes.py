"""What is changed in the tokens of a flow: a part of a token spec, for all of them or for one kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from mock_idp.jose.errors import JoseError
from mock_idp.jose.members import schemas
from mock_idp.jose.token_spec import TokenSpec

Place = Literal["id_token", "access_token"]
_PARTS = (
    *("claims", "times", "without", "raw", "raw_members", "header", "header_without", "header_raw", "key", "alg"),
    *("mutation", "with"),
)
CHANGES: dict[str, Any] = {
    "only": {
        "type": "string",
        "enum": ["id_token", "access_token"],
        "description": "The tokens that are changed; left out: both.",
    },
    **{name: schema for name, schema in schemas(TokenSpec).items() if name in _PARTS},
}
"""The JSON schema of each member."""


def check_changes(changes: Mapping[str, Any]) -> None:
    """Raises JoseError for changes that contradict each other, or a wrong mutation, as `TokenSpec.from_json`."""
    _spec(changes)


def changed(spec: TokenSpec, changes: Mapping[str, Any], place: Place) -> TokenSpec:
    """The spec of a token of this kind with the changes after its own. Raises JoseError as `check_changes`."""
    if not changes or changes.get("only", place) != place:
        return spec
    more = _spec(changes)
    return replace(
        spec,
        claims={**spec.claims, **more.claims},
        times={**spec.times, **more.times},
        without=(*spec.without, *more.without),
        raw={**spec.raw, **more.raw},
        raw_members=(*spec.raw_members, *more.raw_members),
        header={**spec.header, **more.header},
        header_without=(*spec.header_without, *more.header_without),
        header_raw={**spec.header_raw, **more.header_raw},
        key=spec.key if more.key == "current" else more.key,
        alg=more.alg or spec.alg,
        mutation=more.mutation or spec.mutation,
        with_=more.with_ or spec.with_,
    )


def _spec(changes: Mapping[str, Any]) -> TokenSpec:
    unknown = next((name for name in changes if name not in CHANGES), None)
    if unknown is not None:
        raise JoseError("unknown_member", f"{unknown!r} cannot be changed in a token that is issued.", unknown)
    return TokenSpec.from_json({name: value for name, value in changes.items() if name != "only"})
