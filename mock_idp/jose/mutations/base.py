"""What a mutation is: a function from a finished draft to the text of a broken token, and its description."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from mock_idp.jose.algorithms import Algorithm
from mock_idp.jose.encoding import b64url_encode
from mock_idp.jose.errors import JoseError, nearest
from mock_idp.jose.jws import compact, signing_input
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.mutations.options import Option, check_options, options_of
from mock_idp.jose.raw_json import as_seen


@dataclass(frozen=True)
class Draft:
    """A token before it is written: header and payload bytes, and who signs them how.

    The signature is made when it is asked for, as many mutations have no use for it. `signed_header` is the header
    that it covers where that is not the one the token shows (Entra ID's tokens for Microsoft Graph).
    """

    header: bytes
    payload: bytes
    key: SigningKey
    algorithm: Algorithm
    signed_header: bytes | None = None

    @property
    def signature(self) -> bytes:
        """The correct signature, made anew each time. Raises JoseError `key_mismatch` for a key that doesn't fit."""
        return self.key.sign(self.signing_input, self.algorithm)

    @property
    def signing_input(self) -> bytes:
        """The bytes the signature covers."""
        return signing_input(self.header if self.signed_header is None else self.signed_header, self.payload)

    def token(self) -> str:
        """The token, correctly signed."""
        if self.signed_header is not None:
            return self.with_signature(self.signature)
        # The usual token: what is signed is also what is shown, so it is encoded once.
        data = self.signing_input
        return f"{data.decode('ascii')}.{b64url_encode(self.key.sign(data, self.algorithm))}"

    def with_signature(self, signature: bytes) -> str:
        """The token with this signature in place of the correct one."""
        return compact(self.header, self.payload, signature)

    def header_members(self) -> dict[str, Any]:
        """The members of the header. Raises JoseError `not_an_object` when the header is no JSON object."""
        return _members(self.header, "header")

    def claims(self) -> dict[str, Any]:
        """The claims. Raises JoseError `not_an_object` when the payload is no JSON object."""
        return _members(self.payload, "payload")


MutationFunction = Callable[..., str]
F = TypeVar("F", bound=MutationFunction)


@dataclass(frozen=True)
class Mutation:
    """A named way to break a token.

    Attributes:
        name: the name in the data, `alg-none` for the function `alg_none`.
        function: takes the draft and, as keyword arguments, the options; gives the token text.
        options: what `with` may hold, by name.
        sentence: what it does. source: where the attack or the requirement is described.
        rules: which options go together, as parts of the JSON Schema of `with`; the function refuses the others.
    """

    name: str
    function: MutationFunction
    options: Mapping[str, Option]
    sentence: str
    source: str
    rules: tuple[Mapping[str, Any], ...] = ()

    def check(self, options: Mapping[str, Any]) -> None:
        """Raises what `check_options` raises for options this mutation does not take."""
        check_options(self.name, self.options, options)

    def apply(self, draft: Draft, options: Mapping[str, Any]) -> str:
        """The text of the mutated token. Raises as `check`, and what the mutation itself raises."""
        self.check(options)
        return self.function(draft, **options)


MUTATIONS: dict[str, Mutation] = {}
"""Every mutation by its name; filled by the decorator `mutation`."""


def mutation(function: F) -> F:
    """Registers a function as the mutation of its own name.

    Its docstring begins with one sentence and ends with `Source: ...`; its keyword-only parameters are
    the options.
    """
    return mutation_with()(function)


def mutation_with(*rules: Mapping[str, Any]) -> Callable[[F], F]:
    """As `mutation`, for options that do not all go together. In: the rules, as in `Mutation`."""
    return lambda function: _register(function, rules)


def _register(function: F, rules: tuple[Mapping[str, Any], ...]) -> F:
    description, _, source = inspect.cleandoc(function.__doc__ or "").partition("Source:")
    name = function.__name__.replace("_", "-")
    sentence = " ".join(description.split("\n\n")[0].split())
    MUTATIONS[name] = Mutation(name, function, options_of(function), sentence, " ".join(source.split()), rules)
    return function


def find_mutation(name: str) -> Mutation:
    """The mutation of that name. Raises JoseError `unknown_mutation` naming the nearest one."""
    try:
        return MUTATIONS[name]
    except KeyError:
        sentence = f"{name!r} is not a mutation. {nearest(name, MUTATIONS)}"
        raise JoseError("unknown_mutation", sentence, "mutation") from None


def _members(data: bytes, part: str) -> dict[str, Any]:
    value = as_seen(data)
    if not isinstance(value, dict):
        raise JoseError("not_an_object", f"This mutation needs a {part} that is a JSON object.", "mutation")
    return value
