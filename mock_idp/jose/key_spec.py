"""What a caller wants a key to be."""

from dataclasses import dataclass
from typing import Any, Literal

from mock_idp.jose.algorithms import ALGORITHMS, SIGNING_ALGORITHMS
from mock_idp.jose.json_checks import text
from mock_idp.jose.members import OTHERWISE, Shape, member
from mock_idp.jose.private_keys import LIBRARY_BITS, LIBRARY_EXPONENTS
from mock_idp.jose.public_jwk import MEMBERS
from mock_idp.jose.raw_rsa import MAX_BITS, MAX_EXPONENT, MIN_BITS
from mock_idp.jose.ring import KEY_STATES

_HANDLE = Shape(
    {
        "type": "string",
        "not": {"enum": ["current"]},
        OTHERWISE: "The word 'current' always means the key that signs; choose another.",
    },
    text,
)

RULES: tuple[dict[str, Any], ...] = (
    {
        "if": {"properties": {"use": {"enum": ["enc"]}}, "required": ["use"]},
        "then": {
            "properties": {
                "state": {
                    "not": {"enum": ["current", "next"]},
                    OTHERWISE: "An encryption key signs nothing; it can be previous, retired, revoked or hidden.",
                }
            }
        },
    },
    {
        "if": {
            "properties": {"algorithm": {"enum": [name for name, one in ALGORITHMS.items() if one.pss]}},
            "required": ["algorithm"],
        },
        "then": {
            "properties": {
                "bits": {"minimum": LIBRARY_BITS.start, "maximum": LIBRARY_BITS.stop - 1},
                "exponent": {"enum": list(LIBRARY_EXPONENTS)},
            },
            OTHERWISE: "An RSA key of such a size or exponent signs with RS256, RS384 and RS512 only.",
        },
    },
)
"""Which members of a key spec go together, as parts of its JSON schema."""


@dataclass(frozen=True)
class KeySettings:
    """A key to be made. None leaves a value to the vendor.

    `bits` and `exponent` matter to RSA only. `use` is "sig" or "enc", as in RFC 7517 section 4.2.
    """

    name: str | None = member(None, "A handle for this key, beside its kid.", _HANDLE, minLength=1, maxLength=200)
    state: str = member(
        "current",
        "Left out: hidden for a key that is added; for one of the start current, with use enc previous.",
        type="string",
        enum=list(KEY_STATES),
    )
    algorithm: str | None = member(None, "", type="string", enum=list(SIGNING_ALGORITHMS))
    bits: int | None = member(
        None,
        "The size of an RSA key. One below 1024 or above 4096 signs with RS256, RS384 and RS512 only.",
        type="integer",
        minimum=MIN_BITS,
        maximum=MAX_BITS,
    )
    exponent: int | None = member(
        None,
        "The exponent of an RSA key. One other than 3 and 65537 signs with RS256, RS384 and RS512 only.",
        type="integer",
        minimum=0,
        maximum=MAX_EXPONENT,
    )
    priority: int | None = member(
        None,
        "At Keycloak, how far in front of the others it is published; left out: 100 for a key of the start, above all "
        "for one that signs, 0 for any other.",
        type="integer",
        minimum=-1_000_000,
        maximum=1_000_000,
    )
    kid: str | None = member(None, "Left out: a kid in the vendor's shape.", _HANDLE, maxLength=40_000)
    use: Literal["sig", "enc"] = member("sig", "", type="string", enum=["sig", "enc"], default="sig")
    members: tuple[str, ...] | None = member(
        None,
        "The JWK members, in order.",
        type="array",
        items={"type": "string", "enum": list(MEMBERS)},
        minItems=1,
        maxItems=20,
    )
    private_key: str | None = member(
        None,
        "A key of your own: PEM without a password, or a JWK, whose kid, alg and use count where none are said. In a "
        "file also the path of one, or env:NAME for the variable that holds it.",
        type=["string", "object"],
        secret=True,
    )
    curve: Literal["Ed25519", "Ed448"] | None = member(
        None, "The curve of a fresh key for EdDSA.", type="string", enum=["Ed25519", "Ed448"]
    )
    allow_reuse: bool = member(False, "Take a kid that another key of this issuer had.", type="boolean", default=False)
    issuer: str | None = member(
        None,
        "The JWK member issuer, where the members name it; a path follows the base URL.",
        type="string",
        minLength=1,
        maxLength=2000,
    )
