"""The right signature in another serialisation than the compact one, which is the only one of a JWT."""

import json
import re
from typing import Literal

from mock_idp.jose.encoding import b64url_encode, compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.jose.mutations.base import Draft, mutation

Signatures = Literal["one", "valid-and-forged", "forged-and-valid"]

_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


@mutation
def json_flattened(draft: Draft) -> str:
    """The token is the flattened JSON serialisation, rightly signed.

    Source: RFC 7515 section 7.2.2; RFC 7519 section 1; CVE-2022-39227.
    """
    payload = b64url_encode(draft.payload)
    return _json_text({"payload": payload, **_signature(draft, draft.signature)})


@mutation
def json_general(draft: Draft, *, signatures: Signatures = "one") -> str:
    """The token is the general JSON serialisation, with one signature or with a good and a forged one.

    Source: RFC 7515 section 7.2.1; RFC 7519 section 1; CVE-2024-21664.
    """
    signature = draft.signature
    valid, forged = _signature(draft, signature), _signature(draft, bytes([signature[0] ^ 0x80, *signature[1:]]))
    entries = {"one": [valid], "valid-and-forged": [valid, forged], "forged-and-valid": [forged, valid]}[signatures]
    return _json_text({"payload": b64url_encode(draft.payload), "signatures": entries})


@mutation
def unencoded_payload(draft: Draft) -> str:
    """The header says `b64` false, critically, and the second segment is the payload as it is; rightly signed.

    Dots in texts of the payload are escaped, as the compact form has no room for them.

    Source: RFC 7797 sections 5.2, 6 and 7.
    """
    header = b64url_encode(compact_json(draft.header_members() | {"b64": False, "crit": ["b64"]}))
    claims = json.dumps(draft.claims(), separators=(",", ":"))
    payload = _JSON_TEXT.sub(lambda match: match[0].replace(".", "\\u002e"), claims)
    if "." in payload:
        sentence = "An unencoded payload can hold no fraction, as a dot ends it (RFC 7797 section 5.2)."
        raise JoseError("wrong_value", sentence, "claims")
    signed = f"{header}.{payload}"
    return f"{signed}.{b64url_encode(draft.key.sign(signed.encode('ascii'), draft.algorithm))}"


@mutation
def segments(draft: Draft, *, keep: list[str]) -> str:
    """The segments are those that `keep` names, in that order: `header`, `payload`, `signature`, or any other text.

    Source: RFC 7515 section 7.1; RFC 7519 section 7.2; Wycheproof, flag rejectsExtraComponent.
    """
    header, payload, signature = draft.token().split(".")
    known = {"header": header, "payload": payload, "signature": signature}
    return ".".join(known.get(name, name) for name in keep)


def _signature(draft: Draft, signature: bytes) -> dict[str, str]:
    return {"protected": b64url_encode(draft.header), "signature": b64url_encode(signature)}


def _json_text(value: object) -> str:
    return compact_json(value).decode("ascii")
