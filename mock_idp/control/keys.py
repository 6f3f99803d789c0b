"""The keys of an issuer: make, move through their life, export, rotate; and changes to the served set."""

from __future__ import annotations

import json
from collections.abc import Callable

from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.control.views import brought_key_settings, show_key
from mock_idp.errors import not_found
from mock_idp.http11.schema_parts import MAYBE_TEXT, OBJECT, STRING, STRINGS, Json, closed, complete
from mock_idp.issuer.jwks_overlay import JwkEdit, JwksOverlay
from mock_idp.jose.errors import JoseError
from mock_idp.jose.key_spec import RULES, KeySettings
from mock_idp.jose.keys import SigningKey
from mock_idp.jose.members import schemas
from mock_idp.jose.public_jwk import MEMBERS
from mock_idp.jose.ring import KEY_STATES, RingEntry
from mock_idp.jose.rotation import HABITS

KEY_SCHEMAS: dict[str, Json] = {
    "KeySpec": {**closed(schemas(KeySettings)), "allOf": [*RULES]},
    "Key": complete(
        {
            "name": MAYBE_TEXT,
            "kid": STRING,
            "state": {"type": "string", "enum": list(KEY_STATES)},
            "algorithm": STRING,
            "use": STRING,
            "jwk": {"type": "object", "description": "The public key with all usual members."},
            "x5c": {
                **STRINGS,
                "description": "Its self-signed certificate, for the header of a token. Not in lists of keys, and not "
                "of RSA keys whose size or exponent no certificate can hold.",
            },
        },
        optional=("x5c",),
    ),
    "JwksOverlay": closed(
        {
            "before": {"type": "array", "description": "Entries of any shape in front of the real ones."},
            "after": {"type": "array", "description": "Entries of any shape behind the real ones."},
            "edit": {
                "type": "object",
                "additionalProperties": closed({"set": OBJECT, "remove": STRINGS}),
                "description": "By name or kid of the key: members to set, members to remove.",
            },
            "members": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"enum": list(MEMBERS)}, "minItems": 1},
                "description": "By name or kid of the key: its members, in order.",
            },
        }
    ),
    "Jwks": closed({"keys": {"type": "array"}}, ["keys"]),
    "Rotation": complete({"signing": STRING, "published": STRINGS}),
    "Habit": closed({"habit": {"type": "string", "enum": list(HABITS)}}),
}


_KEYS = "/_mock/issuers/{issuer_id}/keys"
_ONE = _KEYS + "/{key}"
_PEM = "application/x-pem-file"
_FORMAT = {"format": {"type": "string", "enum": ["pem", "json"], "default": "pem"}}
_JWKS = "/_mock/issuers/{issuer_id}/jwks"
_STATE = closed({"state": {"type": "string", "enum": list(KEY_STATES)}}, ["state"])


def list_keys(call: Call) -> ControlResponse:
    """All keys of an issuer."""
    return ControlResponse(200, {"keys": [show_key(call.issuer, entry) for entry in call.issuer.key_entries()]})


def create_key(call: Call) -> ControlResponse:
    """A new key; hidden unless another state is named, so that nothing changes by accident."""
    entry = call.issuer.add_key(brought_key_settings(call.body, state="hidden"))
    return ControlResponse(201, show_key(call.issuer, entry, with_certificate=True))


def show(call: Call) -> ControlResponse:
    """One key."""
    return ControlResponse(200, show_key(call.issuer, _find(call), with_certificate=True))


def set_key_state(call: Call) -> ControlResponse:
    """Move a key to another state."""
    _find(call)
    entry = call.issuer.set_key_state(call.path["key"], call.body["state"])
    return ControlResponse(200, show_key(call.issuer, entry, with_certificate=True))


def delete_key(call: Call) -> ControlResponse:
    """Forget a key."""
    _find(call)
    call.issuer.remove_key(call.path["key"])
    return ControlResponse(204)


def public_pem(call: Call) -> ControlResponse:
    """The public key as PEM."""
    return _pem(call, _find(call).key.public_pem())


def private_pem(call: Call) -> ControlResponse:
    """The private key as PEM: the one way by which it leaves the server."""
    return _pem(call, _find(call).key.private_pem())


def rotate_keys(call: Call) -> ControlResponse:
    """One rotation by the vendor's habit."""
    rotation = call.issuer.rotate(call.body.get("habit"))
    return ControlResponse(200, {"signing": rotation.signing, "published": list(rotation.published)})


def put_jwks(call: Call) -> ControlResponse:
    """Change the served set."""
    spec = call.body

    def overlay(find: Callable[[str], SigningKey]) -> JwksOverlay:
        edits = {
            find(handle): JwkEdit(edit.get("set", {}), edit.get("remove", ()))
            for handle, edit in spec.get("edit", {}).items()
        }
        members = {find(handle): tuple(names) for handle, names in spec.get("members", {}).items()}
        for key, names in members.items():
            key.public_jwk(names)
        return JwksOverlay(spec.get("before", ()), spec.get("after", ()), edits, members)

    call.issuer.lay_over(overlay)
    return _served(call)


def clear_jwks(call: Call) -> ControlResponse:
    """Serve the published keys as they are again."""
    call.issuer.lay_over(lambda find: JwksOverlay())
    return _served(call)


def _served(call: Call) -> ControlResponse:
    return ControlResponse(200, json.loads(call.issuer.documents["jwks"].body))


def _pem(call: Call, pem: str) -> ControlResponse:
    if call.query["format"] == "json":
        return ControlResponse(200, {"pem": pem})
    return ControlResponse(200, text=pem, content_type=_PEM)


def _find(call: Call) -> RingEntry:
    try:
        return call.issuer.find_key(call.path["key"])
    except JoseError as error:
        raise not_found(error.code, error.sentence) from None


OPERATIONS = (
    Operation(
        "GET",
        _KEYS,
        "listKeys",
        "All keys, oldest first, public halves only.",
        list_keys,
        {200: closed({"keys": {"type": "array", "items": ref("Key")}}, ["keys"])},
    ),
    Operation(
        "POST",
        _KEYS,
        "createKey",
        "Make a key. It is hidden (known, never published) unless a state is named.",
        create_key,
        {201: ref("Key")},
        body=ref("KeySpec"),
        can_conflict=True,
    ),
    Operation("GET", _ONE, "getKey", "One key, by its name or kid, or `current`.", show, {200: ref("Key")}),
    Operation(
        "PATCH",
        _ONE,
        "setKeyState",
        "Move a key through its life.",
        set_key_state,
        {200: ref("Key")},
        body=_STATE,
        body_required=True,
        can_conflict=True,
    ),
    Operation("DELETE", _ONE, "deleteKey", "Forget a key.", delete_key, {204: None}),
    Operation(
        "GET",
        _ONE + "/public.pem",
        "getPublicPem",
        "The public key as SPKI PEM.",
        public_pem,
        {200: closed({"pem": {"type": "string"}}, ["pem"])},
        query=_FORMAT,
        text=_PEM,
    ),
    Operation(
        "GET",
        _ONE + "/private.pem",
        "getPrivatePem",
        "The private key as PKCS #8 PEM.",
        private_pem,
        {200: closed({"pem": {"type": "string"}}, ["pem"])},
        query=_FORMAT,
        text=_PEM,
        can_conflict=True,
    ),
    Operation(
        "POST",
        "/_mock/issuers/{issuer_id}/rotate",
        "rotateKeys",
        "One rotation: by the vendor's habit, or by the one that is named.",
        rotate_keys,
        {200: ref("Rotation")},
        body=ref("Habit"),
        can_conflict=True,
    ),
    Operation(
        "PUT",
        _JWKS,
        "putJwks",
        "Lay foreign entries and edits over the served key set. Replaces what was laid over it before.",
        put_jwks,
        {200: ref("Jwks")},
        body=ref("JwksOverlay"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("DELETE", _JWKS, "clearJwks", "Serve the keys as they are again.", clear_jwks, {200: ref("Jwks")}),
)
