"""Faults in what a service remembers of tokens that it has seen: asked by too little, kept for too long."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Final

from harness.reference.call import Call
from harness.reference.compact import b64url_bytes, json_object
from harness.reference.errors import AuthenticationFailed, Reason
from harness.reference.faults.registry import fault
from harness.reference.gate import Gate
from harness.reference.jwt_authenticator import JwtAuthenticator
from harness.reference.security_service import SecurityContext

# Behind the end of a usual header and the first claims, before the signature.
PREFIX_CHARACTERS: Final = 512


def unverified(text: str, name: str) -> Any:
    """A claim of a token that nobody has looked at yet; None where it can't be read."""
    with contextlib.suppress(AuthenticationFailed, IndexError):
        return json_object(b64url_bytes(text.split(".")[1])).get(name)
    return None


@fault("m-token-cache-ignores-exp", precedent="the JWT cache of PostgREST")
class TokenCacheIgnoresExp(JwtAuthenticator):
    """A token once verified is remembered and never looked at again."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """A cache of results without an end."""
        if text not in self._verified:
            self._verified[text] = super().authenticate(text)
        return self._verified[text]


@fault("m-token-cache-ignores-keys", precedent="PostgREST#4014, fast-jwt#5")
class TokenCacheIgnoresKeys(JwtAuthenticator):
    """A verified token stays verified until it expires, although its key was withdrawn."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, Mapping[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """Only the claims are checked again."""
        if text not in self._verified:
            self._verified[text] = super().authenticate(text)
        self.claims.check(self._verified[text])
        return dict(self._verified[text])


@fault("m-token-cache-by-jti", precedent="GHSA-rp9m-7r4c-75qg (fast-jwt), the class of keys that are built of claims")
class TokenCacheByJti(JwtAuthenticator):
    """Verified claims are looked up by the `jti` of a token before anybody looks at its signature."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """The name of a token was taken for the token."""
        jti = str(unverified(text, "jti") or text)
        if jti not in self._verified:
            self._verified[jti] = super().authenticate(text)
        self.claims.check(self._verified[jti])
        return self._verified[jti]


@fault("m-token-cache-by-subject", precedent="the advice of GHSA-rp9m-7r4c-75qg (fast-jwt): sub, aud and iat")
class TokenCacheBySubject(JwtAuthenticator):
    """Verified claims are looked up by `sub` and `iat` before anybody looks at the signature."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """Nobody gets two tokens in one second."""
        known = f"{unverified(text, 'sub')} {unverified(text, 'iat')}"
        if known not in self._verified:
            self._verified[known] = super().authenticate(text)
        self.claims.check(self._verified[known])
        return self._verified[known]


@fault("m-token-cache-by-signature", precedent="wso2/product-apim#7406")
class TokenCacheBySignature(JwtAuthenticator):
    """A signature that was right once is right for whatever stands before it."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: set[str] = set()

    def authenticate(self, text: str) -> dict[str, Any]:
        """The third part is the shortest name that a token has."""
        signature = text.rpartition(".")[2]
        if signature in self._verified:
            claims = self.read_claims(self.parse(text))
            self.claims.check(claims)
            return claims
        claims = super().authenticate(text)
        self._verified.add(signature)
        return claims


@fault("m-token-cache-by-signing-input", precedent="the class of keys that leave out the signature")
class TokenCacheBySigningInput(JwtAuthenticator):
    """Header and payload that were verified once are believed with any signature."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """Signatures stay out of memory."""
        signed = text.rpartition(".")[0]
        if signed not in self._verified:
            self._verified[signed] = super().authenticate(text)
        self.claims.check(self._verified[signed])
        return self._verified[signed]


@fault("m-token-cache-by-prefix", precedent="the class of columns and keys that are cut, as at 250 or 512 characters")
class TokenCacheByPrefix(JwtAuthenticator):
    """A cache looks a token up by its first characters, which is all that fits into its key."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """A store that cuts what is too long, and says nothing."""
        beginning = text[:PREFIX_CHARACTERS]
        if beginning not in self._verified:
            self._verified[beginning] = super().authenticate(text)
        self.claims.check(self._verified[beginning])
        return self._verified[beginning]


@fault("m-token-cache-case-folded", precedent="the default collations of MySQL, which compare text without case")
class TokenCacheCaseFolded(JwtAuthenticator):
    """A cache compares tokens without regard to case, so that a changed signature finds the right one's result."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._verified: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """A table whose collation nobody chose."""
        folded = text.lower()
        if folded not in self._verified:
            self._verified[folded] = super().authenticate(text)
        self.claims.check(self._verified[folded])
        return self._verified[folded]


@fault("m-claims-cache-by-subject", precedent="GHSA-rp9m-7r4c-75qg (fast-jwt): keys that several tokens share")
class ClaimsCacheBySubject(JwtAuthenticator):
    """Each token is verified, and then its subject has what the first one granted."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._known: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """Users are loaded once."""
        claims = super().authenticate(text)
        return self._known.setdefault(str(claims.get("sub")), claims)


@fault("m-claims-cache-by-jti", precedent="GHSA-rp9m-7r4c-75qg (fast-jwt): keys that several tokens share")
class ClaimsCacheByJti(JwtAuthenticator):
    """The signature of each token is verified, and then the claims are those of the first one with its `jti`."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._known: dict[str, dict[str, Any]] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """The issuer was trusted to give no name twice."""
        jti = unverified(text, "jti")
        if jti in self._known:
            self.verify(self.parse(text))
            self.claims.check(self._known[jti])
            return self._known[jti]
        claims = super().authenticate(text)
        if isinstance(jti, str):
            self._known[jti] = claims
        return claims


@fault("m-refusal-cached", precedent="the class of negative caches without an end")
class RefusalCached(JwtAuthenticator):
    """A token that was refused once is refused for ever."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._refused: dict[str, AuthenticationFailed] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """What is wrong stays wrong: neither clocks nor keys move."""
        if text in self._refused:
            raise self._refused[text]
        try:
            return super().authenticate(text)
        except AuthenticationFailed as refusal:
            self._refused[text] = refusal
            raise


@fault("m-jti-burnt-by-forgery", precedent="keycloak#49215, libjwt#292")
class JtiBurntByForgery(JwtAuthenticator):
    """The `jti` of a forged token is remembered as used, so that the genuine one is refused."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._burnt: dict[Any, str] = {}

    def authenticate(self, text: str) -> dict[str, Any]:
        """The name was written down before the signature was looked at."""
        jti = unverified(text, "jti")
        if isinstance(jti, str) and self._burnt.get(jti, text) != text:
            raise AuthenticationFailed(Reason.CLAIMS, "the jti was used before")
        try:
            return super().authenticate(text)
        except AuthenticationFailed:
            self._burnt[jti] = text
            raise


@fault("m-decision-cached-for-all-routes", precedent="Lambda authorizers of AWS API Gateway, cached by token alone")
class DecisionCachedForAllRoutes(Gate):
    """What was decided about a token on one route is decided for every route."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._let_in: set[str] = set()

    def authorise(self, context: SecurityContext, call: Call) -> None:
        """The key of the cache is the credential, and the route isn't in it."""
        credential = call.request.headers.get("Authorization", "")
        if credential not in self._let_in:
            super().authorise(context, call)
        if credential:
            self._let_in.add(credential)
