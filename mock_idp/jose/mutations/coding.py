"""Header or payload in other bytes than plain UTF-8 JSON; rightly signed, as only the reader can notice."""

import codecs
from dataclasses import replace
from typing import Literal

from mock_idp.jose.encoding import compact_json
from mock_idp.jose.jwe import deflated
from mock_idp.jose.mutations.base import Draft, mutation

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


def _recoded(data: bytes, has_members: bool, encoding: Encoding) -> bytes:
    if encoding == "utf-16-le":
        return data.decode("utf-8").encode("utf-16-le")
    if encoding == "utf-16-bom":
        return codecs.BOM_UTF16_LE + data.decode("utf-8").encode("utf-16-le")
    value = b'"\xff"' if encoding == "invalid-utf8" else b"\xc0\xa2text\xc0\xa2"
    comma = b"," if has_members else b""
    return data.rstrip()[:-1] + comma + b'"recoded":' + value + b"}"
