"""The metadata of a protected resource (RFC 9728), read as a client does that was refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from harness.base.errors import HarnessError
from harness.base.verdicts import Deviation, Inconclusive, NotPossible
from harness.cell.cell_run import CellRun
from harness.cell.outgoing import build_request, find_route
from harness.declared.mcp import WELL_KNOWN, Mcp
from harness.grammar.model import Table
from harness.shown.foreign_text import LINE, foreign, header_text
from harness.wire.exchange import Exchange, Request

_PARAMETER: Final = re.compile(r'\bresource_metadata\s*=\s*(?:"([^"]*)"|([^\s,"]+))', re.IGNORECASE)


class MetadataReader:
    """Asks one question about the metadata; raises `Deviation` where the answer isn't as the documents want it.

    With a `method` the challenge is the one to a request of that method.
    """

    def __init__(self, run: CellRun, method: str | None = None) -> None:
        if run.profile.mcp is None:
            raise HarnessError(f"the profile {run.profile.name!r} is of no MCP server")
        self._run, self._mcp, self._method = run, run.profile.mcp, method

    def ask(self, place: str, says: str) -> None:
        """One of the questions of the step `expect-resource-metadata`."""
        document, answer = self._found(place)
        if says != "served":
            getattr(self, f"_{says.replace('-', '_')}")(document, answer)

    def _media_type(self, document: dict[str, Any], answer: Exchange) -> None:
        """RFC 9728 §3.2."""
        kind = (answer.header("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Deviation(
                "metadata as application/json", f"Content-Type: {header_text(answer.header('Content-Type') or 'none')}"
            )

    def _resource(self, document: dict[str, Any], answer: Exchange) -> None:
        """RFC 9728 §3.3: it is the identifier that the client has."""
        said = document.get("resource")
        ours = {self._mcp.url, self._run.base_url() + self._mcp.path}
        if said not in ours:
            raise Deviation(f"resource = {' or '.join(sorted(ours))}", f"resource = {_json(said)}")

    def _servers(self, document: dict[str, Any], answer: Exchange) -> None:
        """At least one, each a text."""
        said = document.get("authorization_servers")
        if not isinstance(said, list) or not said or not all(isinstance(one, str) for one in said):
            raise Deviation("authorization_servers: a list of issuers, one at least", _json(said))

    def _issuer(self, document: dict[str, Any], answer: Exchange) -> None:
        """RFC 8414 §3.3: clients compare it with what the server's own metadata say."""
        said = document.get("authorization_servers")
        issuer = self._run.session.issuer.issuer
        if not isinstance(said, list) or issuer not in said:
            raise Deviation(f"{issuer} among the authorization_servers", _json(said))

    def _second_issuer(self, document: dict[str, Any], answer: Exchange) -> None:
        """RFC 9728 §2: some of the servers that are trusted may be left out."""
        said = document.get("authorization_servers")
        if not isinstance(said, list) or self._run.session.issuer_named("second").issuer not in said:
            raise NotPossible("the metadata don't name the second issuer, as they needn't")

    def _offline_access(self, document: dict[str, Any], answer: Exchange) -> None:
        said = document.get("scopes_supported")
        if isinstance(said, list) and "offline_access" in said:
            raise Deviation("scopes_supported without offline_access", _json(said))

    def _found(self, place: str) -> tuple[dict[str, Any], Exchange]:
        """The document, and the answer that holds it. Raises `Deviation` where it can't be had."""
        seen: list[str] = []
        for path in self._paths(place):
            answer = self._run.session.send(Request("GET", path, (("Accept", "application/json"),), proof=""))
            try:
                document = json.loads(answer.body) if answer.status == 200 else None
            except (ValueError, RecursionError):
                document = None
            if isinstance(document, dict):
                return document, answer
            seen.append(f"GET {foreign(path)}: {answer.summary()}")
        raise Deviation("metadata of the protected resource, a JSON object with 200", "; ".join(seen))

    def _paths(self, place: str) -> Iterator[str]:
        """Where clients look, in their order (Protected Resource Metadata Discovery Requirements)."""
        named = "" if place == "well-known" else self._named()
        if self._method and not named:
            raise NotPossible(f"no challenge to {self._method} names the metadata")
        if place == "challenge" or named:
            yield self._path_of(named)
        if place != "challenge":
            yield WELL_KNOWN + self._mcp.path.removesuffix("/")
        if place == "any" and self._mcp.path != "/":
            yield WELL_KNOWN

    def _named(self) -> str:
        """What the challenge to a request without a token says."""
        route = find_route("read", self._run.profile)
        request: Table = {"anonymous": True}
        if self._method:
            request = {**request, "method": self._method, "headers": {"Accept": "text/event-stream"}}
        return named_in(self._run.session.send(build_request(request, route, None, self._run.words())))

    def _path_of(self, url: str) -> str:
        """The path at which the service that is judged has what it says is at this URL."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise Deviation(
                'a challenge with resource_metadata="…", an absolute URL',
                f"resource_metadata={foreign(url, LINE)}" if url else "none",
            )
        if not self._is_here(f"{parts.scheme}://{parts.netloc}".lower(), self._mcp):
            raise Inconclusive(f"resource_metadata leads to {foreign(url, LINE)}, another host, which is not asked")
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def _is_here(self, origin: str, mcp: Mcp) -> bool:
        return origin in (mcp.origin, self._run.base_url().lower())


def named_in(answer: Exchange) -> str:
    """The URL of the metadata in the challenges of an answer; empty where none names it."""
    for name, value in answer.headers:
        if name.lower() == "www-authenticate" and (found := _PARAMETER.search(value)):
            return found[1] if found[1] is not None else found[2]
    return ""


def _json(value: Any) -> str:
    return f"{foreign(json.dumps(value), LINE)}"
