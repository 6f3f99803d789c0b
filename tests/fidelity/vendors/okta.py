"""Okta, a custom authorization server."""

from ..served import ServedIssuer
from ..vendor import Case, IssuerVariant, Vendor

_CLIENT, _SECRET = "0oa1a2b3c4d5e6f7g8h9", "s3cret-of-the-client"
_NAMED = "ausa1b2c3d4e5f6g7h8i"
_LOGIN_ONLY = "0oaLoginOnly00000000"
_NOBODY: dict[str, str | None] = {"client_id": None, "client_secret": None}


def _rate_limited(issuer: ServedIssuer) -> None:
    issuer.control("POST", "/faults", {"on": "token", "kind": "rate-limit", "times": 1})


OKTA = Vendor(
    name="okta",
    style="okta",
    base=("https://{domain}", "https://domain"),
    names={"asId": "default"},
    variants={"org AS": {"authorization_server": "org"}},
    issuers={
        "default custom AS": IssuerVariant(),
        "named custom AS": IssuerVariant({"authorization_server": _NAMED}, fills={"17 alnum": _NAMED[3:]}),
        "org AS": IssuerVariant({"authorization_server": "org"}),
        "issuerMode CUSTOM_URL or DYNAMIC": IssuerVariant(
            spec={"public_url": "https://login.acme.example"}, fills={"custom_domain": "login.acme.example"}
        ),
    },
    audience="api://default",
    keys=(("RS256", "sig"), ("RS256", "sig")),
    # The recording lost the order of members.
    ordered=frozenset(),
    remarks=frozenset({"path-insertion form, 2026.06"}),
    header_variants={"org AS token": (IssuerVariant({"authorization_server": "org"}),)},
    minted={
        "machine": {"permissions": ["custom_scope"]},
        "user": {"permissions": ["openid", "profile"]},
    },
    grants_left_out=frozenset(
        {"implicit", "urn:ietf:params:oauth:grant-type:saml2-bearer", "urn:openid:params:grant-type:ciba"}
    ),
    # Of 90 days, 3828277 seconds were left.
    recorded_seconds_after_rotation=90 * 86_400 - 3_828_277,
    request={
        "grant_type": "client_credentials",
        "client_id": _CLIENT,
        "client_secret": _SECRET,
        "scope": "read:things",
    },
    clients=(
        {"id": _CLIENT, "secret": _SECRET},
        {"id": _LOGIN_ONLY, "secret": _SECRET, "grant_types": ["authorization_code"]},
    ),
    cases={
        "unknown_client": Case({"client_id": "nobody"}),
        "bad_secret": Case({"client_secret": "wrong"}),
        "no_credentials": Case(_NOBODY),
        "bad_basic_header": Case(_NOBODY, basic="Basic ???"),
        "client_auth_generic": Case({"client_secret": None}),
        "missing_grant_type": Case({"grant_type": None}),
        "unsupported_grant": Case({"grant_type": "not-a-grant"}),
        "grant_not_allowed": Case({"client_id": _LOGIN_ONLY}),
        "unknown_scope": Case({"scope": "write:things"}, spec={"scopes": ["read:things"]}),
        "no_scope": Case({"scope": None}),
        "openid_scope": Case({"scope": "openid"}),
        "policy": Case(options={"clients_without_policy": [_CLIENT]}),
        "unknown_resource": Case(
            {"resource": "https://nowhere.example/"}, fills={"resource": "https://nowhere.example/"}
        ),
        "org_as_without_private_key_jwt": Case(options={"authorization_server": "org"}),
        "credentials_in_query": Case(query=f"?client_id={_CLIENT}&client_secret={_SECRET}"),
        "dpop_required": Case(options={"dpop_clients": [_CLIENT]}),
        "rate_limited": Case(before=_rate_limited),
    },
)
