"""Microsoft Entra ID, v2.0."""

from ..vendor import Case, IssuerVariant, Vendor

_TENANT = "11111111-2222-4333-8444-555555555555"
_CLIENT = "a1b2c3d4-0000-4000-8000-00000000000a"
_SECRET = "s3cret-of-the-client"
_SCOPE = "api://orders/.default"

ENTRA = Vendor(
    name="entra",
    style="entra",
    base=("https://login.microsoftonline.com", "https://graph.microsoft.com", "https://sts.windows.net"),
    names={"tenantId": _TENANT, "tenant": _TENANT},
    options={"tenant": _TENANT, "region": ""},
    variants={"v1": {"version": "1.0"}},
    audience="0f0e0d0c-0000-4000-8000-00000000000b",
    keys=((None, "sig"),) * 5,
    # The recording lost the order of members.
    ordered=frozenset(),
    issuers={
        "v1 token (resource manifest accessTokenAcceptedVersion null/1)": IssuerVariant({"version": "1.0"}),
        "common/organizations discovery document": IssuerVariant({"tenant": "common"}, said="discovery"),
        "consumer accounts": IssuerVariant({"tenant": "9188040d-6c67-4c5b-b112-36a304b66dad"}),
    },
    # Four cookies, which a client sees as one header.
    headers={
        "discovery_headers.set-cookie": r"fpc=.+, esctx=.+, x-ms-gateway-slice=estsfd.*, stsservicecookie=estsfd.*"
    },
    request={
        "grant_type": "client_credentials",
        "client_id": _CLIENT,
        "client_secret": _SECRET,
        "scope": _SCOPE,
    },
    clients=({"id": _CLIENT, "secret": _SECRET, "scopes": [_SCOPE]},),
    jwks_variants={"/common/discovery/v2.0/keys": {"tenant": "common"}, "/{tenantId}/discovery/keys (v1)": {}},
    header_variants={
        "v1 token": (IssuerVariant({"version": "1.0"}),),
        "token for Microsoft Graph and similar": (IssuerVariant({"graph_nonce": "present"}),),
    },
    minted={
        "machine": {"permissions": ["Task.Read"]},
        "user": {"permissions": ["access_as_user", "Files.Read"]},
    },
    mere_examples=frozenset({"claims_user.name", "claims_user.preferred_username"}),
    cases={
        "bad_secret": Case({"client_secret": "wrong"}, fills={"appId": _CLIENT}),
        "missing_secret": Case({"client_secret": None}),
        "unknown_client": Case({"client_id": "nobody"}, fills={"clientId": "nobody", "tenant": _TENANT}),
        "unknown_tenant": Case(path="/elsewhere/oauth2/v2.0/token", fills={"tenant": "elsewhere"}),
        "unknown_audience": Case(
            {"scope": "api://nowhere/.default"},
            options={"resources": "api://orders"},
            fills={"resource": "api://nowhere", "tenant": _TENANT},
        ),
        "unknown_scope": Case({"scope": "api://other/.default"}, spec={"scopes": [_SCOPE]}),
        "scope_not_default": Case({"scope": "api://orders/read"}, fills={"scope": "api://orders/read"}),
        "missing_scope": Case({"scope": None}),
        "missing_grant_type": Case({"grant_type": None}),
        "unsupported_grant": Case({"grant_type": "not-a-grant"}, fills={"grant_type": "not-a-grant"}),
        "resource_parameter": Case({"resource": "api://orders"}),
    },
)
