"""The forge: any token, good or broken, from the provider's claims and a token spec."""

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.jose.algorithms import Algorithm, find_algorithm
from mock_idp.jose.encoding import b64url_decode, b64url_encode, utf8
from mock_idp.jose.errors import JoseError
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.mutations import Draft, find_mutation
from mock_idp.jose.raw_json import as_seen, object_bytes
from mock_idp.jose.token_spec import TokenSpec


@dataclass(frozen=True)
class ForgedToken:
    """A finished token.

    Attributes:
        token: its text; not shown in the repr.
        header, claims: what a lenient reader sees: a JSON value, usually an object, or None for no JSON.
        kid: the kid of the key that signed, or would have; the header may say another one.
    """

    token: str = field(repr=False)
    header: Any
    claims: Any
    kid: str


def forge(
    spec: TokenSpec,
    *,
    base_claims: Mapping[str, Any],
    base_header: Mapping[str, Any],
    key: SigningKey,
    now: float,
    header_form: Callable[[Mapping[str, Any]], bytes | None] = lambda members: None,
) -> ForgedToken:
    """Makes the token a spec describes.

    In: `base_claims`, the provider's claims with permissions, subject and audience already in place;
    `base_header`, the provider's header members in its order, where `alg`, `kid` and `x5t` only mark their place;
    a `nonce` among them makes a token that only who knows of it can verify (see `_signed_header`);
    `key`, the key that `spec.key` names; `now` in unix seconds, to which `spec.times` is relative;
    `header_form`, how the provider writes a header: None is JSON without white space.

    Raises:
        JoseError: `key_mismatch` when the key cannot sign with `spec.alg`, or the mutation needs another kind
            of key; `not_json` or `not_utf8` for a value without a form in a token; what the mutation raises.
    """
    algorithm = key.algorithm if spec.alg is None else find_algorithm(spec.alg, "alg")
    header, header_bytes = _header(spec, base_header, algorithm, key, header_form)
    claims, payload_bytes = _payload(spec, base_claims, now)
    draft = Draft(header_bytes, payload_bytes, key, algorithm, _signed_header(base_header, header, header_bytes))
    if spec.mutation is None:
        token = draft.token()
        if header is not None and claims is not None:
            return ForgedToken(token, header, claims, key.kid)
    else:
        token = find_mutation(spec.mutation).apply(draft, spec.with_)
    header_segment, _, rest = token.partition(".")
    return ForgedToken(token, _seen(header_segment), _seen(rest.partition(".")[0]), key.kid)


def _header(
    spec: TokenSpec,
    base: Mapping[str, Any],
    algorithm: Algorithm,
    key: SigningKey,
    form: Callable[[Mapping[str, Any]], bytes | None],
) -> tuple[dict[str, Any] | None, bytes]:
    """The header's members, or None when raw text is part of it, and its bytes."""
    if spec.header_bytes is not None:
        return None, spec.header_bytes
    if spec.header_text is not None:
        return None, utf8(spec.header_text, "header_text")
    members = {**base, "alg": algorithm.name, "kid": key.kid, **spec.header}
    if "x5t" in base and "x5t" not in spec.header:
        members["x5t"] = key.public(with_certificate=True).x5t
        if members["x5t"] is None:
            del members["x5t"]
    for name in spec.header_without:
        members.pop(name, None)
    # Members that a spec makes up may have no form at the provider; the kind of a token is the provider's own word.
    written = form(members) if spec.header.keys() <= {"typ"} and not spec.header_raw else None
    if written is not None:
        return members, written
    return None if spec.header_raw else members, object_bytes(members, spec.header_raw, field="header")


def _signed_header(base: Mapping[str, Any], members: dict[str, Any] | None, shown: bytes) -> bytes | None:
    """The header the signature covers when it is another one: with the SHA-256 of `nonce` in place of the nonce.

    Entra ID signs tokens for Microsoft Graph in this way, so that nobody else takes them for tokens of their own.
    """
    if "nonce" not in base or members is None or not isinstance(members.get("nonce"), str):
        return None
    digest = b64url_encode(hashlib.sha256(members["nonce"].encode()).digest())
    return object_bytes({**members, "nonce": digest}, {}, field="header")


def _payload(spec: TokenSpec, base: Mapping[str, Any], now: float) -> tuple[dict[str, Any] | None, bytes]:
    """The claims, or None when raw text is part of them, and the payload's bytes."""
    if spec.payload_bytes is not None:
        return None, spec.payload_bytes
    if spec.payload is not None:
        return None, utf8(spec.payload, "payload")
    claims = {**base, **spec.claims}
    for name, seconds in spec.times.items():
        claims[name] = math.floor(now) + seconds
    for name in spec.without:
        claims.pop(name, None)
    is_raw = spec.raw or spec.raw_members
    return None if is_raw else claims, object_bytes(claims, spec.raw, spec.raw_members, "claims")


def _seen(segment: str) -> Any:
    try:
        return as_seen(b64url_decode(segment))
    except JoseError:
        return None
