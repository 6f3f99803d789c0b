"""What vendors publish of their keys beside the JWKS, because their own client libraries ask for it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mock_idp.jose.keys import SigningKey

if TYPE_CHECKING:
    from mock_idp.providers.base import Place

GOOGLE_CERTIFICATES = "/oauth2/v1/certs"


def certificates(place: Place, keys: Sequence[SigningKey]) -> Mapping[str, dict[str, Any]]:
    """Google's older form of its keys, which google-auth verifies ID tokens with: PEM certificates by kid.

    Source: `google.oauth2.id_token`, which fetches https://www.googleapis.com/oauth2/v1/certs.
    """
    return {GOOGLE_CERTIFICATES: {key.kid: _pem(key.x5c()[0]) for key in keys if key.has_certificate}}


def realm(place: Place, keys: Sequence[SigningKey]) -> Mapping[str, dict[str, Any]]:
    """Keycloak's page of a realm, which clients in want of one public key read.

    `public_key` is the newest key that signs, in standard base64 of its SubjectPublicKeyInfo.
    Source: Keycloak, `org.keycloak.representations.idm.PublishedRealmRepresentation`.
    """
    path = f"{place.options['base_path']}/realms/{place.options['realm']}"
    signing = [base64.b64encode(key.spki_der()).decode("ascii") for key in keys if key.use == "sig"]
    url = place.base + path
    document = {
        "realm": place.options["realm"],
        "public_key": signing[0] if signing else None,
        "token-service": f"{url}/protocol/openid-connect",
        "account-service": f"{url}/account",
        "tokens-not-before": 0,
    }
    return {path: document}


def _pem(certificate: str) -> str:
    lines = [certificate[start : start + 64] for start in range(0, len(certificate), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
