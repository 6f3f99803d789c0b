"""Amazon Cognito."""

from ..vendor import Case, Vendor

_CLIENT, _SECRET = "1example23456789abcdefghij", "s3cret-of-the-client"

COGNITO = Vendor(
    name="cognito",
    style="cognito",
    base=("https://cognito-idp.{region}.amazonaws.com", "https://{prefix}.auth.{region}.amazoncognito.com"),
    names={"userPoolId": "eu-west-1_Abcdef123"},
    options={"user_pool": "eu-west-1_Abcdef123"},
    keys=(("RS256", "sig"), ("RS256", "sig")),
    ordered=frozenset({"jwks", "header"}),
    minted={"machine": {"permissions": ["orders/read", "orders/write"]}},
    request={
        "grant_type": "client_credentials",
        "client_id": _CLIENT,
        "client_secret": _SECRET,
        "scope": "orders/read",
    },
    clients=(
        {"id": _CLIENT, "secret": _SECRET},
        {"id": "loginonly", "secret": _SECRET, "grant_types": ["authorization_code"]},
    ),
    cases={
        "unknown_client": Case({"client_id": "nobody"}),
        "bad_secret": Case({"client_secret": "wrong"}),
        "missing_grant_type": Case({"grant_type": None}),
        "unsupported_grant": Case({"grant_type": "not-a-grant"}),
        "grant_not_allowed": Case({"client_id": "loginonly"}),
        "unknown_scope": Case({"scope": "orders/write"}, spec={"scopes": ["orders/read"]}),
        "bad_code": Case({"grant_type": "authorization_code", "code": "made-up"}),
    },
)
