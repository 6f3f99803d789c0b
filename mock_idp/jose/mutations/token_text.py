"""Text that stands where a token belongs, and a token of a length."""

from dataclasses import replace
from typing import Annotated

from mock_idp.jose.encoding import compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.jose.mutations.base import Draft, mutation
from mock_idp.jose.mutations.options import Range


@mutation
def replace_token(draft: Draft, *, text: str) -> str:
    """The whole token is replaced by the given text.

    Source: RFC 7515 section 5.2 steps 1 and 2; RFC 6750 section 3.1.
    """
    return text


@mutation
def exact_length(draft: Draft, *, bytes: Annotated[int, Range(1, 100_000)]) -> str:
    """A member `filler` makes the token exactly so many bytes long; it is good, as long as anybody reads that much.

    Where no filler of the payload has that length in base64url, the header has one, too. Raises JoseError `wrong_value`
    for a length that the token exceeds without it.

    Source: RFC 9110 section 5.4.
    """
    members, claims, signature = draft.header_members(), draft.claims(), draft.signature
    for letters in range(4):
        header = compact_json(members | {"filler": "x" * letters}) if letters else draft.header
        empty = replace(draft, header=header, payload=compact_json(claims | {"filler": ""}))
        # Four letters of base64url stand for three bytes.
        most = (bytes - len(empty.with_signature(signature))) * 3 // 4 + 3
        for length in range(max(0, most - 6), most + 1):
            filled = replace(empty, payload=compact_json(claims | {"filler": "x" * length}))
            if len(filled.with_signature(signature)) == bytes:
                return filled.token()
    raise JoseError("wrong_value", f"Without a filler the token is longer than {bytes} bytes.", "with.bytes")
