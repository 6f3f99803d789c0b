"""`idp-harness token`: a token that a private key signs, and what a service would find in one."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import click

from harness.cli.permissions import profile_option
from harness.declared.profile import Profile
from harness.shown.foreign_text import foreign
from harness.shown.terminal import say, say_in_colour
from harness.static_key.pem_files import read_private_key, read_public_key
from harness.static_key.tokens import Finding, Grant, examine, issue, permissions_in
from harness.static_key.vocabulary import why_unknown

# As much as any server takes in a header field.
_LONGEST_TOKEN = 64 * 1024
_file = click.Path(path_type=Path)
issuer_option = click.option("--issuer", default="tasker-core", show_default=True, help="The claim iss.")
audience_option = click.option("--audience", default="tasker-api", show_default=True, help="The claim aud.")


def _number(ctx: click.Context, param: click.Parameter, value: float) -> float:
    """`click.FloatRange` lets NaN pass, which is in no range."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number.")
    return value


def _path(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if not all(value.split(".")):
        raise click.BadParameter("it is a name, or several with dots between, such as realm_access.roles.")
    return value


claim_option = click.option(
    "--permissions-claim",
    "claim",
    callback=_path,
    default="permissions",
    show_default=True,
    help="A name, or several with dots.",
)


@click.group()
def token() -> None:
    """Make and check tokens for a service that verifies with one public key.

    \b
    Examples:
      idp-harness token generate --private-key ./keys/jwt-private-key.pem --permissions tasks:read --subject me
      idp-harness token validate --public-key ./keys/jwt-public-key.pem --token -
    """


def _permissions(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",")) if value.strip() else ()
    if "" in names:
        raise click.BadParameter(
            "a permission is empty; they stand with commas between, such as tasks:read,tasks:list."
        )
    return names


@token.command("generate")
@click.option("--private-key", "file", required=True, metavar="FILE", type=_file, help="PEM, PKCS #1 or PKCS #8.")
@click.option(
    "--permissions", "permissions", required=True, callback=_permissions, metavar="LIST", help="With commas between."
)
@click.option("--subject", required=True, help="The claim sub.")
@click.option(
    "--expiry-hours",
    "hours",
    callback=_number,
    type=click.FloatRange(0, 24 * 366, min_open=True),
    default=24.0,
    show_default=True,
    help="How long it counts.",
)
@issuer_option
@audience_option
@claim_option
@profile_option
def generate(
    file: Path,
    permissions: tuple[str, ...],
    subject: str,
    hours: float,
    issuer: str,
    audience: str,
    claim: str,
    profile: Profile,
) -> None:
    """Print a token, and nothing else, on standard output; what is odd about it on standard error.

    \b
    Example:
      idp-harness token generate --private-key ./keys/jwt-private-key.pem --permissions tasks:read --subject my-service
    """
    if not all(claim.split(".")):
        raise click.BadParameter(
            "it is names with dots between, such as realm_access.roles.", param_hint="--permissions-claim"
        )
    key = read_private_key(file)
    for permission in permissions:
        if reason := why_unknown(permission, profile):
            say(f"note: {foreign(permission)}: {reason}", err=True)
    grant = Grant(issuer, audience, subject, permissions, claim)
    say(issue(key, grant, now=time.time(), lifetime_seconds=hours * 3600))


@token.command("validate")
@click.option(
    "--token",
    "text",
    required=True,
    metavar="TOKEN",
    help="It, or - for standard input: nobody else sees that.",
)
@click.option("--public-key", "file", required=True, metavar="FILE", type=_file, help="PEM of the signer's public key.")
@issuer_option
@audience_option
@claim_option
@click.option(
    "--leeway-seconds",
    "leeway",
    callback=_number,
    type=click.FloatRange(0, 3600),
    default=0.0,
    show_default=True,
    help="For exp and nbf.",
)
@profile_option
def validate(text: str, file: Path, issuer: str, audience: str, claim: str, leeway: float, profile: Profile) -> int:
    """Say what a service that trusts the key, the issuer and the audience finds in a token.

    Exit status 0 if it holds, 1 if it doesn't.

    \b
    Example:
      echo "$TASKER_AUTH_TOKEN" | idp-harness token validate --public-key ./keys/jwt-public-key.pem --token -
    """
    key = read_public_key(file)
    given = (sys.stdin.read(_LONGEST_TOKEN + 1) if text == "-" else text).strip()
    if len(given) > _LONGEST_TOKEN:
        raise click.BadParameter(f"it is longer than {_LONGEST_TOKEN:,} characters.", param_hint="--token")
    findings, claims = examine(given, key, now=time.time(), issuer=issuer, audience=audience, leeway_seconds=leeway)
    granted: list[str] = []
    if claims:
        finding, permissions = permissions_in(claims, claim)
        findings.append(finding)
        granted = [_permission(one, profile) for one in permissions]
    for finding in findings:
        _show(finding)
    for line in granted:
        say(f"  {line}")
    return 0 if all(finding.holds is not False for finding in findings) else 1


def _permission(name: str, profile: Profile) -> str:
    reason = why_unknown(name, profile)
    return f"{foreign(name)}  {reason}" if reason else str(foreign(name))


_MARKS: dict[bool | None, tuple[str, str]] = {True: ("ok", "green"), False: ("WRONG", "red"), None: ("-", "")}


def _show(finding: Finding) -> None:
    mark, colour = _MARKS[finding.holds]
    say_in_colour(f"{mark:<6}", f"{finding.part:<12} {finding.why}", colour=colour or None)
