"""Text that stands where a token belongs."""

from mock_idp.jose.mutations.base import Draft, mutation


@mutation
def replace_token(draft: Draft, *, text: str) -> str:
    """The whole token is replaced by the given text.

    Source: RFC 7515 section 5.2 steps 1 and 2; RFC 6750 section 3.1.
    """
    return text
