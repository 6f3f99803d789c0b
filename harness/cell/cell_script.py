"""What a cell has sent as a script that a person can run, and its last request as a line of curl."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from harness.cell.credentials import key_words
from harness.cell.sent import Prepared, Sent
from harness.cell.session import Session
from harness.idp.client import TOKEN_HEADER
from harness.idp.repro_script import Names, ReproScript, renamed
from harness.shown.foreign_text import one_line
from harness.shown.shell_words import word
from harness.targets.base import HasGrpc
from harness.wire.curl_line import CurlLine


class CellScript:
    """The script of one cell's run: the requests are told to it, and the issuer tells its own changes to `steps`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        idp = session.environment.idp
        header = TOKEN_HEADER if idp.needs_token else ""
        self.steps = session.issuer.repro_script = ReproScript(idp.url, session.issuer.path, header)

    def write_down(self, sent: list[Sent], *, at_once: bool = False) -> None:
        """Take up requests that went out, one after the other or all `at_once`, and how their answers begin."""
        for one in sent:
            self._kept(one.prepared)
            answer = one_line(one.exchange.summary(), 80)
            self.steps.request(partial(self.curl, one), answer, at_once=at_once)
        if at_once:
            self.steps.join()

    def _kept(self, prepared: Prepared) -> None:
        """Let the script remember the token that is kept, or make one of those that were."""
        kept = prepared.kept
        if kept and (kept.command or kept.is_new):
            self.steps.assign(
                kept.variable,
                lambda names: kept.command or prepared.issuer.token_command(renamed(prepared.spec, names)),
            )

    def show_fetches(self, on: str) -> None:
        """Let the script say how often the issuer's endpoint was asked so far."""
        issuer = self._session.issuer
        log = word(f"{issuer.idp.url}{issuer.path}/requests?endpoint={on}")
        what = word(f"fetches of the {on}:")
        self.steps.look(lambda: f"echo {what} $(curl -sS {log} | grep -o '\"seq\"' | wc -l)")

    def curl(self, one: Sent, names: Names = MappingProxyType({})) -> str:
        """The command that repeats a request, with a fresh token of the same making, or the one that a script has kept.

        `names` of keys stand in place of their kids.
        """
        service, prepared = self._session.service, one.prepared
        base_url = prepared.base_url or (service.base_url if service else "http://SERVICE")
        ca_file = ""
        if prepared.request.grpc and isinstance(service, HasGrpc) and (address := service.grpc_address):
            base_url, ca_file = prepared.base_url or address.url, address.ca_file
        words = key_words(self._session)
        if prepared.token and prepared.kept:
            words = {**words, prepared.token: f'"${prepared.kept.variable}"'}
            return str(CurlLine(base_url, prepared.request, instead=words, ca_file=ca_file))
        command = prepared.issuer.token_command(renamed(prepared.spec, names)) if prepared.token else None
        return str(CurlLine(base_url, prepared.request, prepared.token, command, words, ca_file))
