"""A profile with `protocol = "mcp"`: from the few lines about an MCP server to the routes of any other profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from harness.grammar import vocabulary as words
from harness.grammar.toml_source import TomlSource
from harness.grammar.value_kinds import LINE, TEXTS, Kind, check_kinds, items
from harness.grammar.value_kinds import words as one_of

PROTOCOL: Final = "mcp"
REVISIONS: Final = ("2025-06-18", "2025-11-25", "2026-07-28")
# From here on there is no `initialize` and no session, and each request says what it is in headers.
_WITHOUT_SESSIONS: Final = "2026-07-28"
SESSION_HEADER: Final = "Mcp-Session-Id"
# In the headers of a route it stands for a session that the plain token has opened, and for no header without one.
OWN_SESSION: Final = "{mcp_session}"
WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"
VERSION_HEADER: Final = "MCP-Protocol-Version"
_ACCEPT: Final = "application/json, text/event-stream"
_CLIENT: Final = {"name": "idp-harness", "version": "1"}
_USUAL: Final = ("jwks", "configure", "restart", "attacker-listener")
# What a profile says of these stands beside the usual, not in its place.
_MERGED: Final = ("routes", "lacks", "policy")
# Authorization, Token Requirements and Access Token Privilege Restriction.
_POLICY: Final = {"token_in_query": False, "audience_required": True}
_UNSAID: Final = "nothing is declared of it in a profile of an MCP server"


@dataclass(frozen=True)
class Mcp:
    """An MCP server: its canonical URI, the revisions it speaks with the first one used, the scopes of any request.

    `probe` is the method of the route `read`; `list` lists the tools, and `tools` are calls by their routes' names.
    """

    url: str = ""
    revisions: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    probe: str = ""
    tools: Mapping[str, Any] = field(default_factory=dict)

    @property
    def revision(self) -> str:
        """The one in which it is asked."""
        return self.revisions[0]

    @property
    def origin(self) -> str:
        """Scheme, host and port of the canonical URI."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def path(self) -> str:
        """The path of the endpoint."""
        return urlsplit(self.url).path or "/"

    @property
    def route_names(self) -> frozenset[str]:
        """The names of the routes that it makes."""
        return frozenset({"read", "list", *self.tools})

    @property
    def has_sessions(self) -> bool:
        """Whether its revision has any."""
        return self.revision < _WITHOUT_SESSIONS

    def message(self, method: str, params: Mapping[str, Any] | None = None) -> str:
        """The text of a request with this method."""
        told: dict[str, Any] = dict(params or {})
        if method == "initialize":
            told = {"protocolVersion": self.revision, "capabilities": {}, "clientInfo": _CLIENT, **told}
        if not self.has_sessions:
            meta = {"protocolVersion": self.revision, "clientInfo": _CLIENT, "clientCapabilities": {}}
            told["_meta"] = {f"io.modelcontextprotocol/{name}": value for name, value in meta.items()}
        return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": told})

    def headers(self, method: str, name: str = "") -> dict[str, str]:
        """Those of a request (Streamable HTTP, Sending Messages and Request Metadata)."""
        headers = {"Accept": _ACCEPT}
        if method != "initialize":
            headers[VERSION_HEADER] = self.revision
            if self.has_sessions:
                headers[SESSION_HEADER] = OWN_SESSION
        if not self.has_sessions:
            headers["Mcp-Method"] = method
            if name:
                headers["Mcp-Name"] = name
        return headers

    def route(self, method: str, scope: str, name: str = "", params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The table of the route of a request."""
        table: dict[str, Any] = {
            "method": "POST",
            "path": self.path,
            "body": self.message(method, params),
            "headers": self.headers(method, name),
        }
        return {**table, "permission": scope} if scope else table


_URL = Kind(
    "an http or https URL with a host, without query and fragment",
    lambda value: isinstance(value, str) and is_uri(value),
)
_TABLE = Kind("a table", lambda value: isinstance(value, dict))
_KINDS: Mapping[str, Kind] = {
    "url": _URL,
    "revisions": items(one_of(*REVISIONS), f"a list of revisions, one at least, of {', '.join(REVISIONS)}", some=True),
    "scopes": TEXTS,
    "probe": one_of("initialize", "tools/list"),
    "tools": _TABLE,
}
_BESIDE: Mapping[str, Kind] = {"capabilities": TEXTS, **dict.fromkeys(_MERGED, _TABLE)}
_TOOL: Mapping[str, Kind] = {"tool": LINE, "scope": LINE, "arguments": _TABLE}


def is_uri(text: str) -> bool:
    """Whether a text may be the canonical URI of a server."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "?#')
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def with_mcp(source: TomlSource) -> Mcp | None:
    """Put what the table `mcp` says into the data of a profile, under what it says itself; None for another service.

    Raises `ScenarioFileError` with the line of what is wrong.
    """
    data = source.data
    if "protocol" not in data:
        if "mcp" in data:
            source.fail(("mcp",), f'a table mcp is for a profile with protocol = "{PROTOCOL}"')
        return None
    source.check_word(data["protocol"], [PROTOCOL], ("protocol",), "protocol")
    check_kinds(source, data, _BESIDE, ())
    table = data.get("mcp", {})
    source.check_keys(table, _KINDS, ("mcp",), "mcp")
    source.check_has(table, ("url",), ("mcp",), "mcp")
    check_kinds(source, table, _KINDS, ("mcp",))
    for name, tool in table.get("tools", {}).items():
        source.check_keys(tool, _TOOL, ("mcp", "tools", name), f"tool {name}")
        source.check_has(tool, ("tool",), ("mcp", "tools", name), f"tool {name}")
        check_kinds(source, tool, _TOOL, ("mcp", "tools", name))
    mcp = _read(table)
    usual = _usual(mcp, data)
    usual |= {name: {**usual[name], **data.get(name, {})} for name in _MERGED}
    source.data = {**usual, **{name: value for name, value in data.items() if name not in _MERGED}}
    return mcp


def _read(table: Mapping[str, Any]) -> Mcp:
    revisions = tuple(table.get("revisions", ("2025-11-25",)))
    probe = "initialize" if revisions[0] < _WITHOUT_SESSIONS else "tools/list"
    return Mcp(
        url=table["url"],
        revisions=revisions,
        scopes=tuple(table.get("scopes", ())),
        probe=table.get("probe", probe),
        tools=table.get("tools", {}),
    )


def _routes(mcp: Mcp) -> dict[str, Any]:
    """`read`, `list`, and the calls of tools."""
    scope = " ".join(mcp.scopes)
    routes = {"read": mcp.route(mcp.probe, scope), "list": mcp.route("tools/list", scope)}
    for name, tool in mcp.tools.items():
        scope = " ".join(dict.fromkeys([*mcp.scopes, *tool.get("scope", "").split()]))
        params = {"name": tool["tool"], "arguments": tool.get("arguments", {})}
        routes[name] = mcp.route("tools/call", scope, tool["tool"], params)
    return routes


def _usual(mcp: Mcp, data: Mapping[str, Any]) -> dict[str, Any]:
    """What holds of every MCP server, as far as the profile says nothing else."""
    asked = mcp.scopes or any("scope" in tool for tool in mcp.tools.values())
    lacks = data.get("lacks", {})
    had = data.get("capabilities", [one for one in _USUAL if one not in lacks])
    return {
        "audience": mcp.url,
        "documents": ["mcp", *(f"mcp-{one}" for one in mcp.revisions)],
        "permissions": {"claim": "scope", "form": "string"} if asked else {"form": "none"},
        "capabilities": had,
        "lacks": {name: _UNSAID for name in words.CAPABILITIES if name not in had},
        "routes": _routes(mcp),
        "policy": _POLICY,
    }
