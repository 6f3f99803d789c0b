"""ECDSA signatures at the edges of what r and s may be, and of the wrong length."""

from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from mock_idp.jose.errors import JoseError
from mock_idp.jose.mutations.base import Draft, mutation
from mock_idp.jose.signing import raw_ecdsa

EcdsaForm = Literal["r0-s0", "rn-sn", "r1-sn", "r1-s1", "65-bytes", "63-bytes", "der", "zeros-before-both", "swapped"]

CURVE_ORDERS = {
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        16,
    ),
    "secp521r1": int(
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        16,
    ),
}
"""n, the order of the base point, by curve (NIST SP 800-186 section 3.2.1)."""


@mutation
def ecdsa_edge(draft: Draft, *, form: EcdsaForm) -> str:
    """The signature is a pair (r, s) at or beyond the edge of 1 to n-1, or the right one cut, padded or rewritten.

    `65-bytes` is the right signature with a zero byte behind it, `63-bytes` without its last byte; on a
    longer curve they are likewise one byte too long and one too short. `der`: the right one in the form of X.509,
    `zeros-before-both`: with a zero byte before r and one before s, `swapped`: s before r.

    Source: RFC 7518 section 3.4; CVE-2022-21449.
    """
    curve = draft.algorithm.curve
    if curve is None or not isinstance(draft.key.private_key, ec.EllipticCurvePrivateKey):
        sentence = "'ecdsa-edge' needs a key that signs with ES256, ES384 or ES512."
        raise JoseError("key_mismatch", sentence, "key")
    if form == "65-bytes":
        return draft.with_signature(draft.signature + b"\x00")
    if form == "63-bytes":
        return draft.with_signature(draft.signature[:-1])
    if form in ("der", "zeros-before-both", "swapped"):
        return draft.with_signature(_rewritten(form, draft.signature))
    n = CURVE_ORDERS[curve.name]
    r, s = {"r0-s0": (0, 0), "rn-sn": (n, n), "r1-sn": (1, n), "r1-s1": (1, 1)}[form]
    return draft.with_signature(raw_ecdsa(r, s, curve))


def _rewritten(form: EcdsaForm, signature: bytes) -> bytes:
    width = len(signature) // 2
    r, s = signature[:width], signature[width:]
    if form == "der":
        return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    return s + r if form == "swapped" else b"\0" + r + b"\0" + s
