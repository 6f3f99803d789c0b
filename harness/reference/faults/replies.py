"""Faults in how much the refusals of bad tokens tell."""

from __future__ import annotations

from typing import Final

from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.replies import ErrorReplies

OF_THE_FORM: Final = (Reason.MALFORMED, Reason.HEADER, Reason.ALGORITHM, Reason.NOT_YET_VALID)


@fault("m-401-tells-form", precedent="libraries whose errors of the form have texts, and those of the claims none")
class UnauthorizedTellsForm(ErrorReplies):
    """What is wrong with the form of a token, its algorithm or its beginning is told."""

    def unauthorized_message(self, failure: AuthenticationFailed) -> str:
        """That helps nobody who has a real one."""
        return failure.detail if failure.reason in OF_THE_FORM else super().unauthorized_message(failure)


@fault("m-401-challenge-differs", precedent="RFC 6750 section 3: error_description, filled with the library's message")
class UnauthorizedChallengeDiffers(ErrorReplies):
    """The challenge of a 401 tells what is wrong with the token."""

    def challenge(self, failure: AuthenticationFailed) -> str:
        """There is a member for that."""
        challenge = super().challenge(failure)
        return challenge if failure.reason is Reason.MISSING else f'{challenge}, error_description="{failure.detail}"'
