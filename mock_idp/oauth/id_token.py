"""ID tokens (OpenID Connect Core section 2)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mock_idp.issuer.flow_state import Family
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.encoding import b64url_encode, compact_json
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import claims_of, subject_of
from mock_idp.settings import ClientSettings
from mock_idp.vendors.context import Claims, IdTokenRequest, lifetime


def id_token(
    request: FlowRequest,
    client: ClientSettings,
    family: Family,
    scope: Sequence[str],
    access_token: str | None,
    nonce: str | None,
    audience: str | None = None,
) -> str:
    """The ID token that goes with an access token. `audience` of None is the client. Raises JoseError."""
    issuer, grant, vendor = request.issuer, family.grant, request.issuer.vendor
    subject = subject_of(grant.user, vendor)
    iat, exp = lifetime(request.context, request.now)
    claims: Claims = {
        "iss": request.identifier,
        "sub": subject,
        "aud": audience or client.id,
        "exp": exp,
        "iat": iat,
    }
    if vendor.auth_time_of(grant.grant_type):
        claims["auth_time"] = grant.auth_time
    if nonce is not None:
        claims["nonce"] = nonce
    if access_token is not None:
        claims["at_hash"] = token_hash(access_token, issuer.find_key("current").key.algorithm.name)
    extra = IdTokenRequest(client.id, grant.session_id, grant.user.username, subject, request.context)
    claims |= vendor.id_token_extra(extra)
    claims |= {name: value for name, value in claims_of(grant.user, scope, vendor).items() if name not in claims}
    claims |= request.context.extra_claims
    # An access token may have a typ of its own (RFC 9068), an ID token has none but JWT.
    typ = {"typ": "JWT"} if "typ" in issuer.vendor.token_header(request.context.options) else {}
    spec = TokenSpec(kind="user", payload=compact_json(claims).decode("utf-8"), header=typ, key=_signer(issuer))
    return issuer.mint(spec, request.context).token


def _signer(issuer: Issuer) -> str:
    """The key that signs ID tokens; an issuer with keys of its own choice may not have the vendor's."""
    name = issuer.vendor.id_token_key
    return name if any(entry.name == name for entry in issuer.key_entries()) else "current"


def token_hash(token: str, algorithm: str) -> str:
    """`at_hash`: the left half of the digest of the signature's own size (Core section 3.1.3.6)."""
    # Ed25519 signs with SHA-512 inside.
    bits = algorithm[-3:] if algorithm[-3:].isdigit() else "512"
    value = hashlib.new(f"sha{bits}", token.encode("ascii")).digest()
    return b64url_encode(value[: len(value) // 2])
