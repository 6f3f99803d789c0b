"""What `mock-idp serve` prints: where things are, and commands that work when they are pasted."""

from __future__ import annotations

import json
import shlex
from urllib.parse import urlsplit

from mock_idp.issuer import Issuer
from mock_idp.settings import is_loopback
from mock_idp.tasker_config import tasker_toml

EXAMPLE_SCOPE = "tasks:create tasks:read tasks:list"


def banner(issuer: Issuer, server_url: str, needs_token: bool) -> str:
    """The start message for an issuer.

    In: the URL at which this machine reaches the server, and whether its control API needs a token.
    """
    control = '-H "Authorization: Bearer $MOCK_IDP_CONTROL_TOKEN" ' if needs_token else ""
    rotate = f"{server_url}/_mock/issuers/{issuer.id}/rotate"
    return "\n".join(
        [
            f"Mock identity provider in the manner of {issuer.provider.name}, for testing only.",
            "",
            f"  issuer     {issuer.issuer}",
            f"  JWKS       {issuer.jwks_uri}",
            f"  discovery  {issuer.discovery_url}",
            "",
            "Look at the keys:",
            f"  curl -s {shlex.quote(_from_here(issuer, issuer.jwks_uri, server_url))}",
            "Get a token:",
            f"  {_token_command(issuer, _from_here(issuer, issuer.token_endpoint, server_url))}",
            "Rotate the keys:",
            f"  curl -s -X POST {control}{shlex.quote(rotate)}",
            "",
            "Tasker, in [web.auth]:",
            *(f"  {line}" for line in _tasker(issuer).splitlines()),
            "",
            "Ctrl-C ends it.",
        ]
    )


def _from_here(issuer: Issuer, url: str, server_url: str) -> str:
    """A public URL as this machine can reach it: the public name may mean nothing here."""
    if is_loopback(urlsplit(url).hostname or ""):
        return url
    return server_url + issuer.prefix + url.removeprefix(issuer.place.base)


def _token_command(issuer: Issuer, endpoint: str) -> str:
    """A curl line that gets a client_credentials token, in the manner of the vendor's own documents."""
    client, endpoint = issuer.provider.default_client_id, shlex.quote(endpoint)
    match issuer.provider.name:
        case "auth0":
            document = {
                "client_id": client,
                "client_secret": "secret",
                "audience": issuer.place.audience,
                "grant_type": "client_credentials",
                "scope": EXAMPLE_SCOPE,
            }
            body = shlex.quote(json.dumps(document))
            return f"curl -s {endpoint} -H 'content-type: application/json' -d {body}"
        case "keycloak":
            credentials = f"-d client_id={client} -d client_secret=secret"
        case _:
            credentials = f"-u {client}:secret"
    scope = shlex.quote(f"scope={EXAMPLE_SCOPE}")
    return f"curl -s {endpoint} {credentials} -d grant_type=client_credentials --data-urlencode {scope}"


def _tasker(issuer: Issuer) -> str:
    return tasker_toml(
        jwks_uri=issuer.jwks_uri,
        issuer=issuer.issuer,
        audience=issuer.place.audience,
        permissions_claim=issuer.place.permissions_claim,
        algorithm=issuer.place.algorithm,
    )
