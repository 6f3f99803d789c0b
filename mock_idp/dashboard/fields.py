"""Fields of a form, from the schemas that the control API checks with: neither says what the other doesn't."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mock_idp.control.tokens import TOKEN_MEMBERS, options_schema
from mock_idp.jose.members import required_members, schemas
from mock_idp.jose.mutations import MUTATIONS, Mutation
from mock_idp.plans.faults.registry import FAULTS

FieldKind = Literal["choice", "flag", "number", "text", "json"]


@dataclass(frozen=True)
class Field:
    """One member of a call: its name, how it is filled in, its choices, a sentence, and whether it must be given.

    `usual` is what holds where nothing is filled in, as text. One of the kind `json` takes any JSON; other text is sent
    as it is if it `takes_text`. A choice that `is_number` is sent as one.
    """

    name: str
    kind: FieldKind
    about: str
    usual: str
    required: bool
    choices: tuple[str, ...] = ()
    is_number: bool = False
    takes_text: bool = False


@dataclass(frozen=True)
class FaultForm:
    """One kind of fault: what it does in a sentence, and its parameters."""

    kind: str
    sentence: str
    fields: tuple[Field, ...]


def fault_forms() -> tuple[FaultForm, ...]:
    """A form for each kind of fault."""
    return tuple(
        FaultForm(name, (kind.__doc__ or "").splitlines()[0], fields_of(schemas(kind), required_members(kind)))
        for name, kind in FAULTS.items()
    )


@dataclass(frozen=True)
class MutationForm:
    """One way to break a token: what it does in a sentence, where that is described, and its options."""

    name: str
    sentence: str
    source: str
    fields: tuple[Field, ...]


def mutation_forms() -> tuple[MutationForm, ...]:
    """A form for each mutation, by name."""
    return tuple(_mutation(MUTATIONS[name]) for name in sorted(MUTATIONS))


def _mutation(mutation: Mutation) -> MutationForm:
    schema = options_schema(mutation)
    fields = fields_of(schema["properties"], schema.get("required", ()))
    return MutationForm(mutation.name, mutation.sentence, mutation.source, fields)


def fields_of(members: Mapping[str, Mapping[str, Any]], required: Sequence[str] = ()) -> tuple[Field, ...]:
    """A field for each member with its schema."""
    return tuple(_field(name, schema, name in required) for name, schema in members.items())


def token_algorithms() -> tuple[str, ...]:
    """What a token can be signed with."""
    return tuple(TOKEN_MEMBERS["properties"]["alg"]["enum"])


def _field(name: str, schema: Mapping[str, Any], required: bool) -> Field:
    given = schema.get("type")
    types = {given} if isinstance(given, str) else {*(given or ())}
    choices = tuple(str(choice) for choice in schema.get("enum", ()) if choice is not None)
    kind: FieldKind = "json"
    if choices:
        kind = "choice"
    elif types == {"boolean"}:
        kind = "flag"
    elif types and types <= {"integer", "number", "null"}:
        kind = "number"
    elif types and types <= {"string", "null"}:
        kind = "text"
    usual = schema.get("default")
    shown = "" if usual is None else str(usual)
    about = schema.get("description", "")
    return Field(name, kind, about, shown, required, choices, types <= {"integer", "number"}, takes_text=not types)
