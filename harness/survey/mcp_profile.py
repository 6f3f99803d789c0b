"""The profile of an MCP server that was asked: a few lines, each with what bears it out."""

from __future__ import annotations

from typing import Final

from harness.shown.foreign_text import one_line
from harness.survey.mcp import McpServer
from harness.targets.toml_text import toml_value

HEAD: Final = "# A profile by idp-harness init --mcp"
_SHOWN: Final = 10


def mcp_profile_text(server: McpServer, title: str) -> str:
    """The text of a profile that can be run at once. What was seen is observed, and promised by nobody."""
    mcp = server.mcp
    lines = [
        f"{HEAD}: observed, with tokens of the style {server.style}. Keep what your documents bear out.",
        *(f"# {one_line(note)}" for note in server.notes),
        f"title = {toml_value(title)}",
        'protocol = "mcp"',
        "",
        "[mcp]",
        f"url = {toml_value(mcp.url)}",
        f"revisions = {toml_value(mcp.revisions)}",
    ]
    if mcp.scopes:
        lines.append(f"scopes = {toml_value(mcp.scopes)}")
    if mcp.probe != "initialize" and mcp.has_sessions:
        lines += ["# initialize is open to everybody.", f"probe = {toml_value(mcp.probe)}"]
    if mcp.scopes and (server.place.claim, server.place.form) != ("scope", "string"):
        lines += ["", "[permissions]", f"claim = {toml_value(str(server.place.claim))}"]
        lines += [f"form = {toml_value(server.place.form)}"]
    if server.tools:
        lines += [
            "",
            "# A tool that needs more than any request does. Its tools: "
            + one_line(", ".join(server.tools[:_SHOWN]) + (", ..." if len(server.tools) > _SHOWN else "")),
            "# [mcp.tools.write]",
            f"# tool = {one_line(toml_value(server.tools[0]))}",
            '# scope = "..."',
            "# arguments = {}",
        ]
    return "\n".join(lines) + "\n"
