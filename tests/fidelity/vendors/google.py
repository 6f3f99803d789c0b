"""Google. It has no client_credentials; the good request is that of a service account."""

import base64
import json
import time

from mock_idp.jose.encoding import b64url_encode
from mock_idp.jose.keys import SigningKey, generate_key

from ..vendor import Case, Vendor

_ACCOUNT = "svc@project.iam.gserviceaccount.com"
_CLIENT, _SECRET = "1234-abc.apps.googleusercontent.com", "s3cret-of-the-client"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_KEY, _STRANGER = generate_key("ES256", kid="k"), generate_key("ES256", kid="k")
_NOW = int(time.time())


def _assertion(key: SigningKey, seconds: int) -> str:
    claims = {"iss": _ACCOUNT, "scope": "openid", "aud": "https://oauth2.googleapis.com/token"}
    claims |= {"iat": _NOW, "exp": _NOW + seconds}  # type: ignore[dict-item]
    parts = [b64url_encode(json.dumps(part).encode()) for part in ({"alg": "ES256", "kid": "k"}, claims)]
    signature = base64.urlsafe_b64encode(key.sign(".".join(parts).encode())).decode().rstrip("=")
    return ".".join([*parts, signature])


def _code(client_id: str, client_secret: str) -> Case:
    return Case(
        {
            "grant_type": "authorization_code",
            "code": "made-up",
            "client_id": client_id,
            "client_secret": client_secret,
            "assertion": None,
        }
    )


GOOGLE = Vendor(
    name="google",
    style="google",
    base=(
        *("https://accounts.google.com", "https://oauth2.googleapis.com", "https://openidconnect.googleapis.com"),
        "https://www.googleapis.com",
    ),
    audience=_CLIENT,
    keys=(("RS256", "sig"), ("RS256", "sig")),
    ordered=frozenset({"jwks"}),
    exact_claims=frozenset({"iss", "email_verified"}),
    headers={"jwks_headers.cache-control": r"public, max-age=\d+, must-revalidate, no-transform"},
    request={"grant_type": _JWT_BEARER, "assertion": _assertion(_KEY, 3600)},
    clients=(
        {"id": _CLIENT, "secret": _SECRET},
        {"id": _ACCOUNT, "keys": [_KEY.public_jwk()]},
    ),
    not_provoked={"older ID tokens": "the option iss=host; a test of the provider holds it against the base URL"},
    cases={
        "unsupported_grant": Case({"grant_type": "client_credentials"}, fills={"grant_type": "client_credentials"}),
        "missing_grant_type": Case({"grant_type": None}),
        "unknown_client": _code("nobody.apps.googleusercontent.com", _SECRET),
        "bad_secret": _code(_CLIENT, "wrong"),
        "bad_assertion_signature": Case({"assertion": _assertion(_STRANGER, 3600)}),
        "assertion_too_long": Case({"assertion": _assertion(_KEY, 7200)}),
    },
)
