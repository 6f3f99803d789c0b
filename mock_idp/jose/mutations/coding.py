"""Parts in other bytes than plain UTF-8 JSON, or in another base64; rightly signed, as only the reader can notice."""

import codecs
import string
from dataclasses import replace
from typing import Literal

from mock_idp.jose.encoding import b64url_encode, compact_json
from mock_idp.jose.errors import JoseError
from mock_idp.jose.jwe import deflated
from mock_idp.jose.mutations.base import Draft, mutation

Spelling = Literal["padding", "standard-alphabet", "other-character", "unused-bits"]
_ALPHABET = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}-_"
Encoding = Literal["utf-16-le", "utf-16-bom", "invalid-utf8", "overlong-quote"]


@mutation
def deflated_payload(draft: Draft) -> str:
    """The payload is compressed and the header says `zip`, which means nothing in a signed token; rightly signed.

    Source: RFC 7516 section 4.1.3; RFC 8725 section 3.6.
    """
    header = compact_json(draft.header_members() | {"zip": "DEF"})
    return replace(draft, header=header, payload=deflated(draft.payload)).token()


@mutation
def recode(draft: Draft, *, part: Literal["header", "payload"], encoding: Encoding) -> str:
    """Header or payload is in another encoding than UTF-8 and signed afterwards.

    `utf-16-le`: without byte order mark, `utf-16-bom`: the same with one. `invalid-utf8`: one more member, whose
    value holds the byte FF. `overlong-quote`: one more member, the quotes around whose value are C0 A2.

    Source: RFC 8725 section 3.7; RFC 7519 section 7.2 steps 4 and 10; RFC 3629 section 3.
    """
    if part == "header":
        return replace(draft, header=_recoded(draft.header, bool(draft.header_members()), encoding)).token()
    return replace(draft, payload=_recoded(draft.payload, bool(draft.claims()), encoding)).token()


@mutation
def respell(draft: Draft, *, part: Literal["header", "payload", "signature"], spelling: Spelling) -> str:
    """One part is base64 in another spelling than that of JWS, and signed as it stands.

    `padding`: with `=` at its end, `standard-alphabet`: with `+` and `/` for `-` and `_`, `other-character`: with a `~`
    in its middle, which stands for nothing, `unused-bits`: with a bit set behind the last byte. A member `respelt` is
    there where the part would be spelt alike otherwise.

    Source: RFC 7515 sections 2 and 5.2; RFC 4648 sections 3.2, 3.3, 3.5 and 5.
    """
    filled = "header" if part == "header" else "payload"
    for length in range(64):
        members = draft.header_members() if filled == "header" else draft.claims()
        data = compact_json(members | {"respelt": "~?" * length}) if length else getattr(draft, filled)
        texts = {"header": b64url_encode(draft.header), "payload": b64url_encode(draft.payload)}
        texts[filled] = b64url_encode(data)
        if part != "signature" and texts[part] == _respelt(texts[part], spelling):
            continue
        if part != "signature":
            texts[part] = _respelt(texts[part], spelling)
        signed = f"{texts['header']}.{texts['payload']}"
        signature = b64url_encode(draft.key.sign(signed.encode("ascii"), draft.algorithm))
        if part != "signature":
            return f"{signed}.{signature}"
        if signature != _respelt(signature, spelling):
            return f"{signed}.{_respelt(signature, spelling)}"
    raise JoseError("key_mismatch", "Signatures of this key have a length that needs no padding.", "key")


def _respelt(text: str, spelling: Spelling) -> str:
    if spelling == "padding":
        return text + "=" * (-len(text) % 4)
    if spelling == "standard-alphabet":
        return text.translate(str.maketrans("-_", "+/"))
    if spelling == "unused-bits":
        return text if len(text) % 4 == 0 else text[:-1] + _ALPHABET[_ALPHABET.index(text[-1]) + 1]
    return f"{text[: len(text) // 2]}~{text[len(text) // 2 :]}"


def _recoded(data: bytes, has_members: bool, encoding: Encoding) -> bytes:
    if encoding == "utf-16-le":
        return data.decode("utf-8").encode("utf-16-le")
    if encoding == "utf-16-bom":
        return codecs.BOM_UTF16_LE + data.decode("utf-8").encode("utf-16-le")
    value = b'"\xff"' if encoding == "invalid-utf8" else b"\xc0\xa2text\xc0\xa2"
    comma = b"," if has_members else b""
    return data.rstrip()[:-1] + comma + b'"recoded":' + value + b"}"
