"""The commands that talk to a running server."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from mock_idp.cli.failing import CANNOT_RUN, USAGE, fail
from mock_idp.cli.saying import say
from mock_idp.errors import MockIdpError
from mock_idp.tools.input_file import InputFileError, parse_json
from mock_idp.tools.printable import printable

if TYPE_CHECKING:
    from mock_idp.cli.control_client import ControlClient

Command = Callable[..., None]


def _checked_token(ctx: click.Context, parameter: click.Parameter, token: str | None) -> str | None:
    """A control token as a server takes it. Raises click.BadParameter for one that no server can have."""
    if token is not None:
        from mock_idp.settings import check_control_token

        try:
            check_control_token(token)
        except MockIdpError as error:
            raise click.BadParameter(error.sentence) from None
    return token


def _talks(command: Command) -> Command:
    """Gives a command the options that say which server, and a client as its first argument."""

    @click.option(
        "--url", envvar="MOCK_IDP_URL", default="http://127.0.0.1:9400", show_default=True, help="The server."
    )
    @click.option(
        "--control-token",
        envvar="MOCK_IDP_CONTROL_TOKEN",
        callback=_checked_token,
        help="When the server asks for one.",
    )
    @wraps(command)
    def with_client(url: str, control_token: str | None, **options: Any) -> None:
        from mock_idp.cli.control_client import CannotReach, ControlClient, Refused

        try:
            command(ControlClient(url, control_token), **options)
        except CannotReach as error:
            fail(f"{error}. Start one with: mock-idp serve", CANNOT_RUN)
        except Refused as error:
            fail(str(error), USAGE)
        except (KeyError, TypeError, AttributeError):
            fail(f"What answers at {url} is no mock identity provider of this version.", CANNOT_RUN)

    return with_client


def _finite(_: click.Context, parameter: click.Parameter, seconds: float | None) -> float | None:
    if seconds is not None and not math.isfinite(seconds):
        raise click.BadParameter("a number of seconds is neither NaN nor infinite.", param=parameter)
    return seconds


_issuer_option = click.option("--issuer", default="default", show_default=True, help="The id of the issuer.")
_json_option = click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")


@click.command(epilog="Example: mock-idp token -p tasks:list -p tasks:read --expires-in 60")
@_issuer_option
@click.option("-p", "--permission", "permissions", multiple=True, help="What the token grants.")
@click.option("--subject", help="The sub claim.")
@click.option("--audience", help="The aud claim.")
@click.option(
    "--expires-in", type=float, callback=_finite, metavar="SECONDS", help="The exp claim, from now; may be negative."
)
@click.option("--claim", "claims", multiple=True, metavar="NAME=JSON", help="Sets a claim.")
@click.option("--key", help="Who signs: current, a kid or the name of a key.")
@click.option("--mutation", help="Breaks the token: alg-none, flip-first-signature-bit, ...")
@click.option("--spec", metavar="JSON", help="The whole token spec; the other options are laid over it.")
@_json_option
@_talks
def token(
    client: ControlClient,
    issuer: str,
    permissions: tuple[str, ...],
    expires_in: float | None,
    claims: tuple[str, ...],
    spec: str | None,
    as_json: bool,
    **members: str | None,
) -> None:
    """Print a token, good or broken."""
    body = _decoded(spec, "--spec") if spec is not None else {}
    if not isinstance(body, dict):
        fail("--spec takes a JSON object.", USAGE)
    body |= {name: value for name, value in members.items() if value is not None}
    if permissions:
        body["permissions"] = list(permissions)
    if expires_in is not None:
        # A whole number of seconds is written as one: 300, not 300.0.
        seconds = int(expires_in) if expires_in.is_integer() else expires_in
        body["times"] = {**body.get("times", {}), "exp": seconds}
    if claims:
        body["claims"] = {**body.get("claims", {}), **dict(_claim(claim) for claim in claims)}
    answer = client.call("POST", "issuers", issuer, "tokens", body=body)
    say(_pretty(answer) if as_json else printable(str(answer["token"])))


@click.command(epilog="Example: mock-idp rotate --issuer default")
@_issuer_option
@click.option("--habit", type=click.Choice(["prepublished", "immediate"]), help="[default: the vendor's]")
@_json_option
@_talks
def rotate(client: ControlClient, issuer: str, habit: str | None, as_json: bool) -> None:
    """Rotate the signing key by the vendor's habit."""
    body = {} if habit is None else {"habit": habit}
    answer = client.call("POST", "issuers", issuer, "rotate", body=body)
    if as_json:
        say(_pretty(answer))
        return
    say(f"signing    {printable(str(answer['signing']))}")
    for kid in answer["published"]:
        say(f"published  {printable(str(kid))}")


@click.command(epilog="Example: mock-idp keys --json")
@_issuer_option
@_json_option
@_talks
def keys(client: ControlClient, issuer: str, as_json: bool) -> None:
    """List an issuer's keys and their states."""
    answer = client.call("GET", "issuers", issuer, "keys")
    columns = ("state", "kid", "name", "algorithm", "use")
    say(_pretty(answer)) if as_json else _table(columns, answer["keys"])


@click.command(epilog="Example: mock-idp issuers --url http://127.0.0.1:9400")
@_json_option
@_talks
def issuers(client: ControlClient, as_json: bool) -> None:
    """List the issuers of the server."""
    answer = client.call("GET", "issuers")
    say(_pretty(answer)) if as_json else _table(("id", "style", "issuer", "jwks_uri"), answer["issuers"])


@click.command("tasker-config", epilog="Example: mock-idp tasker-config >> worker.toml")
@_issuer_option
@_talks
def tasker_config(client: ControlClient, issuer: str) -> None:
    """Print the lines for Tasker's [web.auth]."""
    from mock_idp.trusting.tasker import tasker_toml

    answer = client.call("GET", "issuers", issuer)
    names = ("jwks_uri", "issuer", "audience", "permissions_claim", "algorithm")
    say(tasker_toml(**{name: answer[name] for name in names}))


COMMANDS = (token, rotate, keys, issuers, tasker_config)


def _claim(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        fail(f"--claim takes NAME=JSON, not {text!r}.", USAGE)
    return name, _decoded(value, f"--claim {name}")


def _decoded(text: str, option: str) -> Any:
    try:
        return parse_json(text)
    except InputFileError as error:
        fail(f"{option} takes JSON (a string needs its quotes): it {error}.", USAGE)


def _pretty(document: Any) -> str:
    return json.dumps(document, indent=2)


def _table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    # Never cut to the width of the terminal: half a kid or half a URL is of no use.
    cells = [
        list(columns),
        *(["" if row[name] is None else printable(str(row[name])) for name in columns] for row in rows),
    ]
    widths = [max(len(line[number]) for line in cells) for number in range(len(columns))]
    for line in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
