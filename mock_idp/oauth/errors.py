"""The error answers of a token endpoint (RFC 6749 section 5.2)."""

from __future__ import annotations

from mock_idp.answer import Answer, Headers, json_answer


class OAuthError(Exception):
    """A token request that is refused. `code` is one of RFC 6749 section 5.2, `description` a sentence."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description

    def answer(self) -> Answer:
        """400, or for `invalid_client` 401 with a challenge."""
        headers: Headers = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
        status = 400
        if self.code == "invalid_client":
            status = 401
            headers = (*headers, ("WWW-Authenticate", 'Basic realm="mock-idp"'))
        return json_answer(status, {"error": self.code, "error_description": self.description}, headers)
