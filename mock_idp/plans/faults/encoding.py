"""Faults in how the usual document is encoded: all of it legal or nearly so, and not every client reads it."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from mock_idp.errors import bad_field
from mock_idp.http11.response import Response
from mock_idp.jose.members import OTHERWISE, param
from mock_idp.plans.faults.base import FaultContext, fault

_PIECE_BYTES = 64
_NOTHING = "This fault changes nothing; say at least one of gzip, bom and chunked."


@fault
@dataclass(frozen=True)
class Encoding:
    """The usual document compressed, behind a byte order mark, or in chunks without a length."""

    kind: ClassVar[str] = "encoding"
    rule: ClassVar[Mapping[str, Any]] = {
        "anyOf": [
            {"properties": {"gzip": {"enum": ["always", "if-accepted"]}}, "required": ["gzip"]},
            {"properties": {"bom": {"enum": [True]}}, "required": ["bom"]},
            {"properties": {"chunked": {"enum": [True]}}, "required": ["chunked"]},
        ],
        OTHERWISE: _NOTHING,
    }
    gzip: Literal["always", "if-accepted"] | None = param(
        None,
        "Compress with gzip: whether the client accepts that or not, or only if it does.",
        type=["string", "null"],
        enum=["always", "if-accepted", None],
    )
    bom: bool = param(False, "Put the byte order mark of UTF-8 in front.", type="boolean")
    chunked: bool = param(False, "Send chunks instead of a Content-Length.", type="boolean")

    def __post_init__(self) -> None:
        if not (self.gzip or self.bom or self.chunked):
            raise bad_field("gzip", _NOTHING)

    def apply(self, context: FaultContext) -> Response:
        """The usual answer, so encoded (RFC 8259 section 8.1, RFC 9110 section 8.4, RFC 9112 section 7.1)."""
        response = context.response()
        if self.bom:
            response = replace(response, body=codecs.BOM_UTF8 + response.body)
        if self.gzip == "if-accepted":
            response = response.with_header("Vary", "Accept-Encoding")
        if self.gzip == "always" or (self.gzip == "if-accepted" and accepts_gzip(context.accept_encoding)):
            response = replace(response, body=gzip.compress(response.body, mtime=0))
            response = response.with_header("Content-Encoding", "gzip")
        if self.chunked:
            pieces = [response.body[at : at + _PIECE_BYTES] for at in range(0, len(response.body), _PIECE_BYTES)]
            response = replace(response, body=b"", chunks=pieces, chunked=True)
        return response


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110 section 12.5.3); an absent one (empty) does not."""
    weights: dict[str, str] = {}
    for coding in accept_encoding.lower().split(","):
        name, _, weight = coding.partition(";")
        weights[name.strip()] = weight.strip()
    weight = weights.get("gzip", weights.get("x-gzip", weights.get("*", "q=0")))
    return weight.removeprefix("q=").strip("0.") != "" or not weight
