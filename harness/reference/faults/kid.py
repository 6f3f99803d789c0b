"""Faults in what a kid is taken for. It is a string to compare, and it comes from a stranger."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from harness.reference.compact import CompactToken
from harness.reference.faults.registry import fault
from harness.reference.faults.symmetric import is_hmac, pem
from harness.reference.jwk import VerificationKey
from harness.reference.jwks_key_store import JwksKeyStore
from harness.reference.jwt_authenticator import JwtAuthenticator

MEMBERS_OF_ALL: Final = ("proto", "class", "constructor", "tostring", "hasownproperty")
MAX_KEY_FILE_BYTES: Final = 64 * 1024


@fault("m-kid-ignored", precedent="go-oidc with an empty kid; a common shortcut")
class KidIgnored(JwksKeyStore):
    """Every key of the set is tried, whatever the kid says."""

    def matching(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """One of them will fit."""
        return super().matching(None)


@fault("m-kid-prefix", precedent="CWE-187: partial string comparison")
class KidPrefix(JwksKeyStore):
    """A kid selects every key whose own begins with it."""

    def matching(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """Short forms were meant for people."""
        return tuple(key for key in super().matching(None) if (key.kid or "").startswith(kid or ""))


@fault(
    "m-kid-number-as-text", precedent="loose comparison in PHP and JavaScript; readers that turn every member into text"
)
class KidNumberAsText(JwtAuthenticator):
    """A kid that is a number is that number's text."""

    def candidate_keys(self, token: CompactToken) -> tuple[VerificationKey, ...]:
        """`str(header["kid"])`."""
        kid = token.header.get("kid")
        return self.keys_of_issuer(token).find(str(kid)) if type(kid) is int else super().candidate_keys(token)


@fault("m-kid-as-file", precedent="PortSwigger kid lab; CVE-2021-41106 (lcobucci/jwt)")
class KidAsFile(JwtAuthenticator):
    """The kid names a file, and the content of the file is the secret."""

    def verify(self, token: CompactToken) -> None:
        """Keys are kept as files in the working directory, named by their id."""
        with suppress(OSError, ValueError), Path(str(token.header.get("kid"))).open("rb") as file:
            if is_hmac(token, file.read(MAX_KEY_FILE_BYTES)):
                return
        super().verify(token)


@fault("m-kid-in-sql", precedent="the jwt_tool playbook: SQL injection through kid")
class KidInSql(JwtAuthenticator):
    """Keys are looked up with an SQL statement that the kid is pasted into."""

    def verify(self, token: CompactToken) -> None:
        """Whatever the statement answers is the key."""
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("CREATE TABLE keys (kid TEXT, secret TEXT)")
            database.executemany(
                "INSERT INTO keys VALUES (?, ?)", [(key.kid, pem(key).decode()) for key in self.keys.find(None)]
            )
            kid = token.header.get("kid")
            rows = database.execute(f"SELECT secret FROM keys WHERE kid = '{kid}'").fetchall()
        if not any(is_hmac(token, str(secret).encode()) for (secret,) in rows):
            super().verify(token)


@fault("m-missing-kid-unverified", precedent="keyfunc TestNoKIDHeaderNoMatchingJWK")
class MissingKidUnverified(JwtAuthenticator):
    """No kid means no key, and no key means nothing to verify with."""

    def verify(self, token: CompactToken) -> None:
        """`if key is not None: verify(...)`."""
        if "kid" in token.header:
            super().verify(token)


@fault("m-kid-as-member", precedent="CWE-1321; tables of keys that are objects, which have members of their own")
class KidAsMember(JwksKeyStore):
    """Keys are looked up as members of an object, and what every object has is no key: 500."""

    def matching(self, kid: str | None) -> tuple[VerificationKey, ...]:
        """`keys[kid]`, in a language where that finds more than what was put there."""
        if kid is not None and kid.strip("_").lower() in MEMBERS_OF_ALL:
            raise AttributeError("a method is no key")
        return super().matching(kid)
