"""`python -m bench.many`: a server with many issuers and a long log, against the same server with one issuer."""

from __future__ import annotations

import statistics
from contextlib import ExitStack

import click
import psutil
import requests
from rich.console import Console
from rich.table import Table

from bench.contenders import mock_idp
from bench.load import get_request, requests_per_second
from bench.running import Running, running

CONNECTIONS = 16
# Keys of this kind are made in no time; RSA keys for a thousand issuers would take minutes.
_ALGORITHM = "ES256"
_KEYS = 3
_SECONDS = 30


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--issuers", type=click.IntRange(2, 1000), default=1000, show_default=True, help="Each with three keys.")
@click.option("--entries", type=click.IntRange(1), default=100_000, show_default=True, help="Entries of all logs.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rounds of load, in turns.")
@click.option("--seconds", type=float, default=2.0, show_default=True, help="Seconds of load on each in a round.")
def main(issuers: int, entries: int, rounds: int, seconds: float) -> None:
    """Fill a server, and load it in turns with one that is nearly empty.

    \b
    Example:
      python -m bench.many --issuers 200 --entries 20000 --rounds 3
    """
    with ExitStack() as servers:
        few, many = (servers.enter_context(running(mock_idp())) for _ in range(2))
        _fill(few, 1, 1)
        empty = _rss_mib(few)
        _fill(many, issuers, entries)
        full = _rss_mib(many)
        paths = {"one issuer": (few, 0), "many, the first": (many, 0), "many, the last": (many, issuers - 1)}
        rates: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(rounds):
            for name, (server, number) in paths.items():
                request = get_request(f"/i/{_name(number)}/.well-known/jwks.json", f"127.0.0.1:{server.port}")
                rates[name].append(requests_per_second("127.0.0.1", server.port, request, CONNECTIONS, seconds))
        loaded = {"one issuer": _rss_mib(few), "many, the first": _rss_mib(many), "many, the last": _rss_mib(many)}
    table = Table("", "JWKS/s", "of one", "RSS MiB", "after the load", title_justify="left")
    table.title = f"{issuers} issuers with {_KEYS} keys each, {entries} entries in their logs; medians"
    one = statistics.median(rates["one issuer"])
    for name, each in rates.items():
        rate, before = statistics.median(each), empty if name == "one issuer" else full
        table.add_row(name, f"{rate:.0f}", f"{rate / one:.2f}", f"{before:.0f}", f"{loaded[name]:.0f}")
    Console().print(table)


def _name(number: int) -> str:
    return f"many-{number}"


def _fill(server: Running, issuers: int, entries: int) -> None:
    """Make issuers with three published keys each, and ask them for their keys in turns, an entry a request."""
    with requests.Session() as session:

        def post(path: str, body: dict[str, str]) -> None:
            session.post(f"{server.base}{path}", json=body, timeout=_SECONDS).raise_for_status()

        for number in range(issuers):
            post("/_mock/issuers", {"id": _name(number), "style": "auth0", "algorithm": _ALGORITHM})
            for _ in range(_KEYS - 1):
                post(f"/_mock/issuers/{_name(number)}/keys", {"algorithm": _ALGORITHM, "state": "previous"})
        for number in range(entries):
            path = f"/i/{_name(number % issuers)}/.well-known/jwks.json"
            answer = session.get(server.base + path, timeout=_SECONDS)
            assert answer.status_code == 200, answer.text


def _rss_mib(server: Running) -> float:
    """Of the process that listens on the server's port."""
    listening = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    pids = {each.pid for each in listening if each.laddr and each.laddr.port == server.port}
    return sum(psutil.Process(pid).memory_info().rss for pid in pids if pid) / 2**20


if __name__ == "__main__":
    main()
