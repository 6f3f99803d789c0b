"""The command that repeats a request in bash."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harness.shown.shell_words import octal_word, word
from harness.wire.exchange import Request
from harness.wire.request_writer import header_bytes

# What curl passes on in a URL as it stands: printable ASCII, but no blank, and no # that would begin a fragment.
_PLAIN_PATH = re.compile(r"[!\"$-~]*")

# gRPC over HTTP/2, Requests.
_GRPC_HEADERS = (("content-type", "application/grpc"), ("te", "trailers"))

# Whether it is a shell's word already, that word, the bytes that it stands for.
Piece = tuple[bool, str, bytes]


@dataclass(frozen=True)
class CurlLine:
    """The command that repeats a request in bash; `token_command` stands where the token was.

    `instead` says what stands in place of other secrets: their text, and words of a shell. For raw bytes, which curl
    would not send, bash writes them to the socket itself. A call over gRPC is a POST over HTTP/2 to `base_url`, whose
    code curl shows as `grpc-status`. `ca_file` is the authority to trust for https, "" for those that curl knows.
    """

    base_url: str
    request: Request
    token: str | None = None
    token_command: str | None = None
    instead: Mapping[str, str] = field(default_factory=dict)
    ca_file: str = ""

    def __str__(self) -> str:
        request = self.request
        if request.raw is not None:
            parts = urlsplit(self.base_url)
            device = word(f"/dev/tcp/{parts.hostname}/{parts.port or 80}")
            raw = " ".join(piece if is_word else octal_word(data) for is_word, piece, data in self._pieces(request.raw))
            return f"exec 3<>{device} && printf %b {raw} >&3 && timeout 5 cat <&3"
        trust = ["--cacert", word(self.ca_file)] if self.ca_file else []
        words = ["curl", "-si", *trust, *self._method(), *self._target()]
        for name, value in (*(_GRPC_HEADERS if request.grpc else ()), *request.headers):
            # curl takes a header without a value for one to leave out, unless a semicolon ends its name.
            line = name.encode() + (b": " + header_bytes(value) if value.strip() else b";")
            words += ["-H", self._quoted(line)]
        if request.grpc:
            message = request.body or b""
            frame = octal_word(b"\0" + len(message).to_bytes(4, "big") + message)
            words += ["--http2-prior-knowledge", "--data-binary", f"@<(printf %b {frame})"]
        elif request.body is not None:
            words += ["--data-raw", self._quoted(request.body)]
        return " ".join(words)

    def _method(self) -> list[str]:
        method = self.request.method
        if method == "HEAD":
            return ["--head"]
        return ["-X", word(method)] if method != "GET" or self.request.body is not None else []

    def _target(self) -> list[str]:
        path = self.request.path
        if _PLAIN_PATH.fullmatch(path):
            return ["--globoff", "--path-as-is", self._quoted((self.base_url + path).encode())]
        prefix = urlsplit(self.base_url).path.rstrip("/")
        return ["--request-target", self._quoted((prefix + path).encode()), word(self.base_url)]

    def _quoted(self, data: bytes) -> str:
        """`data` as one word, with words in place of what is secret."""
        pieces = self._pieces(data)
        if len(pieces) == 1 and not pieces[0][0]:
            return word(data)
        return "".join(piece if is_word else word(part) if part else "" for is_word, piece, part in pieces)

    def _pieces(self, data: bytes) -> list[Piece]:
        """`data` cut where secrets stand in it."""
        words = {text: shell for text, shell in self.instead.items() if text}
        if self.token:
            words[self.token] = f'"$({self.token_command})"' if self.token_command else "'<token>'"
        pieces: list[Piece] = [(False, "", data)]
        for text in sorted(words, key=len, reverse=True):
            secret = (True, words[text], text.encode())
            cut = [[piece] if piece[0] else _around(secret, piece[2]) for piece in pieces]
            pieces = [piece for group in cut for piece in group]
        return pieces


def _around(secret: Piece, data: bytes) -> list[Piece]:
    """`data` cut at each place where the bytes of the secret stand, with the secret's piece there."""
    first, *others = data.split(secret[2])
    return [(False, "", first), *(piece for part in others for piece in (secret, (False, "", part)))]
