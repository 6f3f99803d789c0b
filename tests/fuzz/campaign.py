"""One server and one client: requests to every vendor for as long as it is told to."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from threading import Thread
from typing import Any

import psutil

from mock_idp.embed import EmbeddedIdp
from mock_idp.issuer.state import State
from mock_idp.run.serve import Served
from mock_idp.run.serve import serve as serve_on_granian
from mock_idp.settings import ClientSettings, IssuerSettings, ServerSettings, UserSettings
from mock_idp.vendors import VENDORS

from .drawing import RandomDraw
from .exchange import Answer, Connection, NoAnswer
from .findings import finding, remember, shown_secret
from .mutation import Corpus
from .raw_bytes import ask_raw, raw_finding, raw_request
from .smaller import smallest
from .vendor_requests import SECRET, Memory, Request, vendor_request

Routes = list[tuple[str, str]]
_BATCH = 32
_LOG_EVERY = 50
_RAW_EVERY = 5
WARM_UP = 3000
# After so many inputs a campaign says how it goes.
PROGRESS = 20_000
_MEGABYTE = 1 << 20
# Longer ones are not changed again, or they would only grow.
_LONGEST = 4000


@dataclass
class Report:
    """What came out. `findings` hold the first request that showed each mistake, made small, as text.

    Memory is that of the servers in bytes: after the warm-up, in the middle of what was tried, at the end.
    """

    tried: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)
    memory_before: int = 0
    memory_midway: int = 0
    memory_after: int = 0

    def add(self, other: Report) -> None:
        """Another report's numbers, too."""
        self.tried += other.tried
        self.statuses += other.statuses
        self.findings = {**other.findings, **self.findings}
        self.memory_before += other.memory_before
        self.memory_midway += other.memory_midway
        self.memory_after += other.memory_after


def fuzz_settings() -> ServerSettings:
    """A server with two issuers of every vendor: one that takes any client, one that knows which there are."""
    clients = (
        ClientSettings(id="app", secret=SECRET),
        ClientSettings(id="web", secret="secret", redirect_uris=("https://app.example/callback",)),
        ClientSettings(id="spa"),
    )
    users = (UserSettings(username="ann", password=SECRET), UserSettings(username="bob"))
    issuers = []
    for style in VENDORS:
        issuers.append(IssuerSettings(id=style, style=style, algorithm="ES256", auto_login="ann"))
        issuers.append(
            IssuerSettings(id=f"{style}-strict", style=style, algorithm="ES256", clients=clients, users=users)
        )
    return ServerSettings(port=0, issuers=tuple(issuers), key_pool_size=0, request_log_size=500)


def routes_of(state: State) -> dict[str, Routes]:
    """Path and endpoint of everything each issuer serves, by its id."""
    found: dict[str, Routes] = {}
    for path, route in state.routes.items():
        found.setdefault(route.issuer.id, []).append((path, route.endpoint))
    return found


def own_server(pipe: Pipe) -> None:
    """The server of embedding tests, in a process of its own: says its port and routes, and ends when the pipe does."""
    with EmbeddedIdp(fuzz_settings()) as idp:
        pipe.send((idp.port, routes_of(idp.state)))
        with suppress(EOFError):
            pipe.recv()


def granian_server(pipe: Pipe) -> None:
    """That of `mock-idp serve`, likewise."""

    def announce(state: State, served: Served) -> None:
        pipe.send((int(served.url.rpartition(":")[2]), routes_of(state)))

    def end_with_pipe() -> None:
        with suppress(EOFError):
            pipe.recv()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=end_with_pipe, daemon=True).start()
    serve_on_granian(fuzz_settings(), announce=announce)


SERVERS: Mapping[str, Callable[[Pipe], None]] = {"own": own_server, "granian": granian_server}


class Campaign:
    """Requests to one server of a kind, which is ended with `close`."""

    def __init__(self, seed: int | str, server: str = "own") -> None:
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=SERVERS[server], args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._port, self._routes = self._pipe.recv()
        self._name = f"{seed} {server}"
        self._is_granian = server == "granian"
        self._draw = RandomDraw(seed)
        self._memories = {issuer: Memory.empty() for issuer in self._routes}
        self._corpora = {issuer: Corpus() for issuer in self._routes}
        self._issuers = sorted(self._routes)
        self._endpoints = {issuer: dict(routes) for issuer, routes in self._routes.items()}
        self._seen = dict.fromkeys(self._routes, 0)
        self._connection: Connection | None = None
        self.report = Report()

    def close(self) -> None:
        """End the server."""
        self._hang_up()
        self._pipe.close()
        self._process.join(20)
        self._process.kill()

    def run(self, seconds: float, most: int) -> Report:
        """Go on until so many seconds have passed or so many inputs were tried."""
        started = time.monotonic()
        memories: list[tuple[int, int]] = []
        batches = 0
        while time.monotonic() < started + seconds and self.report.tried < most:
            self._batch()
            batches += 1
            if batches % _RAW_EVERY == 0:
                self._raw()
            if batches % _LOG_EVERY == 0:
                self._look_at_logs()
            if not memories and self.report.tried >= WARM_UP:
                memories.append((self.report.tried, self._memory()))
            if self.report.tried >= len(memories) * PROGRESS > 0:
                memories.append((self.report.tried, self._memory()))
                self._say(memories[-1][1], time.monotonic() - started)
        self._look_at_logs()
        if memories:
            self.report.memory_before = memories[0][1]
            self.report.memory_midway = min(memories, key=lambda one: abs(one[0] - self.report.tried / 2))[1]
        self.report.memory_after = self._memory()
        return self.report

    def _say(self, memory: int, seconds: float) -> None:
        statuses, tried = self.report.statuses, self.report.tried
        wrong = sum(count for status, count in statuses.items() if status >= 500 and status != 505)
        print(
            f"[{self._name}] {tried} inputs in {seconds:.0f} s, memory {memory / _MEGABYTE:.0f} MB, {wrong} of 5xx, "
            f"{len(self.report.findings)} findings",
            flush=True,
        )

    def _memory(self) -> int:
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def _request(self, issuer: str) -> Request:
        corpus = self._corpora[issuer]
        if len(corpus) > 5 and self._draw.number(0, 1):
            return corpus.mutated(self._draw)
        return vendor_request(self._draw, self._routes[issuer], self._memories[issuer])

    def _batch(self) -> None:
        issuer = self._draw.pick(self._issuers)
        requests = [self._request(issuer) for _ in range(_BATCH)]
        while requests:
            if self._connection is None:
                self._connection = Connection(self._port)
            try:
                answers = self._connection.ask(requests)
            except NoAnswer as error:
                self._hang_up()
                # Which one it was is found out one by one.
                if len(requests) == 1:
                    self._found(str(error), issuer, requests[0])
                else:
                    for request in requests:
                        self._one(issuer, request)
                return
            for request, answer in zip(requests, answers, strict=False):
                self._judge(issuer, request, answer)
            if answers[-1].header("connection").lower() == "close":
                self._hang_up()
            requests = requests[len(answers) :]

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _one(self, issuer: str, request: Request) -> None:
        try:
            with Connection(self._port) as connection:
                (answer,) = connection.ask([request])
        except NoAnswer as error:
            self._found(str(error), issuer, request)
        else:
            self._judge(issuer, request, answer)

    def _judge(self, issuer: str, request: Request, answer: Answer) -> None:
        self.report.tried += 1
        self.report.statuses[answer.status] += 1
        remember(self._memories[issuer], answer)
        if answer.status < 400 and len(request.body) + len(request.target) < _LONGEST:
            self._corpora[issuer].add(request)
        wrong = self._finding(issuer, request, answer)
        if wrong is not None:
            self._found(wrong, issuer, request)

    def _finding(self, issuer: str, request: Request, answer: Answer) -> str | None:
        path = request.target.partition("?")[0]
        endpoint = self._endpoints[issuer].get(path, "other")
        return finding(issuer.removesuffix("-strict"), endpoint, request, answer, self._is_granian)

    def _found(self, wrong: str, issuer: str, request: Request) -> None:
        if wrong not in self.report.findings:
            small = smallest(request, lambda smaller: self._shows(wrong, issuer, smaller))
            self.report.findings[wrong] = small.wire("127.0.0.1").decode("latin-1")
            print(f"[{self._name}] FOUND: {wrong}", flush=True)

    def _shows(self, wrong: str, issuer: str, request: Request) -> bool:
        try:
            with Connection(self._port) as connection:
                (answer,) = connection.ask([request])
        except NoAnswer as error:
            return str(error) == wrong
        return self._finding(issuer, request, answer) == wrong

    def _raw(self) -> None:
        data = raw_request(self._draw, self._draw.pick(self._routes[self._draw.pick(self._issuers)])[0])
        status, wrong = raw_finding(ask_raw(self._port, data), self._is_granian)
        self.report.tried += 1
        self.report.statuses[status] += 1
        if wrong is not None and wrong not in self.report.findings:
            self.report.findings[wrong] = data.decode("latin-1")

    def _look_at_logs(self) -> None:
        for issuer in self._routes:
            with Connection(self._port) as connection:
                path = f"/_mock/issuers/{issuer}/requests?since={self._seen[issuer]}"
                (answer,) = connection.ask([Request("GET", path)])
            self._seen[issuer] = int(answer.body.rpartition(b":")[2].rstrip(b"}"))
            shown = shown_secret(answer.body)
            if shown is not None:
                self.report.findings.setdefault(f"a credential in the request log of {issuer}", shown)


def campaigns(servers: Sequence[str], seed: int, seconds: float, most: int) -> Iterator[Report]:
    """The reports of campaigns at once, each with a client and a server of that kind in processes of their own."""
    context = get_context("spawn")
    results: Any = context.Queue()
    processes = [
        context.Process(target=_campaign, args=(f"{seed}-{number}", server, seconds, most // len(servers), results))
        for number, server in enumerate(servers)
    ]
    for process in processes:
        process.start()
    for _ in processes:
        yield results.get(timeout=seconds + 600)
    for process in processes:
        process.join()


def _campaign(seed: str, server: str, seconds: float, most: int, results: Any) -> None:
    campaign = Campaign(seed, server)
    try:
        results.put(campaign.run(seconds, most))
    finally:
        campaign.close()
