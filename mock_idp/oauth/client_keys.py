"""The keys that a client signs with: `jwks`, or those at its `jwks_uri` (RFC 7591 section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import Jws, public_key, verifies
from mock_idp.oauth.request import FlowRequest
from mock_idp.settings import ClientSettings

MAX_KEYS = 20


class KeysError(Exception):
    """Keys that could not be had. The argument says why."""


def is_signed_by(request: FlowRequest, client: ClientSettings, jws: Jws) -> bool:
    """Whether one of a client's keys has signed this. Keys at its `jwks_uri` are kept for an hour, and asked for anew
    where none of those that are kept fits: a client may change them at any time.

    Raises KeysError.
    """
    if client.jwks_uri is None:
        return _one_signed(client.keys, jws)
    kept = request.issuer.flows.client_keys.get(client.jwks_uri, request.now)
    return (kept is not None and _one_signed(kept, jws)) or _one_signed(_fetched(request, client), jws)


def _one_signed(keys: Iterable[Mapping[str, Any]], jws: Jws) -> bool:
    return any(verifies(jws, public_key(jwk)) for jwk in keys if jwk.get("kid", jws.kid) == jws.kid)


def _fetched(request: FlowRequest, client: ClientSettings) -> tuple[Mapping[str, Any], ...]:
    # Few clients have such a URL, and it brings TLS with it.
    from mock_idp.oauth.fetched_json import KEPT_SECONDS, fetched_object
    from mock_idp.oauth.fetching import FetchError, Places

    url = str(client.jwks_uri)
    # Who declares a client may name any place; who registers one, or publishes a document, names what others have.
    places: Places | None = "anywhere" if client == request.issuer.clients.clients.get(client.id) else None
    try:
        found = fetched_object(request, url, places).get("keys")
    except FetchError as error:
        raise KeysError(f"its jwks_uri {error}") from None
    if not isinstance(found, list) or len(found) > MAX_KEYS:
        raise KeysError(f"its jwks_uri has no JWK Set of at most {MAX_KEYS} keys")
    keys = tuple(key for key in found if isinstance(key, dict) and _is_for_signatures(key))
    request.issuer.flows.client_keys.put(url, keys, request.now + KEPT_SECONDS)
    return keys


def _is_for_signatures(jwk: Mapping[str, Any]) -> bool:
    """What it cannot read, a reader of a key set passes over (RFC 7517 section 5), and what is for encryption."""
    try:
        public_key(jwk)
    except JoseError:
        return False
    return bool(jwk.get("use", "sig") == "sig")
