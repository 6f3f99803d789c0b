"""What `mock-idp serve` prints: where things are, and commands that work when they are pasted."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from urllib.parse import urlsplit

from mock_idp.issuer.issuer import Issuer
from mock_idp.settings import DEFAULT_AUDIENCE, is_loopback
from mock_idp.trusting.tasker import tasker_toml

EXAMPLE_SCOPE = "tasks:create tasks:read tasks:list"


def banner(issuer: Issuer, server_url: str, needs_token: bool, ca_file: Path | None = None) -> str:
    """The start message for an issuer.

    In: the URL at which this machine reaches the server, whether its control API needs a token, and the PEM file of
    the CA that curl has to trust, if any.
    """
    curl = "curl -s" if ca_file is None else f"curl -s --cacert {shlex.quote(str(ca_file))}"
    control = '-H "Authorization: Bearer $MOCK_IDP_CONTROL_TOKEN" ' if needs_token else ""
    rotate = f"{server_url}/_mock/issuers/{issuer.id}/rotate"
    return "\n".join(
        [
            f"Mock identity provider in the manner of {issuer.vendor.name}, for testing only.",
            "",
            f"  issuer     {issuer.issuer}",
            f"  JWKS       {issuer.jwks_uri}",
            f"  discovery  {issuer.discovery_url}",
            "",
            "Look at the keys:",
            f"  {curl} {shlex.quote(_from_here(issuer, issuer.jwks_uri, server_url))}",
            "Get a token:",
            f"  {_token_line(issuer, curl, control, server_url)}",
            "Rotate the keys:",
            f"  {curl} -X POST {control}{shlex.quote(rotate)}",
            "",
            *_to_trust(issuer),
            *([] if ca_file is None else _trust(ca_file)),
            "",
            "Ctrl-C ends it.",
        ]
    )


def _to_trust(issuer: Issuer) -> list[str]:
    """What a service is to be told; in Tasker's words where tokens are for Tasker, as they are by default."""
    context = issuer.context
    if context.audience == DEFAULT_AUDIENCE:
        return ["Tasker, in [web.auth]:", *(f"  {line}" for line in _tasker(issuer).splitlines())]
    return [
        "Tell your service:",
        f"  audience   {context.audience}",
        f"  algorithm  {issuer.algorithm}",
        f"  permissions are in the claim {context.permissions_claim}",
    ]


def _trust(ca_file: Path) -> list[str]:
    """What clients need to trust the throw-away certificate: variables for a shell, and the option of curl."""
    path = shlex.quote(str(ca_file))
    return [
        "",
        f"The CA to trust, until the server ends: {ca_file}",
        f"  export SSL_CERT_FILE={path}        # OpenSSL, Python's ssl, httpx, Go",
        f"  export REQUESTS_CA_BUNDLE={path}   # requests",
        f"  export NODE_EXTRA_CA_CERTS={path}  # Node.js",
        f"  curl --cacert {path} ...",
    ]


def _from_here(issuer: Issuer, url: str, server_url: str) -> str:
    """A public URL as this machine can reach it: the public name may mean nothing here."""
    if is_loopback(urlsplit(url).hostname or ""):
        return url
    return server_url + issuer.prefix + url.removeprefix(issuer.context.base)


def _token_line(issuer: Issuer, curl: str, control: str, server_url: str) -> str:
    if "client_credentials" in issuer.vendor.grants:
        return _token_command(issuer, curl, _from_here(issuer, issuer.token_endpoint, server_url))
    # What a service account signs does not fit into a line.
    tokens = f"{server_url}/_mock/issuers/{issuer.id}/tokens"
    return f"{curl} -X POST {control}{shlex.quote(tokens)}"


def _token_command(issuer: Issuer, curl: str, endpoint: str) -> str:
    """A curl line that gets a client_credentials token, in the manner of the vendor's own documents."""
    client, endpoint = issuer.vendor.default_client_id, shlex.quote(endpoint)
    match issuer.vendor.example_credentials:
        case "json":
            document = {
                "client_id": client,
                "client_secret": "secret",
                "audience": issuer.context.audience,
                "grant_type": "client_credentials",
                "scope": EXAMPLE_SCOPE,
            }
            body = shlex.quote(json.dumps(document))
            return f"{curl} {endpoint} -H 'content-type: application/json' -d {body}"
        case "form":
            credentials = f"-d client_id={client} -d client_secret=secret"
        case "basic":
            credentials = f"-u {client}:secret"
    scope = shlex.quote(f"scope={EXAMPLE_SCOPE}")
    return f"{curl} {endpoint} {credentials} -d grant_type=client_credentials --data-urlencode {scope}"


def _tasker(issuer: Issuer) -> str:
    return tasker_toml(
        jwks_uri=issuer.jwks_uri,
        issuer=issuer.issuer,
        audience=issuer.context.audience,
        permissions_claim=issuer.context.permissions_claim,
        algorithm=issuer.algorithm,
    )
