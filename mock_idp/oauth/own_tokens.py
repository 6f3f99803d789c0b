"""Tokens of this issuer that come back: to userinfo, to introspection, to be exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_idp.issuer.flow_state import Family
from mock_idp.issuer.issuer import Issuer
from mock_idp.issuer.store import digest
from mock_idp.jose.encoding import b64url_decode
from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import Jws, read_jws, verifies
from mock_idp.settings import UserSettings

_CLIENT_CLAIMS = ("client_id", "azp", "cid", "appid")


@dataclass(frozen=True)
class OwnToken:
    """A token that is good now. `claims` are empty where the vendor's tokens are no JWTs.

    `family` is that of a token which went to a client for a user; tokens of machines have none.
    """

    claims: Mapping[str, Any] = field(repr=False)
    scope: tuple[str, ...]
    family: Family | None = field(default=None, repr=False)

    @property
    def client_id(self) -> str | None:
        """The client it was issued to."""
        if self.family is not None:
            return self.family.grant.client_id
        return next((str(self.claims[name]) for name in _CLIENT_CLAIMS if name in self.claims), None)

    def user(self, issuer: Issuer) -> UserSettings | None:
        """The user it is about, or None."""
        if self.family is not None:
            return issuer.clients.user_now(self.family.grant.user)
        subject = self.claims.get("sub")
        return issuer.clients.user_of_subject(subject) if isinstance(subject, str) else None


def own_token(issuer: Issuer, text: str) -> OwnToken | None:
    """The token with this text if this issuer made it, it has not expired, was not revoked and its user is there.

    What the forge broke is not good: the signature is checked with the keys that count at the vendor.
    """
    flows, now = issuer.flows, issuer.clock.now()
    if flows.revoked.get(digest(text), now):
        return None
    issued = flows.access_tokens.get(digest(text), now)
    if issued is not None and _is_over(issuer, issued.family):
        return None
    jws = _checked(issuer, text, now)
    if jws is None and text.count(".") == 2:
        return None
    if issued is not None:
        return OwnToken(jws.claims if jws else {}, issued.scope, issued.family)
    return OwnToken(jws.claims, scope_of(jws.claims)) if jws else None


def _is_over(issuer: Issuer, family: Family) -> bool:
    """Whether the tokens of a grant are good no longer: it has ended, or its user was removed."""
    user = family.grant.user
    return family.ended or (not user.anonymous and issuer.clients.user_now(user) is None)


def scope_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of the scope of a token, from the claim the vendor has them in."""
    value = claims.get("scope", claims.get("scp", ""))
    words = value.split() if isinstance(value, str) else value
    return tuple(str(word) for word in words) if isinstance(words, list) else ()


def _checked(issuer: Issuer, text: str, now: float) -> Jws | None:
    try:
        jws = read_jws(text)
    except JoseError:
        return None
    exp = jws.claims.get("exp")
    if not isinstance(exp, int | float) or exp <= now:
        return None
    return jws if is_ours(issuer, jws) else None


def is_ours(issuer: Issuer, jws: Jws) -> bool:
    """Whether a key that counts at this issuer has signed it, or a secret that it shares."""
    keys = (one.key.public_key for one in issuer.key_entries() if one.state not in issuer.vendor.dead_states)
    return any(verifies(jws, key) for key in (*keys, *_shared_secrets(issuer)))


def _shared_secrets(issuer: Issuer) -> Iterator[bytes]:
    """What the tokens of its clients are signed with, where that is no key of a key set."""
    for changes in (issuer.settings.token, *(client.token for client in issuer.clients.clients.values())):
        if changes.get("mutation") == "hmac-with-secret":
            given = changes["with"]
            yield b64url_decode(given["secret_b64"]) if "secret_b64" in given else given["secret"].encode("utf-8")
