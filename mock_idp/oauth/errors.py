"""The error every part of the flows raises: a problem, before it is known whose words will say it."""

from __future__ import annotations

from mock_idp.vendors.problems import ProblemKind


class OAuthError(Exception):
    """A request that is refused. `kind` is one of `problems.PROBLEM_KINDS`, `value` what was wrong in it."""

    def __init__(self, kind: ProblemKind, value: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.value = value
