"""The authorization server of a client of the Model Context Protocol: any other provider, as OAuth 2.1 wants it.

Source: Model Context Protocol, Authorization (revisions 2025-06-18, 2025-11-25, 2026-07-28), and what it builds on: RFC
8414, RFC 9207, RFC 9068, OAuth 2.1 section 7.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from mock_idp.vendors.base import Options, OptionSchemas
from mock_idp.vendors.clients import DocumentPlaces
from mock_idp.vendors.context import IssuerContext
from mock_idp.vendors.custom import Custom
from mock_idp.vendors.grant_types import ID_JAG

# RFC 8414 section 2: who takes signed assertions has to say which signatures. RFC 7518 section 3.1, RFC 8037.
_ASSERTION_ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"),
    *("HS256", "HS384", "HS512"),
)
_ISS = ("issuer", "wrong", "slash", "omitted", "unadvertised", "none")


class Mcp(Custom):
    """What MCP clients look for in their first place: metadata, PKCE with S256, the scope as one text."""

    judged_by_default = False
    # RFC 8693 section 4.2, RFC 9068 section 2.2.3: words in one text, which is where MCP servers look.
    default_permissions_claim = "scope"
    challenge_methods = ("S256",)
    # OAuth 2.1 section 10.1 has no password grant.
    grants = tuple(one for one in Custom.grants if one != "password")
    always_pkce = True
    endpoint_paths: ClassVar[Mapping[str, str]] = {**Custom.endpoint_paths, "registration": "/oauth2/register"}
    loopback_ports_vary = True
    bound_resources = True
    identity_grants = True
    option_schemas: ClassVar[OptionSchemas] = {
        **Custom.option_schemas,
        "iss_in_redirect": {
            "type": "string",
            "enum": list(_ISS),
            "default": "issuer",
            "description": "What iss of authorization responses is (RFC 9207): issuer; wrong, another one; slash, with "
            "a slash at the end, or without that of the issuer; omitted, though the metadata promises it; "
            "unadvertised, right, though the metadata says nothing of it; none, neither.",
        },
        "client_documents": {
            "type": "string",
            "enum": ["loopback", "public", "none"],
            "default": "loopback",
            "description": "From where the document is fetched that a client id is the URL of, and the keys behind a "
            "jwks_uri: this machine; public, public addresses as well; none, such an id is like any other.",
        },
        "registration": {
            "type": "boolean",
            "default": True,
            "description": "Whether clients register themselves (RFC 7591).",
        },
    }

    def registers_clients(self, options: Options) -> bool:
        return bool(options["registration"])

    def resource_of_tokens(self, context: IssuerContext) -> bool:
        return True

    def client_documents(self, options: Options) -> DocumentPlaces | None:
        places: DocumentPlaces | Literal["none"] = options["client_documents"]
        return None if places == "none" else places

    def discovery(self, context: IssuerContext) -> dict[str, Any]:
        document = super().discovery(context)
        if not self.registers_clients(context.options):
            del document["registration_endpoint"]
        if self.client_documents(context.options) is not None:
            document["client_id_metadata_document_supported"] = True
        document["token_endpoint_auth_signing_alg_values_supported"] = list(_ASSERTION_ALGORITHMS)
        # draft-ietf-oauth-identity-assertion-authz-grant section 7, draft-ietf-oauth-identity-chaining.
        document["authorization_grant_profiles_supported"] = ["urn:ietf:params:oauth:grant-profile:id-jag"]
        document["identity_chaining_requested_token_types_supported"] = [ID_JAG]
        document["authorization_response_iss_parameter_supported"] = _promises_iss(context.options)
        return document

    def response_issuer(self, context: IssuerContext, usual: str | None) -> str | None:
        issuer, how = self.issuer(context), context.options["iss_in_redirect"]
        if how in ("omitted", "none"):
            return None
        if how == "wrong":
            return "https://another-issuer.example"
        return (issuer.removesuffix("/") if issuer.endswith("/") else f"{issuer}/") if how == "slash" else issuer


def _promises_iss(options: Options) -> bool:
    return options["iss_in_redirect"] not in ("unadvertised", "none")
