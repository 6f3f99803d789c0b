"""ID tokens (OpenID Connect Core section 2)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from mock_idp.issuer.flow_state import Family
from mock_idp.issuer.id_token_keys import id_token_algorithm, id_token_key
from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.algorithms import find_algorithm
from mock_idp.jose.encoding import b64url_encode
from mock_idp.jose.token_spec import TokenSpec
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import STANDARD_CLAIMS, claims_of, known_of, person_of, subject_of
from mock_idp.settings import ClientSettings
from mock_idp.vendors.base import Vendor
from mock_idp.vendors.context import Claims, IdTokenRequest, IssuerContext, lifetime


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
    known = known_of(grant.user, vendor)
    context = vendor.context_of_user(request.context, known)
    iat, exp = lifetime(_with_lifetime(context, vendor), request.now)
    claims: Claims = {
        "iss": vendor.issuer(context),
        "sub": person_of(grant.user, vendor),
        "aud": audience or client.id,
        "exp": exp,
        "iat": iat,
    }
    if grant.auth_time_asked or vendor.auth_time_of(grant.grant_type):
        claims["auth_time"] = grant.auth_time
    if nonce is not None:
        claims["nonce"] = nonce
    if access_token is not None and vendor.access_token_hash:
        claims["at_hash"] = token_hash(access_token, _algorithm(issuer, context))
    about = IdTokenRequest(
        client_id=client.id,
        session_id=grant.session_id,
        username=grant.user.username,
        subject=subject_of(grant.user, vendor),
        context=context,
        scope=tuple(scope),
        known=known,
        grant_type=grant.grant_type,
        now=request.now,
    )
    claims |= vendor.id_token_extra(about) | (dict(vendor.signed_on_claims) if grant.signed_on else {})
    claims |= vendor.step_up_claims(grant.step_up, "id_token")
    has, given = vendor.id_token_names(about), claims_of(grant.user, scope, vendor)
    left_out = claims.keys() | ({*STANDARD_CLAIMS} - has if has is not None else set())
    claims |= {name: value for name, value in given.items() if name not in left_out}
    claims |= context.extra_claims
    # An access token may have a typ of its own (RFC 9068), an ID token has none but JWT.
    typ = {"typ": "JWT"} if "typ" in issuer.vendor.token_header(context.options) else {}
    claims = _ordered(claims, vendor)
    spec = TokenSpec(kind="user", header=typ, key=id_token_key(vendor, issuer.key_entries()))
    return issuer.mint(spec, context, place="id_token", claims=claims).token


def id_token_of_client(
    request: FlowRequest, client: ClientSettings, account: Claims, access_token: str | None, grant_type: str
) -> str:
    """The ID token of a client that logs in as a user of its own. In: what is said of that user, and how the token was
    asked for. Raises JoseError.
    """
    issuer, vendor, context = request.issuer, request.issuer.vendor, request.context
    iat, exp = lifetime(_with_lifetime(context, vendor), request.now)
    about = IdTokenRequest(
        client_id=client.id,
        session_id="",
        username="",
        subject=str(account["sub"]),
        context=context,
        grant_type=grant_type,
        now=request.now,
    )
    claims: Claims = {
        "iss": vendor.issuer(context),
        "sub": account["sub"],
        "aud": client.id,
        "exp": exp,
        "iat": iat,
        **vendor.id_token_extra(about),
        **account,
        **context.extra_claims,
    }
    if access_token is not None:
        claims["at_hash"] = token_hash(access_token, _algorithm(issuer, context))
    claims = _ordered(claims, vendor)
    spec = TokenSpec(header={"typ": "JWT"}, key=id_token_key(vendor, issuer.key_entries()))
    return issuer.mint(spec, context, place="id_token", claims=claims).token


def _ordered(claims: Claims, vendor: Vendor) -> Claims:
    first = {name: claims[name] for name in vendor.id_token_order if name in claims}
    return first | claims


def _algorithm(issuer: Issuer, context: IssuerContext) -> str:
    return id_token_algorithm(issuer.vendor, issuer.key_entries(), context.token_changes, context.algorithm)


def _with_lifetime(context: IssuerContext, vendor: Vendor) -> IssuerContext:
    """A lifetime that somebody chose for the issuer's tokens is that of ID tokens as well."""
    seconds = vendor.id_token_lifetime_seconds
    if seconds is None or context.token_lifetime_seconds != vendor.default_token_lifetime_seconds:
        return context
    return replace(context, token_lifetime_seconds=seconds)


def token_hash(token: str, algorithm: str) -> str:
    """`at_hash`: the left half of the digest of the signature's own size (Core section 3.1.3.6)."""
    inside = find_algorithm(algorithm).hash
    if inside is not None:
        value = hashlib.new(inside.name, token.encode("ascii")).digest()
    elif algorithm == "Ed448":
        # RFC 8032 section 5.2: SHAKE256 with 114 bytes is inside; of Ed25519 it is SHA-512.
        value = hashlib.shake_256(token.encode("ascii")).digest(114)
    else:
        value = hashlib.sha512(token.encode("ascii")).digest()
    return b64url_encode(value[: len(value) // 2])
