"""`mock-idp serve`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_idp.commands.failing import CANNOT_RUN, USAGE, fail
from mock_idp.errors import MockIdpError

if TYPE_CHECKING:
    from mock_idp.serve import Served
    from mock_idp.settings import IssuerSettings, TlsSettings
    from mock_idp.state import State

# Written out, as importing the providers would make --help slow; a test holds it against the registry.
STYLES = ("auth0", "keycloak", "okta", "custom", "entra", "cognito", "google")


@click.command(epilog="Example: mock-idp serve --style okta --port 9400")
@click.option("--style", type=click.Choice(STYLES), help="Whose manners the issuer has. [default: custom]")
@click.option("--port", type=click.IntRange(0, 65_535), default=9400, show_default=True, help="0: a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--public-url", help="What stands in documents and tokens. [default: http://localhost:PORT]")
@click.option("--audience", default="tasker-api", show_default=True, help="The aud of tokens.")
@click.option("--permissions-claim", help="The claim that holds the permissions. [default: the vendor's]")
@click.option("--algorithm", default="RS256", show_default=True, help="What tokens are signed with.")
@click.option(
    "--token-lifetime",
    "token_lifetime_seconds",
    type=click.IntRange(1, 315_360_000),
    metavar="SECONDS",
    help="How long tokens are good for. [default: the vendor's]",
)
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of the style: realm=tasker.")
@click.option("--issuers", "file", type=click.Path(path_type=Path), help="A TOML file with [[issuers]].")
@click.option("--auto-issuers", is_flag=True, help="Make the issuer of /i/NEW-ID/... at its first request.")
@click.option("--allow-remote", is_flag=True, help="Allow an address that other machines reach.")
@click.option("--control-token", envvar="MOCK_IDP_CONTROL_TOKEN", help="Makes the control API ask for it.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A Host the control API answers to.")
@click.option("--trust-forwarded", is_flag=True, help="Believe X-Forwarded-Host and X-Forwarded-Proto.")
@click.option("--tls", is_flag=True, help="Speak TLS, with a throw-away certificate and CA.")
@click.option("--tls-host", "tls_hosts", multiple=True, metavar="NAME", help="Another name in that certificate.")
@click.option("--tls-cert", type=click.Path(path_type=Path), metavar="FILE", help="Speak TLS with this chain (PEM).")
@click.option("--tls-key", type=click.Path(path_type=Path), metavar="FILE", help="The private key of --tls-cert.")
@click.option("--ready-file", type=click.Path(path_type=Path), help="Written once ready, removed at the end.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
def serve(
    style: str | None,
    file: Path | None,
    hosts: tuple[str, ...],
    tls: bool,
    tls_hosts: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    ready_file: Path | None,
    quiet: bool,
    **rest: Any,
) -> None:
    """Serve an issuer in the vendor's own layout.

    More of them come by POST /_mock/issuers, from a file, or by their first request.
    """
    from mock_idp import serve as server
    from mock_idp.jose.errors import JoseError
    from mock_idp.settings import ServerSettings

    names = ("audience", "permissions_claim", "algorithm", "token_lifetime_seconds", "options")
    about = {name: rest.pop(name) for name in names}
    try:
        settings = ServerSettings(
            issuers=_issuers(style, file, about),
            allowed_hosts=hosts,
            default_style=style or "custom",
            tls=_tls(tls, tls_hosts, tls_cert, tls_key),
            **rest,
        )
        server.serve(settings, ready_file, _say_nothing if quiet else _announce)
    except (MockIdpError, JoseError) as error:
        where = f"{error.field}: " if error.field else ""
        fail(where + error.sentence, CANNOT_RUN if error.code == server.CANNOT_LISTEN else USAGE)
    # The HTTP server's native threads may still be on their way out, and must not find the interpreter half
    # taken down. Everything of ours is closed by now.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _issuers(style: str | None, file: Path | None, about: dict[str, Any]) -> tuple[IssuerSettings, ...]:
    """The issuers of the file, and the plain one where a style is named or there is no file."""
    from mock_idp.settings import DEFAULT_ISSUER_ID, IssuerSettings

    issuers: tuple[IssuerSettings, ...] = ()
    if file is not None:
        from mock_idp.settings_file import read_issuers

        issuers = read_issuers(file)
        if style is None:
            return issuers
    from mock_idp.commands.vendor_options import vendor_options

    style = style or "custom"
    about["options"] = vendor_options(style, about["options"])
    return IssuerSettings(id=DEFAULT_ISSUER_ID, style=style, mount="root", **about), *issuers


def _tls(tls: bool, hosts: tuple[str, ...], cert: Path | None, key: Path | None) -> TlsSettings | None:
    """The TLS settings; each of the options asks for TLS. Raises MockIdpError where they contradict each other."""
    from mock_idp.settings import TlsSettings

    return TlsSettings(hosts, cert, key) if tls or hosts or cert or key else None


def _announce(state: State, served: Served) -> None:
    from mock_idp.banner import banner

    for issuer in state.issuers()[:1]:
        click.echo(banner(issuer, served.url, state.settings.control_token is not None, served.ca_file))
    others = [issuer.issuer for issuer in state.issuers()[1:]]
    if others:
        click.echo("More issuers:\n" + "\n".join(f"  {issuer}" for issuer in others))
    sys.stdout.flush()


def _say_nothing(state: State, served: Served) -> None:
    pass
