"""`mock-idp serve`."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mock_idp.cli.failing import CANNOT_RUN, USAGE, fail
from mock_idp.cli.setting import Setting, place, read_config, warn_of_unknown_variables
from mock_idp.errors import MockIdpError
from mock_idp.vendors import VENDORS

if TYPE_CHECKING:
    from mock_idp.issuer.state import State
    from mock_idp.jose.key_spec import KeySettings
    from mock_idp.run.serve import Served
    from mock_idp.settings import IssuerSettings, TlsSettings

_FILE = click.Path(path_type=Path)
_setting = partial(click.option, cls=Setting)


@click.command(epilog="Example: mock-idp serve --style okta --port 9400")
@_setting(
    "--config", type=_FILE, is_eager=True, callback=read_config, metavar="FILE", help="Settings and issuers, as TOML."
)
@_setting("--style", type=click.Choice(tuple(VENDORS)), help="Whose manners the issuer has. [default: custom]")
@_setting("--port", type=click.IntRange(0, 65_535), default=9400, show_default=True, help="0: a free one.")
@_setting("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@_setting("--public-url", help="What stands in documents and tokens. [default: http://localhost:PORT]")
@_setting("--audience", default="tasker-api", show_default=True, help="The aud of tokens.")
@_setting("--permissions-claim", help="The claim that holds the permissions. [default: the vendor's]")
@_setting("--algorithm", default="RS256", show_default=True, help="What tokens are signed with.")
@_setting(
    "--private-keys",
    metavar="FILE",
    help="Keys of your own: PEM, JWK or JWK Set. The first one signs. Also env:NAME, or the text itself.",
)
@_setting(
    "--token-lifetime",
    "token_lifetime_seconds",
    type=click.IntRange(1, 315_360_000),
    metavar="SECONDS",
    help="How long tokens are good for. [default: the vendor's]",
)
@_setting("--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of the style: realm=tasker.")
@_setting("--issuers", type=_FILE, help="A TOML file with [[issuers]].")
@_setting("--auto-issuers", is_flag=True, help="Make the issuer of /i/NEW-ID/... at its first request.")
@_setting("--allow-remote", is_flag=True, help="Allow an address that other machines reach.")
@_setting("--control-token", help="Makes the control API ask for it.")
@_setting("--allow-host", "allowed_hosts", multiple=True, metavar="NAME", help="A Host the control API answers to.")
@_setting("--trust-forwarded", is_flag=True, help="Believe what proxies say in Forwarded and X-Forwarded-*.")
@_setting("--backchannel-dynamic", is_flag=True, help="Name token endpoint and JWKS by the Host they are asked for at.")
@_setting("--tls", is_flag=True, help="Speak TLS, with a throw-away certificate and CA.")
@_setting("--tls-host", "tls_hosts", multiple=True, metavar="NAME", help="Another name in that certificate.")
@_setting("--tls-cert", type=_FILE, metavar="FILE", help="Speak TLS with this chain (PEM).")
@_setting("--tls-key", type=_FILE, metavar="FILE", help="The private key of --tls-cert.")
@_setting("--ready-file", type=_FILE, help="Written once ready, removed at the end.")
@_setting("--quiet", is_flag=True, help="Print nothing but warnings and errors.")
@click.pass_context
def serve(
    ctx: click.Context,
    /,
    config: Path | None,
    style: str | None,
    issuers: Path | None,
    tls: bool,
    tls_hosts: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    ready_file: Path | None,
    quiet: bool,
    **rest: Any,
) -> None:
    """Serve an issuer in the vendor's own layout.

    More of them come by POST /_mock/issuers, from a file, or by their first request. Each option can also be given as
    an environment variable or in a TOML file (--config): docs/configuration.md.
    """
    from mock_idp.cli.vendor_options import vendor_options
    from mock_idp.jose.errors import JoseError
    from mock_idp.run import serve as server
    from mock_idp.run.stop_signals import leave_on_stop_signals
    from mock_idp.settings import ServerSettings

    warn_of_unknown_variables(os.environ, ctx.command)
    names = ("audience", "permissions_claim", "algorithm", "token_lifetime_seconds", "options")
    about = {name: rest.pop(name) for name in names}
    private_keys = rest.pop("private_keys")
    try:
        if private_keys is not None:
            about["keys"] = _brought(private_keys)
        # The file's options are what they are, those of a command line or a variable are text.
        from_file = ctx.get_parameter_source("options") is ParameterSource.DEFAULT_MAP
        about["options"] = ctx.obj["options"] if from_file else vendor_options(style or "custom", about["options"])
        settings = ServerSettings(
            issuers=_issuers(style, issuers, ctx.obj.get("issuers", ()), about),
            default_style=style or "custom",
            tls=_tls(tls, tls_hosts, tls_cert, tls_key),
            **rest,
        )
        leave_on_stop_signals()  # Until it serves.
        server.serve(settings, ready_file, _say_nothing if quiet else _announce)
    except (MockIdpError, JoseError) as error:
        where = f"{place(ctx, error.field)}: " if error.field else ""
        fail(where + error.sentence, CANNOT_RUN if error.code == server.CANNOT_LISTEN else USAGE)
    except KeyboardInterrupt:  # Before it serves.
        sys.exit(128 + signal.SIGINT)
    # The HTTP server's native threads may still be on their way out, and must not find the interpreter half
    # taken down. Everything of ours is closed by now.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _brought(private_keys: str) -> tuple[KeySettings, ...]:
    """The keys that are brought along. Raises MockIdpError."""
    from mock_idp.control.views import keys_of
    from mock_idp.run.key_source import key_source

    return keys_of(key_source(private_keys, Path(), "private_keys"))


def _issuers(
    style: str | None, file: Path | None, configured: tuple[IssuerSettings, ...], about: dict[str, Any]
) -> tuple[IssuerSettings, ...]:
    """The issuers of the file, or else the `configured` ones; and the plain one, named or if there are no others."""
    from mock_idp.settings import DEFAULT_ISSUER_ID, IssuerSettings

    issuers = configured
    if file is not None:
        from mock_idp.run.settings_file import read_issuers

        issuers = read_issuers(file)
    if issuers and style is None:
        return issuers
    return IssuerSettings(id=DEFAULT_ISSUER_ID, style=style or "custom", mount="root", **about), *issuers


def _tls(tls: bool, hosts: tuple[str, ...], cert: Path | None, key: Path | None) -> TlsSettings | None:
    """The TLS settings; each of the options asks for TLS. Raises MockIdpError where they contradict each other."""
    from mock_idp.settings import TlsSettings

    return TlsSettings(hosts, cert, key) if tls or hosts or cert or key else None


def _announce(state: State, served: Served) -> None:
    from mock_idp.cli.banner import banner

    for issuer in state.issuers()[:1]:
        click.echo(banner(issuer, served.url, state.settings.control_token is not None, served.ca_file))
    others = [issuer.issuer for issuer in state.issuers()[1:]]
    if others:
        click.echo("More issuers:\n" + "\n".join(f"  {issuer}" for issuer in others))
    sys.stdout.flush()


def _say_nothing(state: State, served: Served) -> None:
    pass
