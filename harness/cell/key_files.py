"""PEM texts for a service that verifies with one public key, and the files they stand in: right ones and wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from harness.processes.scratch_folder import ScratchFolder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from harness.cell.session import Session

# Of the file of this name there is none, and in place of this one there is a folder: nobody can read it, root neither.
MISSING, UNREADABLE = "missing", "unreadable"


class KeyFiles:
    """The files of one session, made when they are asked for. The public key of each key that a scenario names has one,
    as SubjectPublicKeyInfo; so has each of `KINDS`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder: ScratchFolder | None = None
        self._paths: dict[str, str] = {}

    def names(self) -> tuple[str, ...]:
        """What a file, and its text, may be asked for by."""
        return (*KINDS, MISSING, UNREADABLE, "attacker", *self._session.kids)

    def text(self, name: str) -> str:
        """The text of a file; "" for one that can't be read."""
        if name in (MISSING, UNREADABLE):
            return ""
        if name in KINDS:
            return KINDS[name](self._session)
        return self._session.issuer.public_pem(self._session.kid(name))

    def path(self, name: str) -> str:
        """Where the file is, absolute. Raises `TargetError` when none can be made."""
        if self._folder is None:
            self._folder = ScratchFolder()
            self._folder.make()
        key = name if name in (*KINDS, MISSING, UNREADABLE) else self._session.kid(name)
        if key not in self._paths:
            path = self._folder.path / f"{name}-{len(self._paths)}.pem"
            self._paths[key] = str(path)
            if name == UNREADABLE:
                path.mkdir()
            elif name != MISSING:
                self._folder.write_secret(path.name, self.text(name))
        return self._paths[key]

    def remove(self) -> None:
        """Remove all files. May be called again."""
        if self._folder is not None:
            self._folder.remove()
            self._folder = None
            self._paths.clear()


def _pkcs1(session: Session) -> str:
    """The issuer's first key as RSAPublicKey (RFC 8017 §A.1.1), as older tools write it."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key  # It loads where it is needed.

    return _public_text(load_pem_public_key(session.issuer.public_pem(session.first_kid).encode()), "PKCS1")


def _certificate(session: Session) -> str:
    """The certificate of the issuer's first key: there is a public key in it, and it is none."""
    return f"-----BEGIN CERTIFICATE-----\n{session.public_member('first', 'x5c')}\n-----END CERTIFICATE-----\n"


@cache
def _private_key() -> str:
    """A private key (PKCS #8) that signs nothing here."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return str(pem, "ascii")


@cache
def _elliptic() -> str:
    """A public key on P-256, with which nothing is verified that RS256 has signed."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return _public_text(ec.generate_private_key(ec.SECP256R1()).public_key(), "SubjectPublicKeyInfo")


def _public_text(key: PublicKeyTypes, form: str) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return str(key.public_bytes(Encoding.PEM, getattr(PublicFormat, form)), "ascii")


# What else may stand in the place of a public key, by the name that scenarios have for it.
KINDS: Final[Mapping[str, Callable[[Session], str]]] = {
    "pkcs1": _pkcs1,
    "certificate": _certificate,
    "private": lambda _: _private_key(),
    "elliptic": lambda _: _elliptic(),
    "empty": lambda _: "",
    "text": lambda _: "no key at all\n",
}
