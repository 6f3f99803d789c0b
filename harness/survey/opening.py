"""The way to a service that nothing is known of: when it is ready, whose tokens it lets in, by which route."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from harness.base.errors import HarnessError, TargetError, UsageError
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.processes.readiness import HEALTH_PATH
from harness.survey.asker import Asker
from harness.survey.capabilities import words_of
from harness.survey.documents import read_document
from harness.survey.door import Candidate, Door, closed_route, closed_routes, open_door, read_route
from harness.survey.openapi import PLACES, Operation, read_operations
from harness.targets import Target
from harness.targets.base import CallsAnApp

Say = Callable[[str], None]
# Whose tokens are tried, the plainest first; after them the ones of vendors with a form of their own.
STYLES: Final = ("custom", "auth0", "keycloak", "okta", "entra", "cognito")
_HEALTH_PLACES: Final = (
    HEALTH_PATH,
    "/healthz",
    "/health/live",
    "/livez",
    "/ready",
    "/readyz",
    "/ping",
    "/status",
    "/",
)
_AUDIENCE: Final = re.compile(r"(?:^|[\s_-])aud(?:ience)?[=\s]+[\"']?([^\s\"'{}]{1,200})", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What a person has said: a route, its permissions, the OpenAPI document (a URL or a file), the style of tokens."""

    route: str = ""
    permissions: tuple[str, ...] = ()
    openapi: str = ""
    style: str = ""
    audience: str = ""


@dataclass(frozen=True)
class Opened:
    """An asker whose tokens open `door`; `operations` are those of the OpenAPI document that stands at `openapi`.

    `start_seconds` is how long the service took until it answered.
    """

    asker: Asker
    door: Door
    style: str
    operations: tuple[Operation, ...]
    openapi: str
    health: str
    fetched: tuple[str, ...]
    start_seconds: float = 0.0


def check_told(target: Target, options: Options) -> None:
    """Raise `UsageError` where a service can't know whose tokens to trust."""
    words = words_of(target)
    if target.can_restart and words is not None:
        if not words & {"issuer", "jwks_url", "discovery_url", "public_key", "public_key_file", "config_file"}:
            where = (
                "give the function that makes the app the parameters issuer, jwks_url (or discovery_url) and audience"
                if isinstance(target, CallsAnApp)
                else "put {issuer}, {jwks_url} (or {discovery_url}) and {audience} where its command line, or "
                "--target-option environment='NAME={jwks_url}', says them"
            )
            raise UsageError(f"nothing tells the service whose tokens to trust: {where}")
    elif not target.can_restart and not (options.idp_url and options.issuer):
        raise UsageError(
            "a service that runs already must trust an identity provider that runs already. Start one, "
            "`mock-idp serve --style custom --audience YOUR-AUDIENCE --port 9400`, tell the service its issuer and "
            "keys, and say --idp-url http://127.0.0.1:9400 --issuer default"
        )


def audience_for(target: Target, options: Options, wanted: Wanted) -> tuple[str, str]:
    """The audience that tokens need, and how that is known."""
    if wanted.audience:
        return wanted.audience, "--audience says so"
    words, settings = words_of(target), dict(options.target_options)
    if target.can_restart and words is not None and "audience" not in words:
        said = " ".join(str(settings.get(name, "")) for name in ("command", "environment"))
        if found := _AUDIENCE.search(said):
            return found[1], "it stands in the command line"
        lacking = (
            "none of its parameters is audience"
            if isinstance(target, CallsAnApp)
            else "{audience} is not in its command line"
        )
        return "my-api", f"a guess: nothing tells the service an audience, and {lacking}"
    return "my-api", "a free choice: the service is told {audience}"


@contextmanager
def opened(environment: Environment, wanted: Wanted, say: Say) -> Iterator[Opened]:
    """Start the service, with issuers of one style after the other, until a token is let in.

    Raises `HarnessError` with what was tried when nothing listens, no route wants a token, or every token is refused.
    """
    styles = (wanted.style,) if wanted.style else STYLES
    if environment.options.issuer:
        styles = (environment.idp.issuer(environment.options.issuer).style,)
    tried: list[str] = []
    for style in styles:
        began = time.monotonic()
        with _running(environment, style, say if style == styles[0] else lambda _: None) as session:
            start_seconds = time.monotonic() - began
            asker = Asker(session)
            openapi, operations = find_document(asker, wanted.openapi)
            if style == styles[0]:
                say(f"OpenAPI: {openapi}, {len(operations)} operations" if openapi else "OpenAPI: no document found")
            since = asker.issuer.last_seq()
            candidates = _candidates(asker, wanted, operations)
            told_claim, before = _told_claim(environment), len(tried)
            door = open_door(asker, candidates, wanted.permissions, told_claim, tried)
            fetched = tuple(dict.fromkeys(asker.fetches(since)))
            if door is None:
                answers = "".join(f"\n           {line}" for line in tried[before:])
                say(
                    f"tokens of the style {style}: none was let in; fetched: {', '.join(fetched) or 'nothing'}{answers}"
                )
                if not fetched and not any(one in asker.fetches() for one in ("jwks", "discovery")):
                    tried.append(f"style {style}: the service asked the identity provider for nothing")
                continue
            say(f"{door.route.method} {door.route.path} wants a token: {door.evidence} ({style})")
            say(f"permissions: {door.place_evidence}")
            health = find_health(asker, environment)
            yield Opened(asker, door, style, tuple(operations), openapi, health, fetched, start_seconds)
            return
    raise HarnessError(_in_vain(tried, bool(wanted.permissions)))


@contextmanager
def _running(environment: Environment, style: str, say: Say) -> Iterator[Session]:
    session = Session(environment, style, {})
    try:
        try:
            session.start_service()
        except TargetError as problem:
            raise HarnessError(f"the service can't be asked: {problem}") from problem
        assert session.service is not None
        say(f"the service answers at {session.service.base_url}")
        yield session
    finally:
        try:
            session.tidy()
        finally:
            session.close()


def _told_claim(environment: Environment) -> bool:
    words = words_of(environment.target)
    return environment.target.can_restart and (words is None or "permissions_claim" in words)


def find_document(asker: Asker, said: str) -> tuple[str, list[Operation]]:
    """Where the OpenAPI document stands, "" where there is none, with its operations.

    `said` is a URL, a path at the service or a file. Raises `HarnessError` when that holds no such document.
    """
    if said:
        try:
            return said, read_operations(read_document(asker, said))
        except HarnessError as problem:
            raise HarnessError(f"--openapi {said}: {problem}") from problem
    for path in PLACES:
        answer = asker.document(path)
        if answer.status == 200:
            try:
                return path, read_operations(answer.body)
            except HarnessError:
                continue
    return "", []


def _candidates(asker: Asker, wanted: Wanted, operations: Sequence[Operation]) -> list[Candidate]:
    names = [f"{one.method} {one.path}" for one in operations if one.method == "GET"]
    if wanted.route:
        route = read_route(wanted.route)
        said = next((one for one in operations if (one.method, one.path) == (route.method, route.path)), None)
        candidate = closed_route(asker, replace(route, body=said.body) if said else route, names)
        return [replace(candidate, names=said.permissions)] if said else [candidate]
    if not operations:
        raise HarnessError(
            "no OpenAPI document was found at the usual places, so nobody knows a route: name one that wants a token "
            "with --route /path, or the document with --openapi URL|FILE"
        )
    if candidates := closed_routes(asker, operations):
        return candidates
    raise HarnessError(
        f"no operation of the OpenAPI document ({', '.join(names[:10])}) keeps out who has no token: name a route that "
        "wants one with --route /path"
    )


def find_health(asker: Asker, environment: Environment) -> str:
    """A path that answers 200 to everybody, so that it shows when the service is ready; "" where none was found."""
    said = {name.replace("-", "_"): value for name, value in environment.options.target_options}
    if path := said.get("health_path"):
        return str(path)
    return next((path for path in (*_HEALTH_PLACES, *PLACES) if asker.get(path).status == 200), "")


def _in_vain(tried: Iterable[str], named: bool) -> str:
    lines = "".join(f"\n  {line}" for line in dict.fromkeys(tried))
    hints = [
        "whether it is told issuer, keys and audience of the mock (--target-option log_folder=logs keeps its log)",
        "whether it wants another audience (--audience), or tokens of another vendor (--style)",
    ]
    if not named:
        hints.append("whether the route wants a permission that nothing names: --permission NAME")
    return f"every token was refused. What was tried:{lines}\nLook " + "\n  and ".join(hints)
