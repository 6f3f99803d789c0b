"""The same refusals, from the notes."""

from __future__ import annotations

from harness.reference.replies import ErrorReplies


class NotesReplies(ErrorReplies):
    """Challenges name the realm that they are for."""

    realm = "notes"
