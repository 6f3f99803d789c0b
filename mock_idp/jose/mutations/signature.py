"""Damaged and exchanged signatures; header and payload stay as they are."""

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric import rsa

from mock_idp.jose.encoding import b64url_encode, compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.jose.jws import compact_text, signing_input
from mock_idp.jose.mutations.base import Draft, mutation
from mock_idp.jose.mutations.options import Range


@mutation
def flip_first_signature_bit(draft: Draft) -> str:
    """The highest bit of the first signature byte is inverted.

    Source: RFC 7515 section 5.2 step 8.
    """
    first, *rest = draft.signature
    return draft.with_signature(bytes([first ^ 0x80, *rest]))


@mutation
def flip_last_signature_bit(draft: Draft) -> str:
    """The lowest bit of the last signature byte is inverted (a real bit, not one base64url leaves unused).

    Source: RFC 7515 section 5.2 step 8.
    """
    *rest, last = draft.signature
    return draft.with_signature(bytes([*rest, last ^ 0x01]))


@mutation
def drop_signature_characters(draft: Draft, *, count: Annotated[int, Range(1)] = 4) -> str:
    """The last `count` characters of the third segment are cut off.

    Source: RFC 7515 section 5.2 step 8.
    """
    text = b64url_encode(draft.signature)
    if count > len(text):
        raise JoseError("wrong_value", f"with.count must be from 1 to {len(text)}, not {count}.", "with.count")
    return compact_text(draft.header, draft.payload, text[:-count])


@mutation
def empty_signature(draft: Draft) -> str:
    """The third segment is empty while the header still names the algorithm (the null signature).

    Source: RFC 7515 section 5.2 step 8; CVE-2020-28042.
    """
    return draft.with_signature(b"")


@mutation
def signature_of_another_token(draft: Draft) -> str:
    """The signature is a good one by the same key, of the same token with `-another` behind its `jti`.

    Source: RFC 7515 section 5.2 step 8.
    """
    claims = draft.claims()
    other = compact_json(claims | {"jti": f"{claims.get('jti', '')}-another"})
    return draft.with_signature(draft.key.sign(signing_input(draft.header, other), draft.algorithm))


@mutation
def zero_signature(draft: Draft) -> str:
    """The signature is all zero bytes, as many as the right one has.

    Source: RFC 7515 section 5.2 step 8; CVE-2022-21449.
    """
    return draft.with_signature(bytes(len(draft.signature)))


@mutation
def double_signature(draft: Draft) -> str:
    """The right signature stands twice, one after the other.

    Source: RFC 8017 section 8.2.2 step 1 (the length is checked first).
    """
    return draft.with_signature(draft.signature * 2)


@mutation
def rsa_same_number(draft: Draft, *, form: Literal["leading-zero", "plus-modulus"]) -> str:
    """The signature is the right number, or one that is congruent to it, in other bytes than its own.

    `leading-zero`: with a zero byte in front, `plus-modulus`: the sum of both, in as few bytes as it needs.

    Source: RFC 8017 sections 8.1.2 and 8.2.2 step 1 (the length), section 5.2.2 step 1 (the range).
    """
    key = draft.key.public_key
    if not isinstance(key, rsa.RSAPublicKey):
        raise JoseError("key_mismatch", "'rsa-same-number' needs an RSA key of 1024 to 4096 bits.", "key")
    if form == "leading-zero":
        return draft.with_signature(b"\0" + draft.signature)
    number = int.from_bytes(draft.signature, "big") + key.public_numbers().n
    return draft.with_signature(number.to_bytes((number.bit_length() + 7) // 8, "big"))
