"""`idp-harness init --mcp URL`: from an MCP server on a port to a profile and the command that judges it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from harness.base.errors import UsageError
from harness.base.verdicts import EXIT_OK
from harness.cli.output import OutputFile
from harness.declared.mcp import is_uri
from harness.declared.profile import load_profile
from harness.grammar.vocabulary import MCP_STYLE
from harness.idp.client import IdpClient
from harness.shown.terminal import words
from harness.survey.mcp import McpServer, McpSurvey
from harness.survey.mcp_profile import mcp_profile_text

_IDP_URL = "http://127.0.0.1:9400"
# What one running server can show in a minute or two.
_QUICK_AREAS = ("mcp", "baseline", "identity", "signature", "time")


def init_mcp(
    console: Console,
    say: Callable[[str], None],
    url: str,
    file: Path | None,
    force: bool,
    *,
    title: str | None,
    idp_url: str | None,
    control_token: str | None,
    issuer: str | None,
    scopes: Sequence[str],
) -> int:
    """Ask the server at `url`, write its profile and print what to run next.

    Raises `UsageError` for a URL that is none and a file that is there, `HarnessError` where nothing can be found out.
    """
    if not is_uri(url):
        raise UsageError(f"--mcp takes the address of the endpoint, such as http://127.0.0.1:8000/mcp, not {url!r}")
    file = file or Path(f"{(urlsplit(url).hostname or 'server').replace('.', '-')}-mcp.toml")
    if file.suffix != ".toml":
        raise UsageError(f"--output takes the name of a profile, which ends with .toml, not {str(file)!r}")
    if file.exists() and not force:
        raise UsageError(f"{file} is there: choose another --output, or --force to write over it")
    written = OutputFile(file, lambda _: force)
    with closing(IdpClient(idp_url or _IDP_URL, control_token)) as idp:
        idp.check(issuer)
        server = McpSurvey(url, idp, issuer, scopes, say).ask()
    text = mcp_profile_text(server, title or f"The MCP server at {url}")
    load_profile(file, text=text)
    written.write(text)
    for note in server.notes:
        console.print(words(("noticed ", "yellow bold"), note), soft_wrap=True)
    console.print(
        words(f"\n{file}: observed, and promised by nobody. Next:\n  ", (_next(file, server, idp_url), "bold")),
        soft_wrap=True,
    )
    if server.style != MCP_STYLE:
        console.print(
            words(
                f"\nThe issuer is of the style {server.style}, whose tokens show what any service must do. What MCP "
                f"asks beside is shown with one of the style {MCP_STYLE}: mock-idp serve --style {MCP_STYLE}"
            ),
            soft_wrap=True,
        )
    return EXIT_OK


def _next(file: Path, server: McpServer, idp_url: str | None) -> str:
    said = [
        "idp-harness",
        "run",
        *_QUICK_AREAS,
        "--target",
        "url",
        "--profile",
        str(file),
        "--base-url",
        server.base_url,
    ]
    said += ["--target-option", "health_status=any", "--idp-url", idp_url or _IDP_URL, "--issuer", server.issuer]
    return shlex.join([*said, "--style", server.style])
