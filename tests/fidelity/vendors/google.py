"""Google. It has no client_credentials; the good request is that of a service account."""

import base64
import json
import time

from mock_idp.jose.encoding import b64url_encode
from mock_idp.jose.keys import SigningKey, generate_key

from ..vendor import Case, IssuerVariant, Vendor

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
    names={"client": _CLIENT.partition(".")[0]},
    options={"service_account": "sa@project.iam.gserviceaccount.com", "hosted_domain": "example.com"},
    issuers={"older ID tokens": IssuerVariant({"iss": "host"})},
    audience=_CLIENT,
    keys=(("RS256", "sig"), ("RS256", "sig")),
    ordered=frozenset({"jwks"}),
    minted={
        "machine": {"audience": "https://orders.example.com"},
        "user": {"client_id": _CLIENT, "audience": _CLIENT},
    },
    mere_examples=frozenset({"claims_user.email", "claims_user.name", "claims_user.picture"}),
    # Of six hours, 21532 seconds were left.
    recorded_seconds_after_rotation=68,
    request={"grant_type": _JWT_BEARER, "assertion": _assertion(_KEY, 3600)},
    clients=(
        {"id": _CLIENT, "secret": _SECRET},
        {"id": _ACCOUNT, "keys": [_KEY.public_jwk()]},
    ),
    cases={
        "unsupported_grant": Case({"grant_type": "client_credentials"}, fills={"grant_type": "client_credentials"}),
        "missing_grant_type": Case({"grant_type": None}),
        "unknown_client": _code("nobody.apps.googleusercontent.com", _SECRET),
        "bad_secret": _code(_CLIENT, "wrong"),
        "bad_assertion_signature": Case({"assertion": _assertion(_STRANGER, 3600)}),
        "assertion_too_long": Case({"assertion": _assertion(_KEY, 7200)}),
    },
)
