"""The one error type of the server: what is wrong, where, and which HTTP status says so."""

from __future__ import annotations


class MockIdpError(Exception):
    """A request or a setting that cannot be carried out. Nothing was changed.

    `status` is the HTTP status of the answer, `code` a stable word for programs, `sentence` one sentence for people,
    `field` the offending member as a dotted path (`keys.0.bits`), or None when no single member is to blame.
    """

    def __init__(self, status: int, code: str, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return f"{self.field}: {self.sentence}" if self.field else self.sentence

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers of the answer: a 401 has to name a way to authenticate (RFC 9110 section 15.5.2)."""
        return (("WWW-Authenticate", "Bearer"),) if self.status == 401 else ()

    def as_json(self) -> dict[str, str | None]:
        """The JSON body of the answer: `error`, `error_description`, `field`."""
        return {"error": self.code, "error_description": self.sentence, "field": self.field}


def bad_field(field: str, sentence: str) -> MockIdpError:
    """A 400 that names the member which is wrong; an empty path is the whole body."""
    return MockIdpError(400, "invalid_field", sentence, field or None)


def not_found(code: str, sentence: str) -> MockIdpError:
    """A 404 for something the caller named and which does not exist."""
    return MockIdpError(404, code, sentence)


def conflict(code: str, sentence: str, field: str | None = None) -> MockIdpError:
    """A 409 for something that would contradict what is already there."""
    return MockIdpError(409, code, sentence, field)
