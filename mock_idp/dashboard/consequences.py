"""What a change of the keys would do, in words, before it is done."""

from __future__ import annotations

from mock_idp.issuer.issuer import Issuer
from mock_idp.jose.ring import RingEntry

_SHOWN = 64
HABITS = {
    "prepublished": "The vendor announces a key before it signs with it.",
    "immediate": "The vendor signs with a fresh key at once, which nobody has seen before.",
}


def rotation(issuer: Issuer, habit: str) -> str:
    """What a rotation by this habit would do to the keys as they are now."""
    entries = issuer.key_entries()
    signing = next((entry for entry in entries if entry.state == "current"), None)
    announced = next((entry for entry in entries if entry.state == "next"), None)
    old = (
        "No key signs now."
        if signing is None
        else f"{_called(signing)} no longer signs; it stays published until it is retired or revoked."
    )
    if habit == "immediate":
        return (
            "A fresh key signs from now on, without having been announced: a service that keeps the key set must "
            f"fetch it again when it meets the unknown kid. {old}"
        )
    if announced is None:
        return f"A fresh key signs from now on, as none was announced, and another one is announced. {old}"
    return (
        f"{_called(announced)}, which is in the key set already, signs from now on: a service that has fetched the set "
        f"knows it. {old} A new key is announced as the next one."
    )


def moving(issuer: Issuer, entry: RingEntry, state: str) -> str:
    """What it would do to move a key to another state."""
    key = _called(entry)
    sentences = {
        "current": f"{key} signs from now on"
        + (" and is published." if entry.state not in ("next", "previous") else ".")
        + " The one that signs now becomes a previous key, which stays published.",
        "next": f"{key} is published, and doesn't sign.",
        "previous": f"{key} is published, and doesn't sign. Tokens that it has signed are good.",
        "retired": f"{key} leaves the key set, the ordinary end of an overlap. Tokens that it has signed are good only "
        "for a service that has kept the set.",
        "revoked": f"{key} leaves the key set for good, as if it had leaked; nothing brings it back. A service must no "
        "longer believe its tokens once it has fetched the set again.",
        "removed": f"{key} is forgotten. Its kid stays used; tokens that name it can no longer be made.",
    }
    return sentences[state] + (_nobody_signs(issuer) if entry.state == "current" and state != "current" else "")


def _nobody_signs(issuer: Issuer) -> str:
    if issuer.vendor.makes_missing_key:
        return " It is the one that signs: the vendor makes another one for the next token."
    return " It is the one that signs: no token can be had until another key is made current or the keys rotate."


def _called(entry: RingEntry) -> str:
    kid = entry.key.kid if len(entry.key.kid) <= _SHOWN else f"{entry.key.kid[:_SHOWN]}…"
    return f"Key {kid}" if entry.name is None else f"Key {entry.name} ({kid})"
