"""What can go wrong, as exceptions that say who is at fault and what the caller may learn."""

from __future__ import annotations

from enum import StrEnum


class SettingsError(ValueError):
    """The service cannot run with these settings.

    `field` is the name of the setting that is wrong, `sentence` says what to do about it.
    """

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field, self.sentence = field, sentence


class Reason(StrEnum):
    """Why a credential was refused: the closed list of label values of `tasker_auth_failures_total`."""

    MISSING = "missing_credentials"
    MALFORMED = "malformed_token"
    HEADER = "unacceptable_header"
    ALGORITHM = "algorithm_not_allowed"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "invalid_signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUER = "wrong_issuer"
    AUDIENCE = "wrong_audience"
    CLAIMS = "malformed_claims"
    PERMISSIONS = "malformed_permissions"
    API_KEY = "invalid_api_key"


class AuthenticationFailed(Exception):
    """The request carries no credential that establishes an identity (401).

    `reason` is counted; `detail` is for the operator's log and never sent to the caller. Neither holds any
    part of the credential.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class PermissionDenied(Exception):
    """The identity is established and lacks `permission` (403, RFC 6750 §3.1)."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class RequestError(Exception):
    """The request itself cannot be answered: `status` (400..499), a machine word `error` and a sentence."""

    def __init__(self, status: int, error: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.headers = headers or {}


class FetchFailed(Exception):
    """The key set could not be fetched or read; the keys known so far stay as they are.

    `retry_after` is the number of seconds the issuer asked to be left alone (RFC 9110 §10.2.3), 0 if
    none.
    """

    def __init__(self, sentence: str, retry_after: float = 0.0) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class UnusableKey(Exception):
    """One entry of a key set is not a key this service can verify signatures with (RFC 7517 §5)."""
