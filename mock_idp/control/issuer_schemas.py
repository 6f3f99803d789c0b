"""The JSON schemas of issuers."""

from __future__ import annotations

from mock_idp.control.client_schemas import FLOW_SETTINGS
from mock_idp.control.operation import ref
from mock_idp.http11.schema_parts import OBJECT, STRING, TEXT, Json, chosen_by, closed, complete
from mock_idp.jose.algorithms import SIGNING_ALGORITHMS
from mock_idp.jose.members import OTHERWISE
from mock_idp.plans.queue import MAX_PLANNED
from mock_idp.settings import NO_PUBLIC_URL, PUBLIC_URL
from mock_idp.vendors import VENDORS
from mock_idp.vendors.base import Vendor


def _style(vendor: Vendor) -> Json:
    """What an issuer spec has to be that names this style."""
    return {
        "type": "object",
        "properties": {
            "style": {"type": "string", "enum": [vendor.name]},
            "options": closed(dict(vendor.option_schemas)),
        },
        "required": ["style"],
    }


_STYLES = {name: f"{name.capitalize()}Style" for name in VENDORS}

_ISSUER_SPEC = closed(
    {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"},
        "style": {"type": "string", "enum": list(VENDORS)},
        "audience": TEXT,
        "permissions_claim": TEXT,
        "algorithm": {"type": "string", "enum": list(SIGNING_ALGORITHMS)},
        "public_url": {
            "type": "string",
            "pattern": PUBLIC_URL,
            "maxLength": 2000,
            OTHERWISE: NO_PUBLIC_URL,
            "description": "Replaces the server's public URL for this issuer; the path of the issuer follows.",
        },
        "token_lifetime_seconds": {"type": "integer", "minimum": 1, "maximum": 315_360_000},
        "options": {"type": "object", "description": "The options of the style."},
        "keys": {
            "type": "array",
            "items": ref("KeySpec"),
            "maxItems": 50,
            "description": "The keys of the start instead of the vendor's usual ones.",
        },
        **FLOW_SETTINGS,
        "script": {
            "type": "array",
            "items": ref("ScriptSpec"),
            "maxItems": MAX_PLANNED,
            "description": "The scripted answers of the start.",
        },
    },
    ["style"],
)

ISSUER_SCHEMAS: dict[str, Json] = {
    "IssuerSpec": {**_ISSUER_SPEC, **chosen_by("style", {name: ref(part) for name, part in _STYLES.items()})},
    **{part: _style(VENDORS[name]) for name, part in _STYLES.items()},
    "Issuer": complete(
        {
            "id": STRING,
            "style": {"type": "string", "enum": list(VENDORS)},
            "issuer": STRING,
            "jwks_uri": STRING,
            "discovery_url": STRING,
            "token_endpoint": STRING,
            "audience": STRING,
            "permissions_claim": STRING,
            "algorithm": STRING,
            "token_lifetime_seconds": {"type": "integer"},
            "options": OBJECT,
            "mount": {"type": "string", "description": "root, or the prefix of its paths."},
            "keys": {"type": "array", "items": ref("Key")},
            "tasker": complete(
                {"jwks_url": STRING, "jwt_issuer": STRING, "jwt_audience": STRING, "permissions_claim": STRING}
            ),
        }
    ),
}
