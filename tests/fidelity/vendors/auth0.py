"""Auth0."""

from ..served import ServedIssuer
from ..vendor import Case, IssuerVariant, Vendor

_CLIENT = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6"
_LOGIN_ONLY, _NO_API = "noGrant0000000000000000000000000", "noApi000000000000000000000000000"
_SECRET = "s3cret-of-the-client"
_API, _OTHER = "https://api.example.com/", "https://other.example.com/"
_GRANT = "not-a-grant"


def _rate_limited(issuer: ServedIssuer) -> None:
    issuer.control("POST", "/faults", {"on": "token", "kind": "rate-limit", "times": 1})


AUTH0 = Vendor(
    name="auth0",
    style="auth0",
    base=("https://{tenant}.{region}.auth0.com", "https://tenant.eu.auth0.com"),
    audience=_API,
    issuers={
        "US tenants created before regional hosts": IssuerVariant(
            spec={"public_url": "https://acme.auth0.com"}, fills={"tenant": "acme"}
        ),
        "custom domain used for the request": IssuerVariant(
            spec={"public_url": "https://login.acme.example"}, fills={"custom_domain": "login.acme.example"}
        ),
    },
    keys=(("RS256", "sig"), ("RS256", "sig")),
    # The recording lost the order of members, so none is confirmed.
    ordered=frozenset(),
    header_variants={
        "API token dialect rfc9068_profile[_authz]": (IssuerVariant({"token_dialect": "rfc9068_profile"}),),
        "API signing algorithm PS256": (IssuerVariant(spec={"algorithm": "PS256"}),),
    },
    minted={
        "machine": {"permissions": ["read:things", "write:things"]},
        "user": {
            "permissions": ["openid", "profile", "read:things"],
            "audience": [_API, "https://tenant.eu.auth0.com/userinfo"],
        },
    },
    # The list of permissions repeats the scope, which is compared.
    mere_examples=frozenset({"claims_m2m.permissions", "claims_user.permissions"}),
    grants_left_out=frozenset(
        {
            "urn:openid:params:grant-type:ciba",
            "http://auth0.com/oauth/grant-type/mfa-otp",
        }
    ),
    not_provoked={"API signing algorithm HS256": "only with a token setting of the issuer or the client"},
    request={
        "grant_type": "client_credentials",
        "client_id": _CLIENT,
        "client_secret": _SECRET,
        "audience": _API,
        "scope": "read:things",
    },
    clients=(
        {"id": _CLIENT, "secret": _SECRET, "scopes": ["read:things"], "audiences": [_API]},
        {"id": _LOGIN_ONLY, "secret": _SECRET, "grant_types": ["authorization_code"]},
        {"id": _NO_API, "secret": _SECRET},
    ),
    cases={
        "unknown_client": Case({"client_id": "nobody"}),
        "bad_secret": Case({"client_secret": "wrong"}),
        "unknown_audience": Case(
            {"audience": "https://nowhere.example/"},
            spec={"audiences": [_API, _OTHER]},
            fills={"audience": "https://nowhere.example/"},
        ),
        "missing_audience": Case({"audience": None, "client_id": _NO_API}, options={"default_audience": False}),
        "client_not_granted": Case(
            {"audience": _OTHER}, spec={"audiences": [_API, _OTHER]}, fills={"audience": _OTHER}
        ),
        "scope_not_granted": Case({"scope": "write:things"}, fills={"scope": "write:things"}),
        "grant_not_allowed": Case({"client_id": _LOGIN_ONLY}),
        "missing_grant_type": Case({"grant_type": None}),
        "unsupported_grant": Case({"grant_type": _GRANT}, fills={"grant_type": _GRANT}),
        "missing_client_id": Case({"client_id": None, "client_secret": None}),
        "rate_limited": Case(before=_rate_limited),
    },
)
