"""A key set far larger than any vendor's."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import ClassVar, Literal

from mock_idp.http11.response import Response
from mock_idp.jose.encoding import b64url_encode
from mock_idp.jose.members import param
from mock_idp.plans.faults.base import FaultContext, fault

# Eight characters in the middle of a modulus are the number of the decoy, so that no two are alike.
_NUMBER = "08d"


@fault
@dataclass(frozen=True)
class Crowd:
    """The usual key set among `count` well-formed RSA keys that nobody signs with, each with a kid of its own."""

    kind: ClassVar[str] = "crowd"
    count: int = param(10_000, "How many decoys, some 440 bytes each.", type="integer", minimum=1, maximum=50_000)
    position: Literal["before", "after"] = param(
        "before", "Where the decoys stand, seen from the usual keys.", type="string", enum=["before", "after"]
    )

    def apply(self, context: FaultContext) -> Response:
        """The usual answer with more keys; one that is no key set stays as it is."""
        response = context.response()
        try:
            document = json.loads(response.body)
        except ValueError:
            return response
        if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
            return response
        usual = json.dumps(document["keys"], separators=(",", ":"))[1:-1].encode("ascii")
        parts = [decoys(self.count), usual] if self.position == "before" else [usual, decoys(self.count)]
        return replace(response, body=b'{"keys":[' + b",".join(part for part in parts if part) + b"]}")


@lru_cache(maxsize=2)
def decoys(count: int) -> bytes:
    """The JSON of that many RSA keys of 2048 bits, without the brackets."""
    start, end = _modulus()
    return ",".join(
        f'{{"kty":"RSA","use":"sig","alg":"RS256","kid":"decoy-{number}","n":"{start}{number:{_NUMBER}}{end}","e":"AQAB"}}'
        for number in range(1, count + 1)
    ).encode("ascii")


@cache
def _modulus() -> tuple[str, str]:
    """The characters before and behind the number: those of a random odd number of 2048 bits.

    It is no product of two primes, which nobody can see and nobody needs, as nothing is signed with it.
    """
    random = secrets.randbits(2048) | 1 << 2047 | 1
    text = b64url_encode(random.to_bytes(256, "big"))
    return text[:160], text[168:]
