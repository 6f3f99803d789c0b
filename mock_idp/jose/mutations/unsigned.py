"""Tokens nobody signed."""

from typing import Literal

from mock_idp.jose.encoding import compact_json
from mock_idp.jose.jws import compact
from mock_idp.jose.mutations.base import Draft, mutation


@mutation
def alg_none(
    draft: Draft,
    *,
    alg: str = "none",
    keep_kid: bool = True,
    third: Literal["empty", "missing", "old-signature"] = "empty",
) -> str:
    """The header says that the token is not signed at all.

    `alg` is written as given, so other letter cases can be tried. `third` is the third segment: empty (with
    its dot), missing (without), or the signature the token had before.

    Source: RFC 7519 section 6, RFC 8725 sections 2.1 and 3.2; CVE-2015-9235.
    """
    members = draft.header_members() | {"alg": alg}
    if not keep_kid:
        members.pop("kid", None)
    header = compact_json(members)
    if third == "missing":
        return compact(header, draft.payload, None)
    return compact(header, draft.payload, draft.signature if third == "old-signature" else b"")


@mutation
def unsigned(draft: Draft) -> str:
    """The header stays as it is and nobody signs: the third segment is empty.

    Meant for headers whose `alg` the verifier does not know.

    Source: RFC 7515 section 5.2 step 8; CVE-2026-23993.
    """
    return draft.with_signature(b"")
