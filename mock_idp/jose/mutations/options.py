"""The options of a mutation, read from the signature of its function and checked against given values."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from mock_idp.jose.errors import JoseError, nearest
from mock_idp.jose.json_checks import texts, wrong_type

_WORDS: dict[type, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    dict: "an object",
    list: "an array of strings",
}
_SCHEMAS: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    dict: {"type": "object"},
    list: texts.schema,
}


@dataclass(frozen=True)
class Range:
    """The whole numbers an option takes, for its type annotation; both ends are in it."""

    minimum: int
    maximum: int | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """The keywords of a JSON schema that say so."""
        return {"minimum": self.minimum} | ({} if self.maximum is None else {"maximum": self.maximum})

    def check(self, value: Any, field: str) -> None:
        """Raises JoseError `wrong_value` for a number that is not in it."""
        if value < self.minimum or (self.maximum is not None and value > self.maximum):
            end = "on" if self.maximum is None else f"to {self.maximum}"
            raise JoseError("wrong_value", f"{field} must be from {self.minimum} {end}, not {value}.", field)


@dataclass(frozen=True)
class Option:
    """One option.

    Attributes:
        name: as in the data, below `with`.
        kind: str, bool, int, dict, or list (of str). choices: the allowed words of a str, empty for any.
        required: whether it must be given. default: what holds when it is not; None may mean "nothing".
        range: the whole numbers it takes, None for all.
    """

    name: str
    kind: type
    choices: tuple[str, ...]
    required: bool
    default: Any
    range: Range | None = None

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of its values."""
        if self.choices:
            return {"type": "string", "enum": list(self.choices)}
        return {**_SCHEMAS[self.kind], **(self.range.schema if self.range else {})}

    def check(self, value: Any) -> None:
        """Raises JoseError `wrong_type` or `wrong_value`, naming `with.<name>`."""
        field = f"with.{self.name}"
        # bool is an int to Python, not to JSON.
        if not isinstance(value, self.kind) or (isinstance(value, bool) and self.kind is not bool):
            raise wrong_type(field, _WORDS[self.kind], value)
        if self.kind is list:
            texts(value, field)
        if self.choices and value not in self.choices:
            raise JoseError("wrong_value", f"{value!r} is no {field}. {nearest(str(value), self.choices)}", field)
        if self.range is not None:
            self.range.check(value, field)


def options_of(function: Callable[..., str]) -> dict[str, Option]:
    """The keyword-only parameters of a function: str, bool, int, dict, list[str], Literal, or one of these or None.

    A whole number may be annotated with its `Range`.
    """
    hints = get_type_hints(function, include_extras=True)
    options = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            continue
        required = parameter.default is inspect.Parameter.empty
        hint, bounds = hints[name], None
        if get_origin(hint) is Annotated:
            hint, bounds = get_args(hint)
        kind, choices = _kind_and_choices(hint)
        options[name] = Option(name, kind, choices, required, None if required else parameter.default, bounds)
    return options


def check_options(mutation: str, known: Mapping[str, Option], given: Mapping[str, Any]) -> None:
    """Raises JoseError `unknown_member`, `missing_member`, `wrong_type`, `wrong_value`; names the option."""
    for name, value in given.items():
        if name not in known:
            hint = nearest(name, known) if known else "It takes none."
            sentence = f"{name!r} is not an option of the mutation {mutation!r}. {hint}"
            raise JoseError("unknown_member", sentence, f"with.{name}")
        known[name].check(value)
    for name, option in known.items():
        if option.required and name not in given:
            sentence = f"The mutation {mutation!r} needs the option {name!r} in 'with'."
            raise JoseError("missing_member", sentence, f"with.{name}")


def _kind_and_choices(hint: Any) -> tuple[type, tuple[str, ...]]:
    if get_origin(hint) is Literal:
        return str, get_args(hint)
    if get_origin(hint) is list:
        return list, ()
    alternatives = [each for each in get_args(hint) if each is not NoneType]
    if len(alternatives) == 1:
        hint = alternatives[0]
    return get_origin(hint) or hint, ()
