"""What a client says of itself (RFC 7591 section 2), checked and made into what the flows know of a client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from mock_idp.jose.errors import JoseError
from mock_idp.jose.verification import public_key
from mock_idp.oauth.client_keys import MAX_KEYS
from mock_idp.oauth.redirect_uris import is_redirect_uri
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.scope_policy import IDENTITY_SCOPES, unique
from mock_idp.settings import CLIENT_AUTH_METHODS, FETCHED_URL, REDIRECT_URI, ClientAuthMethod, ClientSettings

MetadataErrorCode = Literal["invalid_redirect_uri", "invalid_client_metadata"]

_REDIRECT_URI = re.compile(REDIRECT_URI)
# What is said back as it was said.
_TEXTS = ("client_name", "client_uri", "logo_uri", "tos_uri", "policy_uri", "software_id", "software_version")
_MAX_URIS = 100
# RFC 7591 section 2: what a client uses that doesn't say it.
_USUAL_GRANTS = ["authorization_code"]
_USUAL_RESPONSES = ["code"]


class MetadataError(Exception):
    """Metadata that is refused. `code` is one of RFC 7591 section 3.2.2, the argument a sentence."""

    def __init__(self, code: MetadataErrorCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def client_of_metadata(
    request: FlowRequest, client_id: str, metadata: Mapping[str, Any], secret: str | None
) -> tuple[ClientSettings, dict[str, Any]]:
    """The client, and its metadata as the server has them: what it doesn't know is left out (section 2).

    In: a secret for a client that authenticates with one; None where nobody can tell it to the client.

    A registered scope narrows nothing: a client may ask for more later. Raises MetadataError.
    """
    grants = _grants(request, metadata)
    method = _auth_method(request, metadata, secret)
    uris = _redirect_uris(metadata)
    if "authorization_code" in grants and not uris:
        raise MetadataError("invalid_redirect_uri", "A client of the code flow needs redirect_uris.")
    responses = _words(metadata, "response_types", _USUAL_RESPONSES if "authorization_code" in grants else [])
    if ("code" in responses) != ("authorization_code" in grants):
        raise _bad("response_types and grant_types must fit together: code goes with authorization_code.")
    keys, jwks_uri = _keys(metadata), _jwks_uri(metadata)
    if method == "private_key_jwt" and not keys and jwks_uri is None:
        raise _bad("A client that authenticates with private_key_jwt needs jwks or a jwks_uri.")
    has_secret = method.startswith("client_secret_")
    client = ClientSettings(
        client_id,
        secret=secret if has_secret else None,
        auth_method=method,
        keys=keys,
        jwks_uri=jwks_uri,
        redirect_uris=uris,
        grant_types=tuple(grants),
    )
    texts = {name: _text(metadata, name) for name in _TEXTS if name in metadata}
    more: dict[str, Any] = {"scope": _scope(request, metadata)} if "scope" in metadata else {}
    if "application_type" in metadata:
        more["application_type"] = _application_type(metadata)
    if "contacts" in metadata:
        more["contacts"] = _words(metadata, "contacts", [])
    if keys:
        more["jwks"] = metadata["jwks"]
    if jwks_uri is not None:
        more["jwks_uri"] = jwks_uri
    return client, {
        "redirect_uris": list(uris),
        "token_endpoint_auth_method": method,
        "grant_types": grants,
        "response_types": responses,
        **texts,
        **more,
    }


def _redirect_uris(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    uris = metadata.get("redirect_uris", [])
    if not isinstance(uris, list) or len(uris) > _MAX_URIS:
        raise MetadataError("invalid_redirect_uri", f"redirect_uris must be a list of at most {_MAX_URIS} URIs.")
    for uri in uris:
        if not isinstance(uri, str) or not _REDIRECT_URI.fullmatch(uri) or not is_redirect_uri(uri):
            raise MetadataError("invalid_redirect_uri", "Each of redirect_uris must be absolute, without a fragment.")
        if urlsplit(uri).scheme.lower() == "http" and not is_here(uri):
            # OAuth 2.1 section 1.5; a program on this machine has no certificate.
            raise MetadataError("invalid_redirect_uri", "A redirect URI of http must be one of this machine.")
    return unique(uris)


def is_here(url: str) -> bool:
    """Whether a URL names this machine as browsers do (RFC 8252 section 7.3, RFC 6761 section 6.3)."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return host in ("localhost", "127.0.0.1", "::1")


def _grants(request: FlowRequest, metadata: Mapping[str, Any]) -> list[str]:
    """The grant types that the vendor has of those that are asked for: it may take others away (section 2)."""
    asked = _words(metadata, "grant_types", _USUAL_GRANTS)
    grants = [one for one in asked if one in request.issuer.vendor.grants]
    if not grants:
        raise _bad("None of these grant_types is supported.")
    return grants


def _auth_method(request: FlowRequest, metadata: Mapping[str, Any], secret: str | None) -> ClientAuthMethod:
    usual = "client_secret_basic" if secret is not None else "none"
    asked = metadata.get("token_endpoint_auth_method", usual)
    known = request.issuer.vendor.discovery(request.context)["token_endpoint_auth_methods_supported"]
    method = next((one for one in CLIENT_AUTH_METHODS if one == asked and one in known), None)
    if method is None:
        raise _bad("This token_endpoint_auth_method is not supported.")
    if secret is None and method.startswith("client_secret_"):
        raise _bad("A client that publishes its metadata has no secret to authenticate with.")
    return method


def _keys(metadata: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    if "jwks" in metadata and "jwks_uri" in metadata:
        raise _bad("jwks and jwks_uri must not both be there.")
    jwks = metadata.get("jwks", {"keys": []})
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or len(keys) > MAX_KEYS or not all(isinstance(key, dict) for key in keys):
        raise _bad(f"jwks must be a JWK Set of at most {MAX_KEYS} keys.")
    try:
        for key in keys:
            public_key(key)
    except JoseError:
        raise _bad("One of jwks is no public key.") from None
    return tuple(keys)


def _jwks_uri(metadata: Mapping[str, Any]) -> str | None:
    """It is asked when the client signs something, and who is asked for what is looked at then."""
    if "jwks_uri" not in metadata:
        return None
    uri = _text(metadata, "jwks_uri")
    if not re.fullmatch(FETCHED_URL, uri) or not (uri.startswith("https://") or is_here(uri)):
        raise _bad("jwks_uri must be an https URL, or an http URL of this machine, without a fragment.")
    return uri


def _scope(request: FlowRequest, metadata: Mapping[str, Any]) -> str:
    """The words there are, where the issuer declares its scopes."""
    known, vendor = request.issuer.settings.scopes, request.issuer.vendor
    words = unique(_text(metadata, "scope").split())
    return " ".join(word for word in words if known is None or word in IDENTITY_SCOPES or vendor.has_scope(word, known))


def _application_type(metadata: Mapping[str, Any]) -> str:
    """`web` or `native`; OpenID Connect Registration section 2 has rules about URIs for them, OAuth has not."""
    if metadata["application_type"] not in ("web", "native"):
        raise _bad("application_type must be web or native.")
    return str(metadata["application_type"])


def _words(metadata: Mapping[str, Any], name: str, usual: list[str]) -> list[str]:
    value = metadata.get(name, usual)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _bad(f"{name} must be a list of texts.")
    return list(unique(value))


def _text(metadata: Mapping[str, Any], name: str) -> str:
    if not isinstance(metadata[name], str):
        raise _bad(f"{name} must be a text.")
    return str(metadata[name])


def _bad(sentence: str) -> MetadataError:
    return MetadataError("invalid_client_metadata", sentence)
