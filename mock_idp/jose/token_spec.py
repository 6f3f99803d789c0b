"""What a caller wants a token to be: the provider's own token with the differences named here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.errors import JoseError, nearest
from mock_idp.jose.json_checks import (
    Check,
    base64url,
    json_object,
    number,
    object_of,
    pairs_of_texts,
    text,
    text_or_texts,
    texts,
)
from mock_idp.jose.mutations import find_mutation

TokenKind = Literal["machine", "user"]


@dataclass(frozen=True)
class TokenSpec:
    """A token described by its differences from the plain token of a provider. Without any it is that token.

    The provider places `permissions`, `subject`, `client_id`, `audience` and `kind` in the claims it makes;
    the forge applies the rest over those claims, in the order of the attributes here.

    Attributes:
        permissions: what the token grants; None when not said.
        subject, client_id, audience: who it is for and from; None leaves the provider's own.
        kind: `machine` (client credentials) or `user`.
        claims: set or replaced, any JSON.
        times: claim to seconds from now, an int for an integer NumericDate, a float for a fraction.
        without: claims left out.
        raw: claim to the JSON text of its value, unchecked.
        raw_members: (name, JSON text) appended as they are; a name may repeat.
        payload: the whole payload as text; payload_bytes (`payload_b64` in JSON) as bytes.
        header, header_without, header_raw: the same three for the header. Inside a value of `header`,
            `{"$jwk": NAME}` and `{"$x5c": NAME}` stand for a key of the issuer (see `header_keys`).
        header_text: the whole header as text; header_bytes (`header_b64` in JSON) as bytes.
        key: who signs: `current`, a kid, or a key's name. The header's kid follows it.
        alg: signs with this algorithm and says so in the header; None for the key's own.
        mutation: the name of a mutation, applied last; `with_` (`with` in JSON) holds its options.
    """

    permissions: tuple[str, ...] | None = None
    subject: str | None = None
    client_id: str | None = None
    audience: str | tuple[str, ...] | None = None
    kind: TokenKind = "machine"
    claims: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, int | float] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)
    raw_members: tuple[tuple[str, str], ...] = ()
    payload: str | None = None
    payload_bytes: bytes | None = None
    header: Mapping[str, Any] = field(default_factory=dict)
    header_without: tuple[str, ...] = ()
    header_raw: Mapping[str, str] = field(default_factory=dict)
    header_text: str | None = None
    header_bytes: bytes | None = None
    key: str = "current"
    alg: str | None = None
    mutation: str | None = None
    with_: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises JoseError for a contradiction, an unknown algorithm or mutation, or a wrong option of it."""
        self._check_one_source("payload", "payload", ("claims", "times", "without", "raw", "raw_members"))
        self._check_one_source("header", "header_text", ("header", "header_without", "header_raw"))
        if self.alg is not None:
            find_algorithm(self.alg, "alg")
        if self.mutation is not None:
            find_mutation(self.mutation).check(self.with_)
        elif self.with_:
            raise JoseError("contradiction", "'with' holds options of a mutation; name the mutation.", "with")

    def _check_one_source(self, part: str, whole: str, members: tuple[str, ...]) -> None:
        """The payload, and likewise the header, is said in one way: as text, as bytes, or by its members."""
        ways = [name for name in (whole, f"{part}_bytes") if getattr(self, name) is not None]
        ways += [name for name in members if getattr(self, name)][:1]
        if len(ways) > 1:
            first, second = (_JSON_NAMES.get(name, name) for name in ways[:2])
            sentence = f"{first!r} is the whole {part}, so {second!r} has no place in it; leave one out."
            raise JoseError("contradiction", sentence, second)

    @classmethod
    def from_json(cls, value: Any) -> "TokenSpec":
        """The spec of a decoded JSON object.

        Raises:
            JoseError: `wrong_type` or `wrong_value` naming the member; `unknown_member` naming the nearest
                known one; `contradiction`; `unknown_algorithm`; `unknown_mutation`.
        """
        arguments: dict[str, Any] = {}
        for name, item in json_object(value, "the token spec").items():
            if name not in _CHECKS:
                sentence = f"{name!r} is not a member of a token spec. {nearest(name, _CHECKS)}"
                raise JoseError("unknown_member", sentence, name)
            arguments[_ATTRIBUTES.get(name, name)] = _CHECKS[name](item, name)
        return cls(**arguments)


def _kind(value: Any, field: str) -> str:
    if text(value, field) not in get_args(TokenKind):
        raise JoseError("wrong_value", f"{field} must be 'machine' or 'user', not {value!r}.", field)
    return str(value)


_JSON_NAMES = {"payload_bytes": "payload_b64", "header_bytes": "header_b64", "with_": "with"}
_ATTRIBUTES: dict[str, str] = {json_name: attribute for attribute, json_name in _JSON_NAMES.items()}

_CHECKS: dict[str, Check] = {
    "permissions": texts,
    "subject": text,
    "client_id": text,
    "audience": text_or_texts,
    "kind": _kind,
    "claims": json_object,
    "times": object_of(number),
    "without": texts,
    "raw": object_of(text),
    "raw_members": pairs_of_texts,
    "payload": text,
    "payload_b64": base64url,
    "header": json_object,
    "header_without": texts,
    "header_raw": object_of(text),
    "header_text": text,
    "header_b64": base64url,
    "key": text,
    "alg": text,
    "mutation": text,
    "with": json_object,
}
