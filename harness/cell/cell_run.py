"""A cell while it runs: what it has sent, counted and remembered. Its steps are in `steps`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from harness.base.errors import HarnessError
from harness.base.held_up import HeldUp
from harness.base.verdicts import Deviation, judging
from harness.cell import checks
from harness.cell.answer_checks import deviation_of
from harness.cell.background import JOIN_SECONDS, Background
from harness.cell.cell_script import CellScript
from harness.cell.credentials import credential_in
from harness.cell.fetch_counts import FetchCounts
from harness.cell.kept_tokens import InScript, KeptTokens
from harness.cell.metrics_page import MetricsPage
from harness.cell.outgoing import build_request, find_route
from harness.cell.pace import PacedConnection
from harness.cell.placeholder_values import session_words
from harness.cell.sent import Prepared, Sent
from harness.cell.session import Session
from harness.cell.tokens import Words
from harness.grammar.model import Cell, Table, parse_policy
from harness.grammar.placeholders import KEY_MEMBERS, fill
from harness.shown.foreign_text import ForeignText
from harness.targets.base import HasGrpc, Service
from harness.wire.exchange import ANSWER_SECONDS
from harness.wire.grpc_address import GrpcAddress

_RETRY_SECONDS = 0.05
_KEPT_EXCHANGES = 12
# A caller gives up some time; a service that takes longer than this for one answer is as good as down.
SLOW_SECONDS = 2.0


class CaseEnded(Exception):
    """The case has shown what it is about before its last step."""


@dataclass(frozen=True)
class Memory:
    """What a service's processes have in memory now, and the most they ever had; bytes."""

    resident: int
    peak: int


class CellRun:
    """The state of one cell's run on a session. `number` tells apart runs that share an attacker's listener."""

    def __init__(self, cell: Cell, session: Session, number: int) -> None:
        self.cell, self.session, self.profile = cell, session, session.profile
        self.doing = "before the first step"  # What mistakes of the harness are told with.
        self.held_up = HeldUp(session.environment.pulse, self.service_pid())
        self.attacker_path = f"/{number}/{cell.scenario.slug}"
        self.background: Background[Sent] = Background()
        self.sent: list[Sent] = []
        self.counted: list[dict[str, Any]] = []
        short = cell.variant.config.get("refresh") == "short"
        interval = self.profile.refresh_seconds if short else self.profile.longest_refresh_seconds
        self.fetches = FetchCounts(session.issuer, self.profile, interval, self.counted)
        self.memory: dict[str, Memory | None] = {}
        self.scrapes: dict[str, MetricsPage] = {}
        self.leaked: list[str] = []  # What the provider published although it is secret.
        self.resources = 0
        self.created = ""
        self.mcp_sessions: dict[str, str] = {}  # A scenario's name of a session -> its id.
        self.keys_since: int | None = None  # The last request at the provider before the service was to take up keys.
        self.starts_for_keys = False  # Whether the service was started again to take up keys, as others fetch them.
        self.unread = False  # Whether it has fetched a key set that it refuses as a whole,
        self.keyless = False  # and was started on it.
        self.last_words = ForeignText("")  # Of a service that refused to start.
        self.script = CellScript(session)
        self._session_words = session_words(session, self.attacker_path)
        self._kept_tokens = KeptTokens()
        self._answers: dict[str, Sent] = {}
        self._endings: list[Callable[[], None]] = []
        self._baited = False
        self._named_keys: set[str] = set()
        self._key_words: dict[str, Callable[[], str]] = {}

    def words(self, i: int = 0) -> Words:
        """All placeholders that mean something now; `{kid.NAME}` and `{n.NAME}` are of a key that a step made."""
        files = self.session.key_files
        pems = {f"key_file.{name}": partial(files.path, name) for name in files.names()}
        pems |= {f"pem.{name}": partial(files.text, name) for name in files.names()}
        words: dict[str, Callable[[], str]] = {
            **self._session_words,
            **self._words_of_keys(),
            **pems,
            "i": lambda: str(i),
            "created": lambda: self.created,
        }
        return {**words, "attacker": self._bait, "attacker_path": self._bait_path}

    def _words_of_keys(self) -> dict[str, Callable[[], str]]:
        """Those of each key that has a name; a set of a thousand keys is asked for them with each of its tokens."""
        for name in {"attacker", *self.session.kids} - self._named_keys:
            self._named_keys.add(name)
            self._key_words[f"kid.{name}"] = partial(self.session.kid, name)
            for member in KEY_MEMBERS:
                self._key_words[f"{member}.{name}"] = partial(self.session.public_member, name, member)
        return self._key_words

    def _bait_path(self) -> str:
        self._bait()
        return self.attacker_path

    def refresh_words(self) -> None:
        """Take up placeholders that did not exist when the cell began."""
        self._session_words = session_words(self.session, self.attacker_path)

    def _bait(self) -> str:
        """The attacker's address for this cell; from the first time on its keys are served there."""
        attacker = self.session.environment.attacker
        if not self._baited:
            self._baited = True
            attacker.bait(self.attacker_path, self.session.attacker_jwk())
        return attacker.url + self.attacker_path

    def duration(self, parts: Table) -> float:
        """Seconds of a duration table. A service that starts again for new keys has no cool-down left to wait for."""
        rested = {"cooldown"} if self.starts_for_keys else set()
        return self.profile.duration({part: count for part, count in parts.items() if part not in rested})

    def has_fetched_keys(self) -> bool:
        """Whether the service has fetched the key set that it was to take up; recorded."""
        if self.keys_since is None:
            raise HarnessError("no step of the scenario has let the service take up keys")
        count = len(self.session.issuer.requests(since=self.keys_since, endpoint="jwks"))
        self.counted.append({"on": "jwks", "since": "take-up-keys", "count": count})
        return count > 0

    def fill(self, value: Any) -> Any:
        """`value` with its placeholders filled in."""
        return fill(value, self.words())

    # Sending

    def prepare(self, args: Table, i: int = 0) -> Prepared:
        """Mint the token that `args` asks for and build the request; `i` is the number of the repetition."""
        request: str | Table = args.get("request", "read")
        route = find_route(request, self.profile)
        table: Table = args.get("token", {})
        issuer = self.session.issuer_named(args.get("issuer"))
        if issuer is self.session.issuer:
            table = self.session.with_kids(table)
        words = self.words(i)
        spec = self.session.token_spec(table, route, words)
        token: str | None
        kept: InScript | None = None
        if "resend" in args:
            token, kept = self._kept_tokens.again(args["resend"])
        elif not isinstance(request, str) and request.get("anonymous") and "{token" not in repr(request):
            token = None
        elif table or issuer is not self.session.issuer:
            token = issuer.mint(spec)
        else:
            token = self.session.plain_token(route)
        if "keep" in args and token:
            kept = self._kept_tokens.keep(args["keep"], token)
        return Prepared(
            build_request(request, route, token, words, self.profile.credential), route, spec, token, issuer, kept
        )

    def send_all(self, args: Table, connection: PacedConnection | None = None) -> list[Sent]:
        """Send what a `send` step asks for: once, `repeat` times in a row, or `concurrent` at once.

        Without `connection` the session's own is used, which belongs to the thread that runs the cell.
        """
        seconds = self.profile.duration(args["answer_within"]) if "answer_within" in args else ANSWER_SECONDS
        patient = not checks.takes_429(self.expectation(args))
        if "concurrent" in args:
            return self._send_at_once(args, int(args["concurrent"]), seconds, patient)
        connection = connection or self.session.connection
        if connection is None:
            raise HarnessError("the scenario sends a request while its service is not running")
        sent = []
        for i in range(int(args.get("repeat", 1))):
            prepared = self.prepare(args, i)
            same = args.get("connection") == "same"
            exchange = connection.send(prepared.request, answer_seconds=seconds, same=same, patient=patient)
            sent.append(Sent(prepared, exchange))
            if sent[-1].exchange.late:
                break  # Each of the others would wait as long.
        return sent

    def _send_at_once(self, args: Table, count: int, seconds: float, patient: bool) -> list[Sent]:
        """All at the same moment, each on a connection of its own."""
        prepared = [self.prepare(args, i) for i in range(count if args.get("unique_kid") else 1)]
        barrier = threading.Barrier(count)

        def one(item: Prepared) -> Sent:
            with self.new_connection() as connection:
                barrier.wait(JOIN_SECONDS)
                return Sent(item, connection.send(item.request, answer_seconds=seconds, patient=patient))

        with ThreadPoolExecutor(count, thread_name_prefix="at-once") as pool:
            return list(pool.map(one, prepared * (count // len(prepared))))

    def new_connection(self) -> PacedConnection:
        """Another connection to the service, for another thread."""
        return self.session.environment.connect(self.service())

    def service_pid(self) -> int | None:
        """The process of the service, if one runs and it is known."""
        return self.session.service.pid if self.session.service else None

    def service(self) -> Service:
        """The service. Raises `HarnessError` when it is not running."""
        if self.session.service is None:
            raise HarnessError("the scenario sends a request while its service is not running")
        return self.session.service

    def base_url(self) -> str:
        """The address of the service. Raises `HarnessError` when it is not running."""
        return self.service().base_url

    def grpc_address(self) -> GrpcAddress:
        """Where the service serves gRPC. Raises `HarnessError` when it doesn't, or is not running."""
        service = self.service()
        address = service.grpc_address if isinstance(service, HasGrpc) else None
        if address is None:
            raise HarnessError("the scenario calls methods over gRPC, and the target knows no gRPC address")
        return address

    def until(self, send: Callable[[], list[Sent]], args: Table, seconds: float) -> None:
        """Send until the answers are as expected; a deviation with the last answer when `seconds` have passed."""
        expectation = self.expectation(args)
        deadline = time.monotonic() + seconds
        while True:
            sent = send()
            if all(self.meets(one, expectation) for one in sent):
                self.remember(sent)
                return
            if time.monotonic() >= deadline:
                self.remember(sent)
                expected = self.describe(sent[-1], expectation)
                with judging(bool(args.get("sets_up"))):
                    raise Deviation(f"{expected}, within {seconds:g} s", sent[-1].exchange.summary())
            self.session.environment.pause(_RETRY_SECONDS)

    # Judging

    def expectation(self, args: Table) -> checks.Expectation:
        """What the step expects, a policy being decided by what the profile declares."""
        if "policy" in args:
            policy = parse_policy(args["policy"])
            return policy.expectation(self.profile.policy[policy.knob])
        expectation: checks.Expectation = args.get("expect", "accept")
        # Without a key set a service can't tell a bad token from a good one, and may say just that (RFC 9110 §15.6.4).
        return "unavailable" if self.unread and expectation == "reject" else expectation

    def meets(self, one: Sent, expectation: checks.Expectation) -> bool:
        """Whether the answer is as expected."""
        route = one.prepared.route
        return checks.meets(one.exchange, expectation, route, self.profile.refusal_of(route))

    def describe(self, one: Sent, expectation: checks.Expectation) -> str:
        """What is expected of the answer, in words."""
        route = one.prepared.route
        return checks.describe(expectation, route, self.profile.refusal_of(route), one.prepared.request.proof)

    def judge_all(self, sent: list[Sent], args: Table) -> None:
        """Raise `Deviation` for the first answer that isn't as expected, or for too many fetches.

        In a step that sets up it is `SetUpFailed`.
        """
        with judging(bool(args.get("sets_up"))):
            self._judge_all(sent, args)

    def _judge_all(self, sent: list[Sent], args: Table) -> None:
        expectation = self.expectation(args)
        at_once = "concurrent" in args
        self.script.write_down(sent, at_once=at_once)
        for one in sent:
            self._keep(one)
            self.judge(one, expectation, args.get("answer"))
        if not sent:  # Traffic that was stopped before its first request.
            return
        if "remember" in args:
            self._answers[args["remember"]] = sent[-1]
        if not self.cell.scenario.timed and not {"concurrent", "answer_within"} & args.keys():
            self._judge_speed(sent[-1])
        if "fetches" in args and not self.session.environment.real:  # A real provider doesn't say who asked it.
            self.script.show_fetches(args["fetches"].get("on", "jwks"))
            self.fetches.judge(**args["fetches"])

    def judge(self, one: Sent, expectation: checks.Expectation, answer: Table | None = None) -> None:
        """Raise `Deviation` when the answer isn't as expected, or gives away what the request proved itself with."""
        if not self.meets(one, expectation):
            raise Deviation(self.describe(one, expectation), one.exchange.summary())
        if leaked := credential_in(one.exchange, one.prepared.token, self.session.api_keys().values()):
            raise Deviation("an answer without the credential in it", f"{one.exchange.status} with {leaked}")
        if answer:
            secrets = self.session.service.secrets if self.session.service else ()
            if problem := deviation_of(one.exchange, self.fill(answer), (*secrets, *self.leaked)):
                raise Deviation(*problem)

    def _judge_speed(self, one: Sent) -> None:
        """An answer that takes longer than two seconds, whenever it is asked for, is a deviation.

        A busy machine delays an answer, but hardly the same one three times.
        """
        request, exchange = one.prepared.request, one.exchange
        for _ in range(2):
            if exchange.seconds <= SLOW_SECONDS or request.method != "GET":
                return
            exchange = self.session.send(request)
        if exchange.seconds > SLOW_SECONDS:
            raise Deviation(f"an answer within {SLOW_SECONDS:g} s", f"{exchange.seconds:.1f} s, three times in a row")

    def answer(self, name: str) -> Sent:
        """The answer that a step remembered under this name."""
        return self._answers[name]

    def tokens_sent(self) -> list[str]:
        """The tokens of the last requests."""
        return [one.prepared.token for one in self.sent if one.prepared.token]

    def at_end(self, work: Callable[[], None]) -> None:
        """Call `work` when the cell has ended, whatever its outcome."""
        self._endings.append(work)

    def finish(self) -> None:
        """End what still runs beside the cell's steps, all of it; raises what went wrong with one of them."""
        with ExitStack() as endings:
            endings.callback(self.background.finish)
            while self._endings:
                endings.callback(self._endings.pop(0))

    def remember(self, sent: list[Sent]) -> None:
        """Keep what went out for the record and for the script."""
        self.script.write_down(sent)
        for one in sent:
            self._keep(one)

    def _keep(self, one: Sent) -> None:
        """The last one kept is the one that the record is about; only the last ones count."""
        self.sent.append(one)
        del self.sent[:-_KEPT_EXCHANGES]
