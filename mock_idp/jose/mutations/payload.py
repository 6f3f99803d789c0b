"""Claims changed behind the signer's back."""

from typing import Any

from mock_idp.jose.encoding import compact_json
from mock_idp.jose.jws import compact
from mock_idp.jose.mutations.base import Draft, mutation


@mutation
def replace_payload(draft: Draft, *, claims: dict[str, Any]) -> str:
    """The claims are merged into the payload after signing; the signature stays that of the old payload.

    Source: RFC 7515 section 5.2 step 8; CVE-2021-22573.
    """
    return compact(draft.header, compact_json(draft.claims() | claims, "with.claims"), draft.signature)
