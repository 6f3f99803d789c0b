"""Faults of services that read a scope, or of which a route asks for none; they show with `service` rfc9068."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from harness.reference.faults.registry import fault
from harness.reference.rfc9068.authenticator import AccessTokens
from harness.reference.rfc9068.routes import NotesRoutes
from harness.reference.rfc9068.scopes import Scopes
from harness.reference.routes import Route


@fault("m-scope-in-text", precedent="Python's in and JavaScript's includes on the text of a scope")
class ScopeInText(Scopes):
    """A route's word may stand anywhere in the scope, also inside another word."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """The words are one text again."""
        return required in " ".join(granted)


@fault("m-scope-prefix", precedent="hierarchical scopes where nobody has declared any")
class ScopePrefix(Scopes):
    """A word that begins as the route's does is as good."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Compared up to the length of what is asked for."""
        return any(one.startswith(required) for one in granted)


@fault("m-scope-case-insensitive", precedent="ory/fosite#260")
class ScopeCaseInsensitive(Scopes):
    """The case of a scope's words doesn't count."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Both in lower case."""
        return super().allows([one.lower() for one in granted], required)


@fault("m-scope-comma", precedent="GitHub's X-OAuth-Scopes, which has commas")
class ScopeComma(Scopes):
    """Commas stand between words as well as blanks."""

    def words(self, text: str) -> Collection[str]:
        """One separator too many."""
        return super().words(text.replace(",", " "))


@fault("m-scope-any-blank", precedent="Python's split and Go's strings.Fields, which know many blanks")
class ScopeAnyBlank(Scopes):
    """Tabs, line feeds and other blanks stand between words as well as spaces."""

    def words(self, text: str) -> Collection[str]:
        """RFC 6749 §3.3 has one separator, and no other character of the kind in a scope."""
        return text.split()


@fault("m-scope-first-word", precedent="readers that take scope for one word")
class ScopeFirstWord(Scopes):
    """Only the first word of a scope is read."""

    def words(self, text: str) -> Collection[str]:
        """What stands before the first blank."""
        return text.split(" ")[:1]


@fault("m-scope-any-word", precedent="hasAnyAuthority in place of hasAuthority")
class ScopeAnyWord(Scopes):
    """Whoever has some scope of the service may do everything."""

    def allows(self, granted: Collection[str], required: str) -> bool:
        """Any word that some route asks for."""
        return not required or bool({"notes:read", "notes:write", "labels:read"} & {*granted})


@fault("m-scope-missing-allows", precedent="tokens of an older client, which had no scope")
class ScopeMissingAllows(Scopes):
    """A token without a scope may do everything."""

    def granted(self, claims: Mapping[str, Any]) -> Collection[str]:
        """As if it had all of them."""
        return super().granted(claims) if claims.get("scope") else ("notes:read", "notes:write", "labels:read")


@fault("m-scope-from-other-claims", precedent="gateways that read scope, scp, roles and permissions alike")
class ScopeFromOtherClaims(Scopes):
    """The permissions of another claim count as well."""

    def granted(self, claims: Mapping[str, Any]) -> Collection[str]:
        """Of any that is an array."""
        others = [claims.get(name) for name in ("permissions", "scp", "roles")]
        return [*super().granted(claims), *(word for other in others if isinstance(other, list) for word in other)]


@fault("m-scope-array-crash", precedent="split on a value that some issuers make an array")
class ScopeArrayCrash(Scopes):
    """A scope that is an array breaks the request."""

    def text(self, claims: Mapping[str, Any]) -> str:
        """Whatever stands there."""
        value: str = claims.get("scope", "")
        return value.strip()


@fault("m-at-jwt-not-required", precedent="ID tokens that are taken for access tokens, RFC 9068 §5")
class AtJwtNotRequired(AccessTokens):
    """A JWT that doesn't say that it is an access token is one all the same."""

    def check_type(self, header: Mapping[str, Any]) -> None:
        """Nothing is asked of the header."""


@fault("m-scopeless-route-open", precedent="middleware that is put on routes together with their scope")
class ScopelessRouteOpen(NotesRoutes):
    """A route that asks for no scope asks for no token."""

    def routes(self) -> tuple[Route, ...]:
        """It is registered like a public one."""
        return tuple(replace(one, permission=one.permission or None) for one in super().routes())
