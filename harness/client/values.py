"""The credentials of one case, made anew for each run, and the words in braces that stand for them."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key

from harness.shown.foreign_text import ForeignText, foreign, lines_of
from harness.shown.private_numbers import private_numbers
from harness.shown.redaction import Secrets
from harness.static_key import pem_files
from harness.static_key.tokens import ALGORITHM, Grant, issue

_WORD = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)?)\}")
_MADE = re.compile(r"(token|key)\.[a-z0-9_-]+")
PRIVATE_KEY, MINTED = "private_key", "minted"
FIRST = ("url", "port")
_LIFETIME_SECONDS = 3600.0
# As much of a value that nobody expects as tells what it may be.
_SHOWN_CHARACTERS = 4


def unknown_word(text: str, apis: Iterable[str]) -> str | None:
    """The first word in braces that stands for nothing."""
    known = {*apis, *FIRST, PRIVATE_KEY, MINTED}
    return next((word for word in _WORD.findall(text) if word not in known and not _MADE.fullmatch(word)), None)


class Values:
    """What words stand for in one case: `{token.NAME}` a JWT, `{key.NAME}` an API key, `{private_key}` a PEM file.

    That file is made in `folder`. `addresses` are those of the APIs; `{url}` and `{port}` are the first one's.
    `{minted}` stands for any token that the private key signs.
    """

    def __init__(self, addresses: Mapping[str, str], folder: Path) -> None:
        first = next(iter(addresses.values()))
        self._addresses = {**dict(zip(FIRST, (first, str(urlsplit(first).port)), strict=True)), **addresses}
        self._folder = folder
        self._made: dict[str, str] = {}
        self.secrets = Secrets()

    @cached_property
    def _pair(self) -> pem_files.KeyPair:
        pair = pem_files.generate(self._folder)
        for number in private_numbers(pair.private.read_text(encoding="ascii")).values():
            self.secrets.add_octets(number)
        return pair

    @cached_property
    def _signer(self) -> RSAPrivateKey:
        return pem_files.read_private_key(self._pair.private)

    @cached_property
    def _public(self) -> RSAPublicKey:
        return pem_files.read_public_key(self._pair.public)

    def fill(self, text: str) -> str:
        """The text with its words replaced. What else stands in braces stays: the command may be anybody's."""
        return _WORD.sub(lambda found: self._value(found[1], found[0]), text)

    def _value(self, word: str, otherwise: str) -> str:
        if word in self._addresses:
            return self._addresses[word]
        if word == PRIVATE_KEY:
            return str(self._pair.private)
        if not _MADE.fullmatch(word):
            return otherwise
        if word not in self._made:
            self._made[word] = self._token(word) if word.startswith("token.") else self._key()
        return self._made[word]

    def _key(self) -> str:
        key = f"sk-{secrets.token_hex(16)}"
        self.secrets.add_text(key)
        return key

    def _token(self, word: str) -> str:
        """A real one, since a client may look at it."""
        grant = Grant("tasker-core", "tasker-api", f"{word}-{secrets.token_hex(8)}", ("tasks:list",))
        token = issue(_idp_key(), grant, now=time.time(), lifetime_seconds=_LIFETIME_SECONDS)
        self.secrets.add_token(token)
        return token

    def holds_secret(self, text: str | ForeignText) -> bool:
        """Whether one of the credentials stands in it."""
        return any(value in text for value in self._made.values())

    def fits(self, template: str, value: str) -> bool:
        """Whether a header's value is what the template says."""
        if MINTED not in template:
            return value == self.fill(template)
        before, _, after = template.partition(f"{{{MINTED}}}")
        if not (value.startswith(before) and value.endswith(after)):
            return False
        return self._is_minted(value[len(before) : len(value) - len(after) or None])

    def _is_minted(self, token: str) -> bool:
        self.secrets.add_token(token)
        try:
            jwt.decode_complete(token, self._public, [ALGORITHM], options={"verify_aud": False})
        except jwt.PyJWTError:
            return False
        return True

    def shown(self, value: str) -> str:
        """A header's value with the credentials by their names, and what else is long cut: it may be one, too."""
        return str(foreign(" ".join(_cut(word) for word in self._named(value).split(" "))))

    def shown_path(self, path: str) -> str:
        """A path with the credentials by their names."""
        return str(foreign(self._named(path)))

    def _named(self, text: str) -> str:
        for word, secret in self._made.items():
            text = text.replace(secret, f"<{word}>")
        return text

    def lines(self, printed: ForeignText, most: int) -> list[str]:
        """The last lines of what the program printed, at most `most`, without credentials."""
        return [self.secrets.cut(line) for line in lines_of(printed, most)]


@lru_cache(1)
def _idp_key() -> RSAPrivateKey:
    """Whose tokens they are: not the private key that the program may have."""
    return generate_private_key(public_exponent=65537, key_size=pem_files.LEAST_BITS)


def _cut(word: str) -> str:
    if word.startswith("<") or len(word) <= 3 * _SHOWN_CHARACTERS:
        return word
    return f"{word[:_SHOWN_CHARACTERS]}… ({len(word)} characters)"
