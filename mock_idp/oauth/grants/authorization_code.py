"""authorization_code (RFC 6749 section 4.1.3) with PKCE (RFC 7636 section 4.6)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import Code
from mock_idp.issuer.store import digest
from mock_idp.jose.encoding import b64url_encode
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import has_empty
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import resource_of_token
from mock_idp.oauth.user_tokens import user_token_response
from mock_idp.oauth.users import look_up
from mock_idp.settings import ClientSettings
from mock_idp.vendors.problems import BAD_VERIFIER, NO_VERIFIER, OTHER_CLIENT, UNASKED_VERIFIER, USER_GONE

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def grant(request: FlowRequest, client: ClientSettings, form: Mapping[str, str]) -> Response:
    """Tokens for a code that is fresh, the client's own and was not shown before."""
    reads_empty = request.issuer.vendor.reads_empty_values
    if "code" not in form:
        is_empty = reads_empty and has_empty(request.body, "code")
        raise OAuthError("bad_code") if is_empty else OAuthError("missing_parameter", "code")
    code = _spend(request, client, form["code"])
    if code.redirect_uri is not None and form.get("redirect_uri") != code.redirect_uri:
        raise OAuthError("wrong_redirect_uri", form.get("redirect_uri", ""))
    is_empty = reads_empty and has_empty(request.body, "code_verifier")
    check_verifier(code.challenge, code.challenge_method, "" if is_empty else form.get("code_verifier"))
    granted = code.family.grant
    audience = resource_of_token(request, client, form, granted.audience)
    return user_token_response(request, client, code.family, granted.scope, nonce=granted.nonce, audience=audience)


def _spend(request: FlowRequest, client: ClientSettings, text: str) -> Code:
    flows, now = request.issuer.flows, request.now
    code = flows.codes.get(digest(text), now)
    if code is None:
        raise OAuthError("bad_code", "it was not issued here, or too long ago")
    if code.family.grant.client_id != client.id:
        raise OAuthError("bad_code", OTHER_CLIENT)
    with flows.lock:
        if code.used:
            # RFC 6749 section 4.1.2: whoever has it, tokens that were issued for it are no longer safe.
            code.family.ended = True
            raise OAuthError("bad_code", "it was used before")
        code.used = True
    if code.until <= now:
        raise OAuthError("bad_code", "it has expired")
    if not look_up(request.issuer, code.family):
        raise OAuthError("bad_code", USER_GONE)
    return code


def check_verifier(challenge: str | None, method: str, verifier: str | None) -> None:
    """Whether it proves who asks to be the one that sent the challenge. Raises OAuthError `bad_code_verifier`."""
    if challenge is None:
        if verifier is not None:
            # RFC 9700 section 4.8.2: otherwise an attacker strips the challenge and nobody notices.
            raise OAuthError("bad_code_verifier", UNASKED_VERIFIER)
        return
    if verifier is None:
        raise OAuthError("bad_code_verifier", NO_VERIFIER)
    if not _VERIFIER.fullmatch(verifier):
        raise OAuthError("bad_code_verifier", BAD_VERIFIER)
    if not hmac.compare_digest(_challenge(method, verifier), challenge):
        raise OAuthError("bad_code_verifier", "it does not match the code_challenge")


def _challenge(method: str, verifier: str) -> str:
    return verifier if method == "plain" else b64url_encode(hashlib.sha256(verifier.encode("ascii")).digest())
