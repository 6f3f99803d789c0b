"""The two PEM files of a key: the private one signs, the public one is given to the service."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from harness.base.errors import UsageError
from harness.shown.foreign_text import foreign
from mock_idp.tools.input_file import InputFileError, read_text

PRIVATE_NAME, PUBLIC_NAME = "jwt-private-key.pem", "jwt-public-key.pem"
# RFC 7518 §3.3: RS256 needs 2048 bits or more. Beyond the other limit a key takes minutes to make.
LEAST_BITS, MOST_BITS = 2048, 8192


@dataclass(frozen=True)
class KeyPair:
    """Where the files of one key stand."""

    private: Path
    public: Path


def generate(folder: Path, bits: int = LEAST_BITS, *, replace: bool = False) -> KeyPair:
    """Make an RSA key of so many bits, and write its files to `folder`, which is made when it isn't there.

    The private key is PKCS #8 and only its owner may read it; the public one is a SubjectPublicKeyInfo (RFC 5280
    §4.1). Either both files are written or none. Raises `UsageError` when one of them is there already and `replace`
    is false, or when they can't be written.
    """
    pair = KeyPair(folder / PRIVATE_NAME, folder / PUBLIC_NAME)
    there = [file for file in (pair.private, pair.public) if os.path.lexists(file)]
    if there and not replace:
        raise UsageError(
            f"{there[0]} is there already: whoever trusts it would refuse the tokens of a new key; "
            "name another folder, or replace it with --replace"
        )
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    drafts: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, data, mode in ((pair.private, private, 0o600), (pair.public, public, 0o644)):
            draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
            drafts.append((draft, file))
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
                opened.write(data)
        for draft, file in drafts:
            draft.replace(file)
    except OSError as error:
        raise UsageError(f"the keys can't be written to {folder}: {error.strerror}") from error
    finally:
        for draft, _ in drafts:
            with suppress(OSError):
                draft.unlink()
    return pair


def read_private_key(file: Path) -> RSAPrivateKey:
    """The private key in a PEM file, PKCS #1 or PKCS #8. Raises `UsageError`, without a word of what is in the file."""
    try:
        key = serialization.load_pem_private_key(_pem(file), password=None)
    except TypeError as error:
        raise UsageError(f"{file} is protected by a password; give a key without one") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{file} holds no private key in PEM") from error
    if not isinstance(key, RSAPrivateKey):
        raise UsageError(f"{file} holds a key of another kind; RS256 needs an RSA key")
    _check_length(file, key)
    return key


def read_public_key(file: Path) -> RSAPublicKey:
    """The public key in a PEM file, PKCS #1 or SubjectPublicKeyInfo. Raises `UsageError`."""
    try:
        key = serialization.load_pem_public_key(_pem(file))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{file} holds no public key in PEM") from error
    if not isinstance(key, RSAPublicKey):
        raise UsageError(f"{file} holds a key of another kind; RS256 needs an RSA key")
    _check_length(file, key)
    return key


def _pem(file: Path) -> bytes:
    try:
        return read_text(file).encode()
    except InputFileError as error:
        raise UsageError(f"{file} {foreign(error)}") from error


def _check_length(file: Path, key: RSAPrivateKey | RSAPublicKey) -> None:
    if key.key_size < LEAST_BITS:
        raise UsageError(f"{file} holds a key of {key.key_size} bits; RS256 needs {LEAST_BITS} or more (RFC 7518 §3.3)")
