"""Issuers: list, make, show, forget, reset."""

from __future__ import annotations

from mock_idp.control.clients import FLOW_SETTINGS
from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.views import issuer_settings, show_issuer
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
        "private_keys": {
            "type": ["string", "object", "array"],
            "description": "Keys of your own instead: PEM without a password, JWKs, a JWK Set. The first one signs, "
            "the others are published. In a file also the path of one, or env:NAME for the variable that holds them.",
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


_ONE = "/_mock/issuers/{issuer_id}"


def list_issuers(call: Call) -> ControlResponse:
    """All issuers, oldest first."""
    return ControlResponse(200, {"issuers": [show_issuer(issuer) for issuer in call.state.issuers()]})


def create_issuer(call: Call) -> ControlResponse:
    """A new issuer with paths below /i/<id>."""
    return ControlResponse(201, show_issuer(call.state.add(issuer_settings(call.body))))


def show(call: Call) -> ControlResponse:
    """One issuer."""
    return ControlResponse(200, show_issuer(call.issuer))


def delete_issuer(call: Call) -> ControlResponse:
    """Forget an issuer."""
    call.state.remove(call.path["issuer_id"])
    return ControlResponse(204)


def reset_issuer(call: Call) -> ControlResponse:
    """Back to the start."""
    call.issuer.reset()
    return ControlResponse(200, show_issuer(call.issuer))


OPERATIONS = (
    Operation(
        "GET",
        "/_mock/issuers",
        "listIssuers",
        "All issuers, oldest first.",
        list_issuers,
        {200: closed({"issuers": {"type": "array", "items": ref("Issuer")}}, ["issuers"])},
    ),
    Operation(
        "POST",
        "/_mock/issuers",
        "createIssuer",
        "Make an issuer with keys, faults, clock and request log of its own. Its paths begin with /i/<id>.",
        create_issuer,
        {201: ref("Issuer")},
        body=ref("IssuerSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("GET", _ONE, "getIssuer", "One issuer.", show, {200: ref("Issuer")}),
    Operation("DELETE", _ONE, "deleteIssuer", "Forget an issuer.", delete_issuer, {204: None}),
    Operation(
        "POST",
        _ONE + "/reset",
        "resetIssuer",
        "The keys of the start in their first states, no faults, no changes to the JWKS, wall clock, empty log.",
        reset_issuer,
        {200: ref("Issuer")},
    ),
)
