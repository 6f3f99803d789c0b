"""What stands in Entra ID's access tokens (Microsoft's "Access token claims reference"), v2.0 and v1.0."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid

from mock_idp.jose.encoding import b64url_decode, b64url_encode
from mock_idp.vendors.context import Claims, IssuerContext, TokenRequest, audience_of
from mock_idp.vendors.entra.v1 import DIRECTORY, is_v1, v1_issuer

CLIENT_ID = "6731de76-14a6-49ae-97bc-6eba6914391e"
# A token says that it was issued five minutes earlier than it was, for services whose clock is slow.
BACKDATED_SECONDS = 300
# Scopes about the ID token and the refresh token; they are in no token for an API.
_NOT_OF_AN_API = frozenset({"openid", "profile", "email", "offline_access"})
_USER_ROLE = "b79fbf4d-3ef9-4689-8143-76b194e85509"
_SHORTEST, _LONGEST = 3600, 5400
_GROUPS = 3


def access_claims(context: IssuerContext, request: TokenRequest, issuer: str, tenant_id: str) -> Claims:
    """The claims of an access token. In: its `iss` and its `tid`, beside what every vendor gets."""
    version = str(context.options["version"])
    machine = request.kind == "machine"
    client_id = request.client_id or CLIENT_ID
    iat = int(request.now) - BACKDATED_SECONDS
    oid = object_id(tenant_id, client_id if machine else request.subject or pairwise("user-1"))
    subject = oid if machine else pairwise("user-1")
    claims: Claims = {
        "aud": DIRECTORY if is_v1(context) and request.audience is None else audience_of(context, request),
        "iss": issuer,
        "iat": iat,
        "nbf": iat,
        "exp": int(request.now) + _lifetime(context),
        "acr": "1",
        "aio": secrets.token_urlsafe(42),
        "amr": ["pwd"],
        **_client(version, client_id, machine),
        **_groups(context, tenant_id, oid),
        "idp": v1_issuer(context.base, tenant_id),
        "name": "Ursula User",
        "oid": oid,
        "preferred_username": "user@example.com",
        "rh": f"0.{secrets.token_urlsafe(33)}.",
        **_granted(context, request, machine),
        "sid": str(uuid.uuid4()),
        "sub": request.subject if request.subject is not None else subject,
        "tid": tenant_id,
        "unique_name": "user@example.com",
        "upn": "user@example.com",
        "uti": secrets.token_urlsafe(16),
        "ver": version,
    }
    if context.options["wids"] == "present":
        claims["wids"] = [_USER_ROLE]
    return {name: value for name, value in claims.items() if name not in _absent(version, machine)}


def object_id(tenant_id: str, who: str) -> str:
    """The id of a user or of a service principal in the directory; it stays the same over restarts."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{tenant_id}/{who}"))


def api_scopes(permissions: tuple[str, ...]) -> list[str]:
    """The scopes as an access token names them: without the API's identifier, and without those that no API has.

    `{API}/.default` stands for all that was granted and names nothing itself.
    """
    names = (permission.rpartition("/")[2] if "://" in permission else permission for permission in permissions)
    return [name for name in names if name.rpartition("/")[2] != ".default" and name not in _NOT_OF_AN_API]


def _client(version: str, client_id: str, machine: bool) -> Claims:
    # How the client has authenticated: 1 with a secret, 0 not at all.
    how = "1" if machine else "0"
    return {"azp": client_id, "azpacr": how} if version == "2.0" else {"appid": client_id, "appidacr": how}


def _granted(context: IssuerContext, request: TokenRequest, machine: bool) -> Claims:
    """App roles of an application as an array, delegated permissions of a user as one string."""
    names = api_scopes(tuple(request.permissions))
    claims: Claims = {}
    if machine or context.options["user_permissions"] != "scp":
        # Without an app role the claim is not there.
        # Entra ID's scp is one string, whoever has it, and so is a scope wherever there is one.
        value = " ".join(names) if context.permissions_claim in ("scp", "scope") else names
        claims = {context.permissions_claim: value} if names else {}
    if machine:
        return claims
    in_scp = names if context.options["user_permissions"] != "roles" else []
    return {**claims, "scp": " ".join(in_scp or ["access_as_user"])}


def _groups(context: IssuerContext, tenant_id: str, oid: str) -> Claims:
    """Group ids; above 200 of them the token only says where to ask (groups overage claim)."""
    if context.options["groups"] == "listed":
        return {"groups": [object_id(tenant_id, f"group {number}") for number in range(_GROUPS)]}
    if context.options["groups"] == "overage":
        endpoint = f"https://graph.windows.net/{tenant_id}/users/{oid}/getMemberObjects"
        return {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": endpoint}}}
    return {}


def _absent(version: str, machine: bool) -> set[str]:
    """What has no place in tokens of this version for this kind of subject."""
    # Both are known from tokens of applications.
    opaque: set[str] = set() if machine else {"aio", "rh"}
    v1_only = {"idp", "acr", "amr", "unique_name", "upn"}
    of_users = {"name", "preferred_username", "sid", "acr", "amr", "unique_name", "upn", "groups"}
    of_users |= {"_claim_names", "_claim_sources"}
    absent = v1_only if version == "2.0" else {"preferred_username"}
    return absent | of_users if machine else absent | opaque


def _lifetime(context: IssuerContext) -> int:
    if context.options["lifetime"] == "fixed":
        return context.token_lifetime_seconds
    return _SHORTEST - BACKDATED_SECONDS + secrets.randbelow(_LONGEST - _SHORTEST + 1)


def pairwise(username: str) -> str:
    """The `sub` of a user, 43 characters that say nothing. At the vendor's it differs from client to client as well."""
    return b64url_encode(hashlib.sha256(username.encode()).digest())


def issued_for(context: IssuerContext, token: str) -> int:
    """How many seconds a token was good for when it was made; the issuer's usual life where that is not random."""
    if context.options["lifetime"] == "fixed":
        return context.token_lifetime_seconds
    payload = json.loads(b64url_decode(token.split(".")[1]))
    return int(payload["exp"]) - int(payload["iat"]) - BACKDATED_SECONDS
