"""What an MCP server on a port says of itself: its challenge, its metadata, and what a token of the mock opens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from harness.base.errors import HarnessError
from harness.cell.resource_metadata import named_in
from harness.declared.mcp import REVISIONS, SESSION_HEADER, WELL_KNOWN, Mcp, is_uri
from harness.declared.permissions import Permissions, nested
from harness.idp.client import IdpClient, IssuerClient
from harness.shown.foreign_text import foreign
from harness.wire.exchange import Connection, Exchange, Request
from harness.wire.json_rpc import messages, says_error

# Where servers look for a scope; the first is that of RFC 9068 §2.2.3.
_PLACES: Final = (
    Permissions("scope", "string"),
    Permissions("scp", "array"),
    Permissions("scp", "string"),
    Permissions("permissions", "array"),
)
_SCOPE: Final = re.compile(r'\bscope\s*=\s*"([^"]*)"', re.IGNORECASE)
_LEGACY: Final = "2025-11-25"
Say = Callable[[str], None]


@dataclass(frozen=True)
class McpServer:
    """What was found: how the server is described in a profile, and the issuer whose tokens it takes.

    `notes` are for people: what was seen and is declared by no line.
    """

    mcp: Mcp
    base_url: str
    place: Permissions
    issuer: str
    style: str
    tools: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


class McpSurvey:
    """Asks one server; `idp` is the mock whose tokens are tried, and `issuer` its issuer if one is named."""

    def __init__(self, url: str, idp: IdpClient, issuer: str | None, scopes: Sequence[str], say: Say) -> None:
        parts = urlsplit(url)
        self._url, self._base_url = url, f"{parts.scheme}://{parts.netloc}"
        self._idp, self._issuer, self._scopes, self._say = idp, issuer, tuple(scopes), say
        self._notes: list[str] = []

    def ask(self) -> McpServer:
        """Everything. Raises `HarnessError` where nothing listens, nobody is refused, or no token is let in."""
        with closing(Connection(self._base_url)) as self._connection:
            mcp = Mcp(self._url, (_LEGACY,), probe="initialize")
            mcp, refusal = self._closed(mcp)
            document = self._metadata(refusal)
            issuer = self._issuer_of(document)
            mcp = self._named(mcp, document)
            place, scopes, token = self._opened(mcp, issuer, refusal, document)
            mcp = Mcp(mcp.url, self._revisions(mcp, token) or mcp.revisions, scopes, mcp.probe)
            return McpServer(
                mcp, self._base_url, place, issuer.id, issuer.style, tuple(self._tools(mcp, token)), tuple(self._notes)
            )

    def _send(self, mcp: Mcp, method: str, token: str | None, session: str = "") -> Exchange:
        headers = {**mcp.headers(method), "Content-Type": "application/json"}
        headers[SESSION_HEADER] = session
        if token:
            headers["Authorization"] = f"Bearer {token}"
        sent = tuple((name, value) for name, value in headers.items() if value)
        return self._connection.send(Request("POST", mcp.path, sent, mcp.message(method).encode()))

    def _closed(self, mcp: Mcp) -> tuple[Mcp, Exchange]:
        """The server with the probe that wants a token, and how it refuses one without."""
        said = ""
        for probe in ("initialize", "tools/list"):
            answer = self._send(mcp, probe, None)
            if answer.status is None or answer.status in (404, 405):
                raise HarnessError(f"there is no MCP server at {foreign(self._url)}: {answer.summary()}")
            if 400 <= answer.status < 500 and answer.status != 400:
                self._say(f"{probe} without a token: {answer.status}")
                return Mcp(mcp.url, mcp.revisions, probe=probe), answer
            said = answer.summary()
        raise HarnessError(f"{foreign(self._url)} refuses nobody: without a token it answers {said}")

    def _metadata(self, refusal: Exchange) -> dict[str, Any]:
        """The metadata of the protected resource, from where the challenge says or where clients look."""
        named = named_in(refusal)
        if not named:
            self._notes.append("its challenge names no resource_metadata")
        path = urlsplit(self._url).path.removesuffix("/")
        paths = [urlsplit(named).path] if named else []
        for one in dict.fromkeys((*paths, WELL_KNOWN + path, WELL_KNOWN)):
            answer = self._connection.send(Request("GET", one or "/", (("Accept", "application/json"),)))
            try:
                document = json.loads(answer.body) if answer.status == 200 else None
            except (ValueError, RecursionError):
                document = None
            if isinstance(document, dict):
                self._say(f"metadata at {foreign(one)}: resource {foreign(document.get('resource'))}")
                return document
        self._notes.append("no metadata of a protected resource (RFC 9728) were found")
        return {}

    def _issuer_of(self, document: dict[str, Any]) -> IssuerClient:
        """The issuer of the mock that the metadata name, or the one that was named."""
        named = [one for one in _list(document, "authorization_servers") if isinstance(one, str)]
        known = {one["issuer"]: one["id"] for one in self._idp.call("GET", "/_mock/issuers")["issuers"]}
        slashed = {one.rstrip("/"): name for one, name in known.items()}
        found = [name for one in named if (name := known.get(one) or slashed.get(one.rstrip("/")))]
        if self._issuer is None and named and not found:
            raise HarnessError(
                f"its metadata name the authorization servers {foreign(named)}, and the issuers of the mock at "
                f"{self._idp.url} are {foreign(sorted(known))}: start the mock with --public-url, or the server with "
                "one of these; or say --issuer"
            )
        issuer = self._idp.issuer(self._issuer or (found[0] if found else "default"))
        self._say(f"tokens of the issuer {issuer.id}, {foreign(issuer.issuer)}, style {issuer.style}")
        if issuer.issuer not in named:
            self._notes.append(f"its metadata don't name the issuer {issuer.issuer} as it calls itself")
        return issuer

    def _named(self, mcp: Mcp, document: dict[str, Any]) -> Mcp:
        """The server by its canonical URI: what the metadata say, where that may be one."""
        resource = document.get("resource")
        if not isinstance(resource, str) or not is_uri(resource):
            return mcp
        # The endpoint is where it was found, whatever the metadata are about.
        if urlsplit(resource).path.rstrip("/") != urlsplit(self._url).path.rstrip("/"):
            self._notes.append(f"its metadata are about {foreign(resource)}, another path than that of the endpoint")
            return mcp
        return Mcp(resource, mcp.revisions, probe=mcp.probe)

    def _opened(
        self, mcp: Mcp, issuer: IssuerClient, refusal: Exchange, document: dict[str, Any]
    ) -> tuple[Permissions, tuple[str, ...], str]:
        """Where the scopes stand, which are needed, and a token that was let in."""
        plain = self._token(issuer, mcp.url, _PLACES[0], ())
        answer = self._send(mcp, mcp.probe, plain)
        if _lets_in(answer):
            self._say("a token without a scope opens it")
            return Permissions(form="none"), (), plain
        for place, scopes in self._candidates(refusal, answer, document):
            token = self._token(issuer, mcp.url, place, scopes)
            answer = self._send(mcp, mcp.probe, token)
            if _lets_in(answer):
                self._say(f"opened by {' '.join(scopes)} in the claim {place.claim}, as {place.form}")
                return place, scopes, token
        raise HarnessError(
            f"no token of the issuer {issuer.id} for {foreign(mcp.url)} is let in: {answer.summary()}. The audience "
            "has to be that address, and the scope one of the challenge's or the metadata's; --permission NAME says "
            "another"
        )

    def _candidates(
        self, refusal: Exchange, denial: Exchange, document: dict[str, Any]
    ) -> Iterator[tuple[Permissions, tuple[str, ...]]]:
        challenged = [tuple(found[1].split()) for one in (refusal, denial) if (found := _scope_in(one))]
        supported = tuple(one for one in _list(document, "scopes_supported") if isinstance(one, str))
        sets = [self._scopes, *challenged, *((one,) for one in supported), supported]
        for place in _PLACES:
            for scopes in dict.fromkeys(sets):
                if scopes:
                    yield place, scopes

    def _token(self, issuer: IssuerClient, audience: str, place: Permissions, scopes: Sequence[str]) -> str:
        claims = nested(place.path(audience), place.value(scopes)) if scopes else {}
        without = [one for one in {issuer.permissions_claim, "scope"} if one not in claims]
        return issuer.mint({"audience": audience, "permissions": [], "claims": claims, "without": without})

    def _revisions(self, mcp: Mcp, token: str) -> tuple[str, ...]:
        """Those that the server speaks; the newest with sessions first, as most do."""
        spoken = []
        for revision in REVISIONS:
            one = Mcp(mcp.url, (revision,), probe=mcp.probe)
            answer = self._send(one, "initialize" if one.has_sessions else "tools/list", token)
            said = [message.get("result") for message in messages(answer.body, answer.header("Content-Type") or "")]
            if one.has_sessions:
                said = [one for one in said if isinstance(one, dict) and one.get("protocolVersion") == revision]
            if _lets_in(answer) and any(isinstance(one, dict) for one in said):
                spoken.append(revision)
        order = sorted(spoken, key=lambda one: (one != _LEGACY, one))
        self._say(f"speaks {', '.join(order) or 'none of the revisions that are known here'}")
        return tuple(order)

    def _tools(self, mcp: Mcp, token: str) -> Iterator[str]:
        """The names of its tools, for whoever wants to name one that needs more."""
        session = ""
        if mcp.has_sessions:
            session = self._send(mcp, "initialize", token).header(SESSION_HEADER) or ""
        answer = self._send(mcp, "tools/list", token, session)
        for message in messages(answer.body, answer.header("Content-Type") or ""):
            result = message.get("result")
            for tool in _list(result, "tools") if isinstance(result, dict) else ():
                if isinstance(tool, dict) and isinstance(tool.get("name"), str):
                    yield tool["name"]


def _lets_in(answer: Exchange) -> bool:
    return answer.status == 200 and not says_error(answer.body, answer.header("Content-Type") or "")


def _scope_in(answer: Exchange) -> re.Match[str] | None:
    return _SCOPE.search(answer.header("WWW-Authenticate") or "")


def _list(table: dict[str, Any], name: str) -> list[Any]:
    found = table.get(name)
    return found if isinstance(found, list) else []
