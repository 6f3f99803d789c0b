"""Which route wants a token, and what opens it: any token of the issuer, or permissions, in which claim and form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.base.errors import HarnessError, UsageError
from harness.declared.permissions import Permissions
from harness.grammar.model import Route
from harness.grammar.value_kinds import LINE, METHOD, PATH
from harness.survey.asker import NOT_SERVED, Asker, keeps_out, lets_in
from harness.survey.openapi import Operation
from harness.wire.exchange import Exchange

# Where services look for what a token may do, the most usual first.
_PLACES: Final = (
    *(("permissions", "array"), ("scope", "string"), ("scp", "array"), ("scp", "string"), ("roles", "array")),
    *(("realm_access.roles", "array"), ("resource_access.{client}.roles", "array"), ("groups", "array")),
    *(("cognito:groups", "array"), ("authorities", "array"), ("scopes", "array"), ("scope", "array")),
    *(("permissions", "string"), ("roles", "string"), ("roles", "keys"), ("permissions", "keys")),
)
_FORMS: Final = ("array", "string", "keys")
_MOST_CANDIDATES, _MOST_ASKED, _MOST_NAMES = 5, 40, 12
_IN_CHALLENGE: Final = re.compile(r'scope="([^"]{1,500})"')
# A permission as people name one, such as notes:list or things.read; the address of a document is none.
_LIKE_A_NAME: Final = re.compile(r"(?<![\w./:-])[A-Za-z][\w-]{0,40}(?:[:.][A-Za-z*][\w*-]{0,40}){1,3}(?![\w/:.])")


@dataclass(frozen=True)
class Candidate:
    """A route that keeps anonymous callers out; `names` are the permissions that its document asks for."""

    route: Route
    names: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class Door:
    """A route that a token opened, with the place of the permission that it needs."""

    route: Route
    evidence: str
    place: Permissions
    place_evidence: str


def read_route(text: str) -> Route:
    """`/notes` or `POST /notes`. Raises `UsageError` for anything else."""
    method, _, path = text.rpartition(" ")
    method = (method or "GET").upper()
    if METHOD.missing(method) or PATH.missing(path):
        raise UsageError(f"--route takes a path that begins with /, such as /notes or 'POST /notes', not {text!r}")
    return Route("read", method, path, body=None if method in ("GET", "HEAD", "DELETE") else "{}")


def route_of(operation: Operation, name: str = "read") -> Route:
    return Route(name, operation.method, operation.path, body=operation.body)


def closed_route(asker: Asker, route: Route, others: Sequence[str]) -> Candidate:
    """The route that was named, if it keeps anonymous callers out. Raises `HarnessError` when it can't be judged."""
    answer = asker.anonymous(route)
    where = f"{route.method} {route.path}"
    if keeps_out(answer):
        return Candidate(route, (), f"{answer.status} without a token")
    known = f"; its OpenAPI document has {', '.join(others[:10])}" if others else ""
    if lets_in(answer):
        raise HarnessError(
            f"{where} lets in who has no token: {answer.summary()}; name a route that wants one with --route{known}"
        )
    if answer.status in NOT_SERVED:
        raise HarnessError(f"{where} seems not to be served: {answer.summary()}; name another one with --route{known}")
    raise HarnessError(f"{where} gives no answer that can be judged: {answer.summary()}")


def closed_routes(asker: Asker, operations: Iterable[Operation]) -> list[Candidate]:
    """Of a document's operations those that keep anonymous callers out; those first that it says so of.

    What changes things is only asked where the document says that it wants a token.
    """
    found = []
    for operation in sorted(operations, key=lambda one: not one.secured)[:_MOST_ASKED]:
        if operation.method != "GET" and not operation.secured:
            continue
        answer = asker.anonymous(route := route_of(operation))
        if keeps_out(answer):
            found.append(Candidate(route, operation.permissions, f"OpenAPI; {answer.status} without a token"))
    # One that only reads, and needs no id, is the best to ask; then one whose permission is known.
    found.sort(key=lambda one: (one.route.method != "GET", "{uuid}" in one.route.path, not one.names))
    return found


def open_door(
    asker: Asker, candidates: Sequence[Candidate], given: Sequence[str], told_claim: bool, tried: list[str]
) -> Door | None:
    """The first candidate that a token opens; `tried` gets a line for each kind of token that opened nothing.

    `given` are names of permissions that somebody knows. `told_claim` says that the service is told the claim.
    """
    for candidate in candidates[:_MOST_CANDIDATES]:
        if door := _open(asker, candidate, given, told_claim, tried):
            return door
    return None


def _open(asker: Asker, candidate: Candidate, given: Sequence[str], told_claim: bool, tried: list[str]) -> Door | None:
    route, style = candidate.route, asker.issuer.style
    plain = asker.ask(route, asker.token())
    if lets_in(plain):
        return _door(candidate, "", Permissions(form="none"), "a token without permissions was let in", plain)
    names = [*dict.fromkeys((*candidate.names, *given, *names_in(plain)))][:_MOST_NAMES]
    tried.append(f"{route.method} {route.path}, style {style}, no permissions: {plain.summary()}")
    if not names:
        _check_verified(asker, route, plain)
        return None
    if told_claim:
        places = [Permissions("", form) for form in _FORMS]
    else:
        places = [Permissions(claim, form) for claim, form in _PLACES]
    opened = [(place, answer) for place in places if lets_in(answer := asker.ask(route, asker.token(place, names)))]
    if not opened:
        shown = ", ".join(names)
        where = ", ".join(dict.fromkeys(str(place.claim) or asker.issuer.permissions_claim for place in places))
        tried.append(f"{route.method} {route.path}, style {style}, {shown} in each of {where}: not let in")
        return None
    place, answer = opened[0]
    needed = next((one for one in names if lets_in(asker.ask(route, asker.token(place, [one])))), "")
    if not needed:
        tried.append(f"{route.method} {route.path} wants several permissions at once, of {', '.join(names)}")
        return None
    shown = str(place.claim) or f"{asker.issuer.permissions_claim} ({{permissions_claim}})"
    evidence = f"{needed} in {shown} as {place.form} opened it; without it {plain.status}"
    if len(opened) > 1:
        more = ", ".join(f"{one.claim or shown} as {one.form}" for one, _ in opened[1:])
        evidence += f". So did it in {more}"
    return _door(candidate, needed, place, evidence, answer)


def _check_verified(asker: Asker, route: Route, plain: Exchange) -> None:
    """Raise `HarnessError` where only a permission is missing: no other token would help."""
    if plain.status != 403:
        return
    broken = asker.ask(route, asker.token(mutation="flip-first-signature-bit"))
    if broken.status != plain.status:
        raise HarnessError(
            f"{route.method} {route.path} takes the token for a good one ({broken.status} with a broken signature) "
            f"and wants a permission that nothing names: {plain.summary()}\nSay which: --permission NAME"
        )


def _door(candidate: Candidate, needed: str, place: Permissions, evidence: str, answer: Exchange) -> Door:
    assert answer.status is not None
    route = replace(candidate.route, permission=needed, success=(answer.status,))
    return Door(route, f"{candidate.evidence}, {answer.status} with one", place, evidence)


def names_in(answer: Exchange) -> list[str]:
    """What a refusal names that may be a permission: the scope of its challenge, words of its body."""
    if answer.status != 403:
        return []
    said = _IN_CHALLENGE.findall(answer.header("WWW-Authenticate") or "")
    names = [name for scope in said for name in scope.split()]
    names += _LIKE_A_NAME.findall(answer.judged_text(4000))
    return [one for one in dict.fromkeys(names) if not LINE.missing(one)][:_MOST_NAMES]
