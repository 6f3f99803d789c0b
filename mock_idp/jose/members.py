"""Dataclass fields that describe themselves: each member of a spec is written down once.

The control API checks with these schemas and shows them, and the harness gets them as `mock_idp/words.json`.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Generic, TypeVar

Check = Callable[[Any, str], Any]
"""In: the decoded value and the path of its member. Out: the value as the data model wants it; raises
JoseError `wrong_type` or `wrong_value`."""

OTHERWISE = "x-otherwise"
"""The member of a JSON Schema that says in a sentence what is wrong with a value which breaks it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Shape(Generic[T]):
    """What a value may be: a check, and the JSON schema of what passes it."""

    schema: dict[str, Any]
    check: Callable[[Any, str], T]

    def __call__(self, value: Any, field: str) -> T:
        """The checked value. Raises what the check raises."""
        return self.check(value, field)


def shape(**schema: Any) -> Callable[[Callable[[Any, str], T]], Shape[T]]:
    """Makes a check a `Shape`; `schema` are the keywords of its JSON schema."""
    return lambda check: Shape(schema, check)


def member(
    value: Any, about: str, shape: Shape[Any] | None = None, *, name: str = "", secret: bool = False, **schema: Any
) -> Any:
    """A member of a spec that has a value when it is not given.

    In: that value, one sentence about the member (empty when its name says all), its shape, its name in JSON where
    that is not the attribute's, whether it is a secret that no repr shows, and more keywords of its JSON schema.
    """
    described = {**(shape.schema if shape else {}), **schema, **({"description": about} if about else {})}
    metadata = {"schema": described, "shape": shape, "name": name}
    if isinstance(value, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=value, repr=not secret, metadata=metadata)


def param(default: Any, about: str, **schema: Any) -> Any:
    """A member whose JSON schema shows its default."""
    return member(default, about, **({} if isinstance(default, dict) else {"default": default}), **schema)


def required(about: str, **schema: Any) -> Any:
    """A member that has no default."""
    return field(metadata={"schema": {**schema, "description": about}})


def members(spec: type) -> dict[str, Field[Any]]:
    """The members of a spec by their names in JSON, in the order of the fields."""
    return {one.metadata.get("name") or one.name: one for one in fields(spec)}


def schemas(spec: type) -> dict[str, dict[str, Any]]:
    """The JSON schema of each member, by its name in JSON."""
    return {name: dict(one.metadata["schema"]) for name, one in members(spec).items()}


def required_members(spec: type) -> list[str]:
    """The names of the members that must be given."""
    return [name for name, one in members(spec).items() if one.default is MISSING and one.default_factory is MISSING]
