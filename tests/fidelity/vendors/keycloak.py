"""Keycloak."""

from ..vendor import Case, IssuerVariant, Vendor

_CLIENT, _SECRET = "svc", "s3cret-of-the-client"

KEYCLOAK = Vendor(
    name="keycloak",
    style="keycloak",
    base=("{base}", "http://host"),
    names={"realm": "demo"},
    options={"realm": "demo"},
    issuers={"WildFly builds before 17 (or http-relative-path=/auth)": IssuerVariant({"base_path": "/auth"})},
    keys=(("RS256", "sig"), ("RSA-OAEP", "enc")),
    ordered=frozenset({"discovery", "jwks", "header", "claims", "response"}),
    header_variants={
        "client attribute access.token.header.type.rfc9068=true (26.2+)": (IssuerVariant({"typ": "at+jwt"}),),
        "realm/client access token signature algorithm": tuple(
            IssuerVariant(spec={"algorithm": algorithm}) for algorithm in ("ES256", "PS256", "EdDSA")
        ),
    },
    minted={
        "machine": {"client_id": "my-client", "audience": "account"},
        "user": {"client_id": "my-client", "audience": ["realm-management", "account"]},
    },
    mere_examples=frozenset(
        {
            *("claims_m2m.clientHost", "claims_m2m.clientAddress"),
            *("claims_user.scope", "claims_user.allowed-origins"),
            *("claims_user.realm_access", "claims_user.resource_access"),
            *("claims_user.name", "claims_user.preferred_username", "claims_user.given_name"),
            *("claims_user.family_name", "claims_user.email"),
        }
    ),
    grants_left_out=frozenset({"urn:ietf:params:oauth:grant-type:uma-ticket", "urn:openid:params:grant-type:ciba"}),
    error_headers=True,
    request={"grant_type": "client_credentials", "client_id": _CLIENT, "client_secret": _SECRET},
    clients=(
        {"id": _CLIENT, "secret": _SECRET, "scopes": []},
        {"id": "browser"},
        {"id": "login-only", "secret": _SECRET, "grant_types": ["authorization_code"]},
    ),
    cases={
        "unknown_client": Case({"client_id": "nobody"}),
        "bad_secret": Case({"client_secret": "wrong"}),
        "missing_secret": Case({"client_secret": None}),
        "missing_client_id": Case({"client_id": None, "client_secret": None}),
        "unparsable_authorization_header": Case({"client_id": None, "client_secret": None}, basic="Basic ???"),
        "missing_grant_type": Case({"grant_type": None}),
        "unsupported_grant": Case({"grant_type": "not-a-grant"}),
        "unknown_scope": Case({"scope": "write:things"}, fills={"scope": "write:things"}),
        "duplicate_parameter": Case({"scope": "read:things"}, more=(("scope", "read:things"),)),
        "service_accounts_disabled": Case({"client_id": "login-only"}),
        "public_client": Case({"client_id": "browser", "client_secret": None}),
        "bearer_only": Case(options={"bearer_only_clients": [_CLIENT]}),
        "https_required": Case(options={"ssl_required": "all"}),
        "realm_disabled": Case(options={"realm_enabled": False}),
        "user_bad_password": Case(
            {"grant_type": "password", "username": "jane", "password": "wrong"},
            spec={"users": [{"username": "jane", "password": "right"}]},
        ),
        "dpop_proof_missing": Case(options={"dpop_clients": [_CLIENT]}),
        "discovery.unknown_realm": Case(path="/realms/elsewhere/.well-known/openid-configuration", method="GET"),
        "discovery.wrong_method": Case(path="/realms/demo/.well-known/openid-configuration"),
        "discovery.unknown_path": Case(path="/nothing/here", method="GET"),
        "unknown_realm": Case(path="/realms/elsewhere/protocol/openid-connect/token"),
    },
)
