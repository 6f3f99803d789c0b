"""`mock-idp healthcheck`: for containers, whose images have no curl."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any

import click

from mock_idp.cli.serve import serve

NOT_HEALTHY = 1
_SECONDS = 2.0
_SETTINGS = ("config", "host", "port", "tls", "tls_hosts", "tls_cert", "tls_key")
# Where a server that listens on all addresses is found.
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}


@click.command(
    params=[option for option in serve.params if option.name in _SETTINGS],
    epilog="Example: mock-idp healthcheck --port 9400",
)
def healthcheck(host: str, port: int, **others: Any) -> None:
    """Say whether the server of this machine is ready: exit status 0, or 1 and why not.

    Settings come from the same places as those of serve, so in a container no option is needed.
    """
    tls = any(others[name] for name in _SETTINGS if name.startswith("tls"))
    try:
        status = _status(_LOOPBACK.get(host, host), port, tls)
    except (OSError, HTTPException) as error:
        click.echo(f"not ready: {error}", err=True)
        raise SystemExit(NOT_HEALTHY) from None
    click.echo("ready" if status == 200 else f"not ready: status {status}", err=status != 200)
    raise SystemExit(0 if status == 200 else NOT_HEALTHY)


def _status(host: str, port: int, tls: bool) -> int:
    """The status of the health page. Raises OSError or HTTPException when nobody answers."""
    connection: HTTPConnection
    if tls:
        import ssl

        # Its certificate is made for other names, and a health check tells it nothing.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection(host, port, timeout=_SECONDS, context=context)
    else:
        connection = HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("GET", "/_mock/health")
        return connection.getresponse().status
    finally:
        connection.close()
