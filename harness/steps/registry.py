"""What a step is: a function that says itself what it sends, uses, counts and needs, beside what its signature says."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, Unpack, get_args, get_origin, get_type_hints

from harness.grammar.kinds import Schema, closed, resolved, schema_of
from harness.grammar.model import Table

F = TypeVar("F", bound=Callable[..., None])


def nothing(_: Table) -> Sequence[Table]:
    """A step that sends nothing, or nothing that is judged."""
    return ()


def itself(args: Table) -> Sequence[Table]:
    """A step whose arguments are those of the request that it sends."""
    return (args,)


@dataclass(frozen=True, kw_only=True)
class step:  # It is written as a decorator.
    """Registers a function as the step of its own name.

    Its docstring says what it does. Its parameters, but the first, are the arguments: their annotations are kinds of
    values (`harness.grammar.kinds`), and those without a default must be given. `**args: Unpack[SomeTable]` stands for
    the keys of that table.

    Attributes:
        sends: from the arguments to the tables of the requests that are sent and judged.
        compares: whether it judges answers by each other, so that where all are refused it has seen nothing.
        stores: whether it may change what the service stores in ways that `sends` doesn't say.
        routes: names of routes that it uses beside those that its arguments name.
        counts: whether it looks at what the service asked the provider since the case began.
        waits: whether its arguments are a time that passes.
        takes_up_keys: whether it depends on how the service gets new keys.
        needs: capabilities of the service that it can't do without.
        config: the setting that must be true in the scenario's configuration.
        takes: the key of the scenario whose table stands for the arguments when there are none.
    """

    sends: Callable[[Table], Sequence[Table]] = nothing
    compares: bool = False
    stores: bool = False
    routes: tuple[str, ...] = ()
    counts: bool = False
    waits: bool = False
    takes_up_keys: bool = False
    needs: tuple[str, ...] = ()
    config: str = ""
    takes: str = ""

    def __call__(self, function: F) -> F:
        name = function.__name__.replace("_", "-")
        schema, defaults = _signature(function)
        STEPS[name] = StepDefinition(name, function, self, schema, defaults)
        return function


@dataclass(frozen=True)
class StepDefinition:
    """A step that scenarios can take.

    Attributes:
        name: as in the data: `publish-key` for the function `publish_key`.
        function: takes the running cell and, as keyword arguments, what the scenario says.
        says: what it says of itself.
        schema: the JSON schema of the table of its arguments.
        defaults: what holds for arguments that are left out, where that is something.
    """

    name: str
    function: Callable[..., None]
    says: step
    schema: Schema
    defaults: Table

    @property
    def sentence(self) -> str:
        """What it does, as the documentation shows it."""
        return " ".join(inspect.cleandoc(self.function.__doc__ or "").split())

    @property
    def arguments(self) -> Mapping[str, Schema]:
        """The arguments by name; a fault has more, by its kind."""
        properties: Mapping[str, Schema] = resolved(self.schema)["properties"]
        return properties

    @property
    def required(self) -> tuple[str, ...]:
        """The arguments that must be given."""
        return tuple(resolved(self.schema).get("required", ()))


STEPS: Final[dict[str, StepDefinition]] = {}
"""Every step by its name; filled by the decorator `step`."""


def _signature(function: Callable[..., None]) -> tuple[Schema, dict[str, Any]]:
    """The schema of a function's arguments, and their defaults."""
    hints = get_type_hints(function, include_extras=True)
    properties: dict[str, Schema] = {}
    required: list[str] = []
    defaults: dict[str, Any] = {}
    _, *parameters = inspect.signature(function).parameters.values()
    for parameter in parameters:
        hint = hints[parameter.name]
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            rest = schema_of(get_args(hint)[0] if get_origin(hint) is Unpack else hint)
            if not properties:
                return rest, defaults
            table = resolved(rest)
            properties |= {key: schema for key, schema in table["properties"].items() if key not in properties}
            required += table.get("required", ())
            continue
        properties[parameter.name] = schema_of(hint)
        if parameter.default is inspect.Parameter.empty:
            required.append(parameter.name)
        elif parameter.default not in (None, ""):
            defaults[parameter.name] = parameter.default
    return closed(properties, required), defaults
