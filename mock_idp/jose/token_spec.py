"""What a caller wants a token to be: the provider's own token with the differences named here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mock_idp.jose.algorithms import ALGORITHMS, find_algorithm
from mock_idp.jose.errors import JoseError, nearest
from mock_idp.jose.json_checks import (
    base64url,
    json_object,
    number,
    object_of,
    one_of,
    pairs_of_texts,
    text,
    text_or_texts,
    texts,
)
from mock_idp.jose.members import Check, member, members
from mock_idp.jose.mutations import MUTATIONS, find_mutation

_SOURCES = (
    ("payload", "payload_bytes", ("claims", "times", "without", "raw", "raw_members")),
    ("header_text", "header_bytes", ("header", "header_without", "header_raw")),
)
WHOLE = "{0!r} is the whole of it, so {1!r} has no place beside it; leave one out."
NO_MUTATION = "'with' holds options of a mutation; name the mutation."


@dataclass(frozen=True)
class TokenSpec:
    """A token described by its differences from the plain token of a provider. Without any it is that token.

    The provider places `permissions`, `subject`, `client_id`, `audience` and `kind` in the claims it makes;
    the forge applies the rest over those claims, in the order of the attributes here.

    In JSON some members have other names: `payload_b64` and `header_b64` for the bytes, `with` for `with_`.
    """

    permissions: tuple[str, ...] | None = member(None, "What the token grants; the provider places it.", texts)
    subject: str | None = member(None, "", text)
    client_id: str | None = member(None, "", text)
    audience: str | tuple[str, ...] | None = member(None, "", text_or_texts)
    kind: Literal["machine", "user"] = member("machine", "machine: client credentials.", one_of(("machine", "user")))
    claims: Mapping[str, Any] = member({}, "Claims to set or replace, any JSON.", json_object)
    times: Mapping[str, int | float] = member(
        {}, "NumericDate claims as seconds from now; a whole number for one without a fraction.", object_of(number)
    )
    without: tuple[str, ...] = member((), "Claims to leave out.", texts)
    raw: Mapping[str, str] = member({}, "Claims as raw JSON text, unchecked.", object_of(text))
    raw_members: tuple[tuple[str, str], ...] = member(
        (), "Name and raw JSON text, appended as they are; a name may repeat.", pairs_of_texts
    )
    payload: str | None = member(None, "The whole payload as text.", text)
    payload_bytes: bytes | None = member(
        None, "The whole payload as base64url of bytes.", base64url, name="payload_b64"
    )
    header: Mapping[str, Any] = member(
        {},
        "Header members to set or replace. "
        'Inside, {"$jwk": NAME} and {"$x5c": NAME} stand for the public JWK and the certificate of a key.',
        json_object,
    )
    header_without: tuple[str, ...] = member((), "Header members to leave out.", texts)
    header_raw: Mapping[str, str] = member({}, "Header members as raw JSON text, unchecked.", object_of(text))
    header_text: str | None = member(None, "The whole header as text.", text)
    header_bytes: bytes | None = member(None, "The whole header as base64url of bytes.", base64url, name="header_b64")
    key: str = member("current", "Who signs: current, a kid or the name of a key. The header's kid follows it.", text)
    alg: str | None = member(None, "Signs with this algorithm, and says so in the header.", text, enum=list(ALGORITHMS))
    mutation: str | None = member(None, "A defect by its name, applied last.", text, enum=sorted(MUTATIONS))
    with_: Mapping[str, Any] = member({}, "The options of the mutation.", json_object, name="with")

    def __post_init__(self) -> None:
        """Raises JoseError for a contradiction, an unknown algorithm or mutation, or a wrong option of it."""
        self._check_one_source()
        if self.alg is not None:
            find_algorithm(self.alg, "alg")
        if self.mutation is not None:
            find_mutation(self.mutation).check(self.with_)
        elif self.with_:
            raise JoseError("contradiction", NO_MUTATION, "with")

    def _check_one_source(self) -> None:
        """The payload, and likewise the header, is said in one way: as text, as bytes, or by its members."""
        for *wholes, parts in _SOURCES:
            ways = [name for name in wholes if getattr(self, name) is not None]
            if ways:
                ways += [name for name in parts if getattr(self, name)][:1]
            if len(ways) > 1:
                first, second = (_NAMES[name] for name in ways[:2])
                raise JoseError("contradiction", WHOLE.format(first, second), second)

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
            attribute, check = _CHECKS[name]
            arguments[attribute] = check(item, name)
        return cls(**arguments)


_CHECKS: dict[str, tuple[str, Check]] = {
    name: (one.name, one.metadata["shape"].check) for name, one in members(TokenSpec).items()
}
_NAMES = {attribute: name for name, (attribute, _) in _CHECKS.items()}


def contradictions() -> list[tuple[str, str]]:
    """The pairs of members, as named in JSON, of which a spec may have one."""
    pairs = []
    for whole, as_bytes, parts in _SOURCES:
        pairs += [(whole, as_bytes), *((one, part) for one in (whole, as_bytes) for part in parts)]
    return [(_NAMES[one], _NAMES[other]) for one, other in pairs]
