"""An answer as a tree of leaves that can be compared: what is random, or another on every machine, by its shape."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.x509 import load_der_x509_certificate

from .sides import Answer

# How an answer travels, not what it says; the body is compared itself.
_OF_THE_CONNECTION = {"connection", "content-length", "date", "keep-alive", "transfer-encoding"}
_TIMES = {"exp", "iat", "nbf", "auth_time"}
# Texts of chance, of which the length is compared.
_DRAWN = {"sid", "session_state", "at_hash", "device_code"}
# Headers that are sets, in an order that another start of the server changes.
_SET_HEADERS = {"access-control-allow-headers", "allow"}
# Lists whose order follows random ids.
_SETS = {"roles", "groups", "permissions"}
_REMAINING = {"expires_in", "refresh_expires_in"}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_USER_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{4}-[A-Z]{4}(?![A-Za-z])")
_HEX = re.compile(r"\b[0-9a-f]{32,}\b")
_WORD = re.compile(r"[A-Za-z0-9_+/-]{20,}={0,2}")
_JWT = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_BLANK = re.compile(r'"\s*[:,]\s+|[{,]\s+"')
# A request and its answer may be this far apart on a busy machine.
_AWAY_SECONDS = 300.0
_PAGE = "a page"
_SHORT_SERIAL_BITS = 64
# Claims that come from mappers, whose order follows random ids; all others stand where the class of the token has them.
_MAPPED = frozenset({"clientHost", "clientAddress", "client_id", "permissions", "upn", "groups", "address"})
_MAPPED |= {"name", "preferred_username", "given_name", "family_name", "email", "email_verified"}
# Lifetimes are whole multiples of this. An ID token is made after its access token, with the same end; and Keycloak
# looks at its clock once for iat and once more for exp, between which a second may begin.
_WHOLE_SECONDS = 5
_MINUTE = 60

Leaves = dict[str, Any]


def leaves(answer: Answer, known: Mapping[str, str]) -> Leaves:
    """Everything that an answer says, by its place. In: values of its side, and what they are called."""
    if answer.status is None:
        return {"status": f"no answer: {answer.problem}"}
    reader = _Reader(answer, known)
    found: Leaves = {"status": answer.status}
    for name, value in answer.headers:
        if name.lower() not in _OF_THE_CONNECTION:
            reader.header(found, name.lower(), value)
    reader.body(found)
    return found


class _Reader:
    """Reads one answer."""

    def __init__(self, answer: Answer, known: Mapping[str, str]) -> None:
        self._answer = answer
        # The longest first: the address of an endpoint before that of its server.
        self._known = sorted(known.items(), key=lambda one: -len(one[0]))

    def header(self, found: Leaves, name: str, value: str) -> None:
        place = f"header {name}"
        if name == "location":
            self._address(found, place, value)
        elif name == "set-cookie":
            cookie, *attributes = value.split(";")
            found[f"{place} {self.named(cookie.partition('=')[0])}"] = sorted(
                self.text(one.strip()) for one in attributes if not one.strip().lower().startswith("expires=")
            )
        elif name in _SET_HEADERS:
            found[place] = sorted(one.strip() for one in value.split(","))
        elif place in found:
            found[place] = f"{found[place]}, {self.text(value)}"
        else:
            found[place] = self.text(value)

    def body(self, found: Leaves) -> None:
        body = self._answer.body
        if not body:
            found["body"] = "empty"
            return
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            found["body"] = f"{len(body)} bytes that are no text"
            return
        if "html" in self._answer.header("Content-Type"):
            found["body"] = _PAGE
            return
        try:
            read = json.loads(text)
        except ValueError:
            if _JWT.fullmatch(text):
                self._value(found, "body", text)
            else:
                found["body"] = self.text(text)
            return
        self._value(found, "body", read)
        if isinstance(read, (dict, list)) and _BLANK.search(text):
            found["body (blanks)"] = True

    def _value(self, found: Leaves, place: str, value: Any, member: str = "") -> None:
        if isinstance(value, dict):
            is_mapped = place.endswith("_token.claims") or (place == "body" and "sub" in value)
            by_chance = _MAPPED if is_mapped else frozenset()
            found[f"{place} (order)"] = [self.named(name) for name in value if name not in by_chance]
            if not value:
                found[place] = "{}"
            for name, one in value.items():
                self._value(found, f"{place}.{self.named(name)}", one, name)
            self._lifetimes(found, place, value)
        elif isinstance(value, list):
            found[f"{place} (length)"] = len(value)
            if member == "x5c":
                found[place] = [self.named(_certificate(one)) for one in value]
            elif value and all(isinstance(one, (str, int)) for one in value):
                read = [self.text(one) if isinstance(one, str) else one for one in value]
                found[place] = sorted(read) if member in _SETS else read
            else:
                for number, one in enumerate(value):
                    self._value(found, f"{place}[{number}]", one)
        elif isinstance(value, str) and _JWT.fullmatch(value) and (parts := _parts(value)) is not None:
            for name, text in zip(("header", "claims"), parts, strict=True):
                self._value(found, f"{place}.{name}", json.loads(text))
                if _BLANK.search(text):
                    found[f"{place}.{name} (blanks)"] = True
            found[f"{place}.signature (length)"] = len(value.rpartition(".")[2])
        elif member in _TIMES and isinstance(value, (int, float)):
            found[place] = self._time(value)
        elif member in _DRAWN and isinstance(value, str):
            found[place] = f"{{{len(value)} characters}}"
        elif member == "scope" and isinstance(value, str):
            found[place] = self.text(_scope(value))
        elif member in _REMAINING and isinstance(value, int):
            # What is left of it, which is a second less where the next one has begun.
            found[place] = f"up to {-(-value // _MINUTE)} minutes"
        else:
            found[place] = self.text(value) if isinstance(value, str) else value

    def _lifetimes(self, found: Leaves, place: str, value: Mapping[str, Any]) -> None:
        """How long what says when it was issued is good for, in place of the moment of its end."""
        issued, ends = value.get("iat"), value.get("exp")
        if isinstance(issued, int) and isinstance(ends, int):
            lasts = ends - issued
            if place.endswith("id_token.claims"):
                lasts = -(-lasts // _WHOLE_SECONDS) * _WHOLE_SECONDS
            elif lasts % _WHOLE_SECONDS == 1:
                lasts -= 1
            found[f"{place}.exp"] = f"iat + {lasts}"

    def _time(self, value: float) -> Any:
        away = value - self._answer.at
        kind = "a whole number" if isinstance(value, int) else "a fraction"
        return f"about now, {kind}" if abs(away) < _AWAY_SECONDS else f"another time, {kind}"

    def _address(self, found: Leaves, place: str, value: str) -> None:
        parts = urlsplit(value)
        found[place] = self.text(value.partition("?")[0].partition("#")[0])
        for kind, text in (("query", parts.query), ("fragment", parts.fragment)):
            pairs = parse_qsl(text, keep_blank_values=True)
            if pairs:
                found[f"{place} {kind} (order)"] = [name for name, _ in pairs]
            for name, one in pairs:
                self._value(found, f"{place} {kind}.{name}", one)

    def named(self, text: str) -> str:
        """The text with the values that have a name under these."""
        for value, name in self._known:
            text = text.replace(value, name)
        return text

    def text(self, text: str) -> str:
        """The text with what is random by its shape."""
        text = self.named(text)
        text = _UUID.sub("{uuid}", text)
        text = _USER_CODE.sub("{4 letters}-{4 letters}", text)
        text = _HEX.sub(lambda found: f"{{{len(found[0])} hex digits}}", text)
        return _WORD.sub(_shape, text)


def _scope(text: str) -> str:
    """The words by the alphabet, as their order follows random ids; `openid` stays first where it is."""
    words = text.split(" ")
    first = words[:1] if words[0] == "openid" else []
    return " ".join([*first, *sorted(words[len(first) :])])


def _shape(found: re.Match[str]) -> str:
    """What looks drawn by chance: letters of both cases that take turns with each other, or with digits."""
    word = found[0]
    kinds = ["a" if one.islower() else "A" if one.isupper() else "0" for one in word if one.isalnum()]
    turns = sum(one != other for one, other in pairwise(kinds))
    return f"{{{len(word)} characters}}" if {"a", "A"} <= set(kinds) and turns * 5 >= len(word) else word


def _certificate(text: str) -> str:
    """What an entry of `x5c` is, without its key, its signature and its moments."""
    try:
        read = load_der_x509_certificate(base64.b64decode(text, validate=True))
        extensions = len(read.extensions)
    except ValueError as error:
        return f"no certificate: {error}"
    years = round((read.not_valid_after_utc - read.not_valid_before_utc).days / 365)
    serial = "a long serial" if read.serial_number.bit_length() > _SHORT_SERIAL_BITS else "a short serial"
    names = f"{read.subject.rfc4514_string()} by {read.issuer.rfc4514_string()}"
    return f"X.509 {read.version.name}, {extensions} extensions, {names}, {years} years, {serial}"


def _parts(token: str) -> tuple[str, str] | None:
    """The header and the payload of a JWT as texts; None for what isn't one."""
    read = []
    for part in token.split(".")[:2]:
        try:
            text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8")
            if not isinstance(json.loads(text), dict):
                return None
        except (ValueError, binascii.Error):
            return None
        read.append(text)
    return read[0], read[1]


def identifiers(answer: Answer) -> Iterator[tuple[str, str]]:
    """The UUIDs of an answer, tokens included, each with the name of the member that has it."""
    try:
        read = json.loads(answer.body)
    except ValueError:
        return
    yield from _identifiers("", read)


def _identifiers(member: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _identifiers(name, one)
    elif isinstance(value, list):
        for one in value:
            yield from _identifiers(member, one)
    elif isinstance(value, str):
        parts = _parts(value) if _JWT.fullmatch(value) else None
        if parts is None:
            for found in _UUID.findall(value):
                yield member, found
        else:
            yield from _identifiers("", [json.loads(part) for part in parts])
