"""What Microsoft's own libraries ask of Entra ID beside OAuth: which cloud a host belongs to, and who keeps a password.

Sources: what MSAL for Python asks for and reads (`msal.authority`, `msal.application`); answers of
login.microsoftonline.com.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mock_idp.http11.response import Response, json_response
from mock_idp.jose.encoding import b64url_encode
from mock_idp.vendors.context import IssuerRequest
from mock_idp.vendors.entra.claims import object_id

INSTANCE_DISCOVERY = "/common/discovery/instance"
_PUBLIC_CLOUD = {
    "preferred_network": "login.microsoftonline.com",
    "preferred_cache": "login.windows.net",
    "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
}
_USER_REALM = re.compile(r"/common/userrealm/([^/]+)$")


def instance_document(base: str, tenant: str) -> dict[str, Any]:
    """The document at `/common/discovery/instance`: the hosts of the public cloud, and the mock's own where it differs.

    In: the base URL, the tenant as the path names it. Its document is named whatever tenant was asked about.
    """
    host = urlsplit(base).netloc
    own = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
    return {
        "tenant_discovery_endpoint": f"{base}/{tenant}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [_PUBLIC_CLOUD] if host in _PUBLIC_CLOUD["aliases"] else [_PUBLIC_CLOUD, own],
    }


def user_realm(request: IssuerRequest) -> Response | None:
    """Where the password of a user is checked: here (Managed), for each name with a domain. None at other paths."""
    found = _USER_REALM.search(request.path)
    if found is None or request.method != "GET" or parse_qs(request.query).get("api-version") != ["1.0"]:
        return None
    _, at, domain = found[1].rpartition("@")
    account = {"account_type": "Managed", "domain_name": domain} if at else {"account_type": "Unknown"}
    return json_response(
        200,
        {
            "ver": "1.0",
            **account,
            "cloud_instance_name": "microsoftonline.com",
            "cloud_audience_urn": "urn:federation:MicrosoftOnline",
        },
    )


def client_info(tenant_id: str, subject: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """The member of a token response that tells a library the account, for a request with `client_info=1`.

    In: the `tid` and the `sub` of the user. `uid` is the `oid` of their tokens, `utid` the `tid`.
    """
    if parameters.get("client_info") != "1":
        return {}
    account = {"uid": object_id(tenant_id, subject), "utid": tenant_id}
    return {"client_info": b64url_encode(json.dumps(account, separators=(",", ":")).encode())}
