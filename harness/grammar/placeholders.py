"""Placeholders in scenario strings: `{issuer}`, `{read.permission|upper}`. Fixed words, no expressions."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.base.errors import HarnessError
from harness.grammar.toml_source import nearest

FILTERS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "cut": lambda text: text[:-1],
    "tail": lambda text: text[1:],
    "reverse": lambda text: text[::-1],
    "half": lambda text: text[: len(text) // 2],
    "basic": lambda text: base64.b64encode(f"{text}:".encode()).decode(),
    "basicpassword": lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
    "basicoauth": lambda text: base64.b64encode(f"{text}:x-oauth-basic".encode()).decode(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    # A URL without its scheme, and spellings that name the same place but are other texts.
    "scheme": lambda text: text.partition("://")[0],
    "noscheme": lambda text: text.partition("://")[2],
    "upperscheme": lambda text: re.sub(r"^\w+(?=://)", lambda found: found[0].upper(), text),
    "upperhost": lambda text: re.sub(r"(?<=://)[^/:]+", lambda found: _other_host(found[0]), text, count=1),
    "otherscheme": lambda text: re.sub(r"^http(s?)(?=://)", lambda found: "http" if found[1] else "https", text),
    # Texts that differ from every other, also from one without a letter or a dot.
    "othercase": lambda text: text.swapcase() if text.swapcase() != text else f"{text}x",
    "undotted": lambda text: text.replace(".", "x") if "." in text else f"{text}x",
    # Spellings of a path: `v1/tasks` as `v1//tasks`, `v1/./tasks`, `v1%2ftasks`, with letters encoded once or twice.
    "doubled": lambda text: text.replace("/", "//"),
    "dotted": lambda text: text.replace("/", "/./"),
    "slashes": lambda text: text.replace("/", "%2f"),
    "percent": lambda text: re.sub(r"[A-Za-z0-9]", lambda found: f"%{ord(found[0]):02x}", text),
    "percenttwice": lambda text: re.sub(r"[A-Za-z0-9]", lambda found: f"%25{ord(found[0]):02x}", text),
    # The full-width forms of ASCII characters: look-alikes that are other characters.
    "fullwidth": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
}
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)((?:\|[a-z0-9]+)*)\}")

# Long texts that would be tiring to read in a scenario: {dots.60000}.
FILLERS: dict[str, Callable[[int], str]] = {
    "words": lambda count: " ".join(["other:word"] * count),
    "fill": lambda count: "x" * count,
    "dots": lambda count: "." * count,
    "pairs": lambda count: "a." * count,
    "bearers": lambda count: "Bearer " * count,
    "open": lambda count: "[" * count,
    "close": lambda count: "]" * count,
    "members": lambda count: ",".join(f'"m{number}":{number}' for number in range(count)),
}

# Words that stand alone. With a dot there are the parts of a route, {kid.NAME} and members of a key, {api_key.NAME},
# {issuer.NAME}, {key_file.NAME} and {pem.NAME}, and the fillers.
WORDS = frozenset(
    {
        *("issuer", "audience", "kid", "token", "jwt", "permissions_claim", "attacker", "api_key_header"),
        *("attacker_port", "attacker_path", "host"),
        *("uuid", "i", "style", "jwks_url", "created"),
    }
)
# Members of a key's public JWK: {n.NAME}.
KEY_MEMBERS = ("n", "x", "y", "x5c")
ROUTE_PARTS = frozenset(["permission", "resource", "action", "path", "method"])


def problems(value: Any) -> list[tuple[str, str]]:
    """What is wrong with the placeholders anywhere inside `value`: the text and a sentence for each mistake.

    Any name may be that of a route: whether the profile has it is checked when the cell is planned.
    """
    found = []
    for text in _strings(value):
        for match in _PLACEHOLDER.finditer(text):
            name, filters = match.groups()
            known = _names_like(name)
            if name not in known:
                found.append((match[0], f"{{{name}}} is no placeholder{nearest(name, known)}"))
            found += [
                (match[0], f"|{word} is no filter{nearest(word, FILTERS)}")
                for word in filters.split("|")
                if word and word not in FILTERS
            ]
    return found


def _names_like(name: str) -> frozenset[str]:
    """The placeholders that a name may be, or may have been meant to be."""
    head, _, tail = name.partition(".")
    if not tail:
        return WORDS
    names = {f"{head}.{part}" for part in ROUTE_PARTS} | {
        f"{word}.{tail}" for word in ("kid", "api_key", "issuer", "key_file", "pem", *KEY_MEMBERS)
    }
    return frozenset(names | {f"{filler}.{tail}" for filler in FILLERS} if tail.isdigit() else names)


def fill(value: Any, words: Mapping[str, Callable[[], str]]) -> Any:
    """`value` (any JSON-like data) with the placeholders of its strings and table keys filled in.

    Raises `HarnessError` for a placeholder that `words` doesn't have: sent as it is, it would mean something else.
    """
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda match: _one(match, words), value)
    if isinstance(value, Mapping):
        return {fill(key, words): fill(item, words) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, words) for item in value]
    return value


def _one(match: re.Match[str], words: Mapping[str, Callable[[], str]]) -> str:
    name, filters = match.groups()
    filler, _, count = name.partition(".")
    if filler in FILLERS and count.isdigit():
        text = FILLERS[filler](int(count))
    elif name in words:
        text = words[name]()
    else:
        raise HarnessError(f"there is no {match[0]} here; known: {', '.join(sorted(words))}")
    for word in filter(None, filters.split("|")):
        text = FILTERS[word](text)
    return text


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for item in pair for text in _strings(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _strings(item)]
    return []


def _other_host(host: str) -> str:
    """`host` in capitals; one that is a number has none and gets the dot that ends a full name."""
    return host.upper() if host.upper() != host else f"{host}."
