"""What Entra ID says of people who log in: members and guests of a tenant, and the tenants behind `common`.

Sources: Microsoft's "ID token claims reference", "Optional claims reference" and "UserInfo endpoint".
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_idp.vendors.context import Claims, IdTokenRequest, IssuerContext
from mock_idp.vendors.entra.claims import BACKDATED_SECONDS, object_id
from mock_idp.vendors.entra.v1 import id_token_names as v1_names
from mock_idp.vendors.entra.v1 import is_v1

SHARED = ("common", "organizations")
"""What stands for all tenants in a path."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# No directory knows whether an address was verified: there is no email_verified anywhere.
_USERINFO = ("sub", "name", "family_name", "given_name", "picture", "email")


def in_their_tenant(context: IssuerContext, known: Mapping[str, Any]) -> IssuerContext:
    """Behind a path for all tenants the issuer is the tenant of the user, where their `tid` names one."""
    tenant_id = known.get("tid")
    if context.options["tenant"] not in SHARED or not isinstance(tenant_id, str) or not _GUID.fullmatch(tenant_id):
        return context
    return replace(context, options={**context.options, "tenant": tenant_id})


def id_token_claims(tenant_id: str, request: IdTokenRequest, version_1: bool) -> Claims:
    """Entra ID's own members of an ID token; `oid` is that of the access token for the same user.

    A guest, who has an `idp` that isn't the tenant, has their address there whatever scope was asked for.
    """
    issued_at = int(request.now) - BACKDATED_SECONDS
    claims: Claims = {"iat": issued_at, "nbf": issued_at, "aio": secrets.token_urlsafe(42)}
    if "idp" in request.known and "email" in request.known:
        claims["email"] = request.known["email"]
    if version_1:
        claims |= {"amr": ["pwd"], **v1_names(request.username)}
    if "profile" in request.scope or version_1:
        claims |= {"oid": object_id(tenant_id, request.subject)}
    if "profile" in request.scope and not version_1:
        name = request.known.get("preferred_username", request.username)
        claims |= {"preferred_username": name, **_optional(request)}
    return claims | {
        "rh": f"0.{secrets.token_urlsafe(33)}.",
        "sid": str(uuid.uuid5(uuid.NAMESPACE_OID, request.session_id)),
        "tid": tenant_id,
        "uti": secrets.token_urlsafe(16),
        "ver": "1.0" if version_1 else "2.0",
    }


def id_token_names(request: IdTokenRequest) -> frozenset[str]:
    """Names other than the full one are in every ID token of version 1.0, and an optional claim of 2.0."""
    parts = {"given_name", "family_name"}
    return frozenset({"name", "email", "preferred_username"} | (parts if is_v1(request.context) else _chosen(request)))


def userinfo(claims: Claims, scope: tuple[str, ...]) -> Claims:
    """The names, the address and where the photo is; nothing can be added to them."""
    photo = {"picture": "https://graph.microsoft.com/v1.0/me/photo/$value"} if "profile" in scope else {}
    said = {**photo, **claims}
    return {name: said[name] for name in _USERINFO if name in said}


def _chosen(request: IdTokenRequest) -> set[str]:
    return {*str(request.context.options["optional_claims"]).split()}


def _optional(request: IdTokenRequest) -> Claims:
    return {"upn": request.username} if "upn" in _chosen(request) else {}
