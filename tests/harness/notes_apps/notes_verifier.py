"""What the three apps have in common: who may do what, by PyJWT."""

from __future__ import annotations

import logging

import jwt


class Verifier:
    """Accepts the access tokens of one issuer; `audience` None is the mistake of not checking it."""

    def __init__(self, issuer: str, jwks_url: str, audience: str | None, claim: str) -> None:
        self._keys = jwt.PyJWKClient(jwks_url)
        self._issuer, self._audience, self._claim = issuer, audience, claim

    def status(self, authorization: str, permission: str) -> int:
        """200, or why not: 401 or 403."""
        scheme, _, token = authorization.partition(" ")
        try:
            if scheme.lower() != "bearer":
                return 401
            key = self._keys.get_signing_key_from_jwt(token)
            options = {"verify_aud": self._audience is not None}
            claims = jwt.decode(
                token, key, algorithms=["RS256"], issuer=self._issuer, audience=self._audience, options=options
            )
        except jwt.PyJWTError as problem:
            logging.getLogger("notes").warning("refused: %s", type(problem).__name__)
            return 401
        granted = claims.get(self._claim)
        return 200 if isinstance(granted, list) and permission in granted else 403
