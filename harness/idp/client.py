"""The mock identity provider as the harness uses it: its control API over HTTP."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from harness.base.errors import HarnessError
from harness.base.held_up import OWN_DELAYS
from harness.idp.repro_script import ReproScript
from harness.shown.foreign_text import ForeignText, foreign
from harness.shown.private_numbers import private_numbers
from harness.shown.redaction import Secrets
from harness.shown.shell_words import json_word, word
from harness.wire.exchange import Connection, Exchange, Request

_CHECK_SECONDS = 5.0
_MAX_CONTROL_TOKEN = 1024
# A signature takes milliseconds, and with the largest keys half a second.
_MINT_SECONDS = 0.5
# For as long the control API waits in one call.
_LONGEST_WAIT_SECONDS = 60.0
_KEPT_TOKENS = 32
_SHOWN = 60
# The request log of a long run, and key sets that are large on purpose.
_MAX_BODY = 64 * 1024 * 1024
# What curl sends in the scripts and curl lines of reports: the token itself stays out of them.
TOKEN_HEADER = '-H "Authorization: Bearer $MOCK_IDP_CONTROL_TOKEN" '


class IdpError(HarnessError):
    """The mock identity provider refused a call or did not answer: the harness's part failed, not the service's."""


def control_token_problem(token: str) -> str | None:
    """What is wrong with a control token that no mock identity provider can have, as the end of a sentence, or None.

    It travels in a header, so it is visible ASCII, as `mock-idp serve` wants it.
    """
    if not token:
        return "it is empty"
    if token != token.strip():
        return "it begins or ends with a blank or a line break"
    if len(token) > _MAX_CONTROL_TOKEN or not all("!" <= character <= "~" for character in token):
        return f"it must be 1 to {_MAX_CONTROL_TOKEN} letters, digits and signs of ASCII, without blanks"
    return None


class IdpClient:
    """Talks to a running mock identity provider. Safe for use from several threads.

    `url` is its base URL; `control_token` the bearer token of its control API when it asks for one.
    Raises `IdpError` for a token that none can have.
    """

    def __init__(self, url: str, control_token: str | None = None) -> None:
        if control_token and (problem := control_token_problem(control_token)):
            raise IdpError(f"this is no control token: {problem}")
        self.url = url.rstrip("/")
        self.control_token = control_token
        self._secrets = Secrets()
        self._secrets.add_text(control_token or "")
        self._headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
        if control_token:
            self._headers += (("Authorization", f"Bearer {control_token}"),)
        self._local = threading.local()
        self._connections: list[Connection] = []

    @property
    def needs_token(self) -> bool:
        return bool(self.control_token)

    def call(self, method: str, path: str, body: Any = None, *, answer_seconds: float = 30.0) -> Any:
        """One call of the control API; returns the decoded JSON answer (None for 204).

        Raises `IdpError` with the call and the answer when the status isn't 2xx, or the answer is no JSON.
        """
        answer = self.call_for_text(method, path, body, answer_seconds=answer_seconds)
        try:
            return json.loads(answer) if answer else None
        except (ValueError, RecursionError):
            said = self._secrets.cut(str(ForeignText(answer[:_SHOWN])))
            raise IdpError(f"{method} {path} of the mock identity provider: the answer is no JSON: {said!r}") from None

    def call_for_text(self, method: str, path: str, body: Any = None, *, answer_seconds: float = 30.0) -> str:
        """As `call`, for an answer that is plain text."""
        exchange = self._exchange(method, path, body, answer_seconds)
        if exchange.status is None or not 200 <= exchange.status < 300:
            raise IdpError(f"{method} {path} of the mock identity provider: {self._shown(exchange)}")
        return ForeignText(exchange.body).as_it_came

    def check(self, issuer_id: str | None = None) -> None:
        """Raise `IdpError`, in one sentence, unless a mock identity provider answers that lets us in.

        With `issuer_id`, also unless it has that issuer.
        """
        exchange = self._exchange("GET", "/_mock/issuers", None, _CHECK_SECONDS)
        if exchange.status is None:
            raise IdpError(f"no mock identity provider answers at {self.url}: {self._shown(exchange)}")
        if exchange.status == 401:
            what = "does not take this control token" if self.needs_token else "asks for its control token"
            raise IdpError(
                f"the mock identity provider at {self.url} {what}: say --control-token or MOCK_IDP_CONTROL_TOKEN"
            )
        try:
            issuers = [one["id"] for one in json.loads(exchange.body)["issuers"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise IdpError(
                f"what answers at {self.url} is no mock identity provider: {self._shown(exchange)}"
            ) from None
        if issuer_id is not None and issuer_id not in issuers:
            raise IdpError(
                f"the mock identity provider at {self.url} has no issuer {issuer_id!r}, but {foreign(issuers)}"
            )

    def _exchange(self, method: str, path: str, body: Any, answer_seconds: float) -> Exchange:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(self.url, max_body=_MAX_BODY)
            self._connections.append(connection)
        data = None if body is None else json.dumps(body).encode()
        if data is None and method != "GET":
            data = b"{}"
        return connection.send(Request(method, path, self._headers, data), answer_seconds=answer_seconds)

    def _shown(self, exchange: Exchange) -> str:
        return self._secrets.cut(exchange.summary())

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._connections:
            self._connections.pop().close()

    def create_issuer(self, style: str, **settings: Any) -> IssuerClient:
        """Make an issuer of its own; `settings` as in the control API's POST /_mock/issuers."""
        made = self.call("POST", "/_mock/issuers", {"style": style, **settings})
        return IssuerClient(self, made)

    def issuer(self, issuer_id: str) -> IssuerClient:
        """An issuer that exists already."""
        return IssuerClient(self, self.call("GET", f"/_mock/issuers/{quote(issuer_id)}"))


class IssuerClient:
    """One issuer: its keys, tokens, faults and the requests it saw."""

    def __init__(self, idp: IdpClient, description: Mapping[str, Any]) -> None:
        self.idp = idp
        self.description = description
        names = ("id", "style", "issuer", "jwks_uri", "audience", "permissions_claim")
        self.id, self.style, self.issuer, self.jwks_uri, self.audience, self.permissions_claim = (
            _text_in(description, name) for name in names
        )
        self._path = f"/_mock/issuers/{quote(self.id)}"
        self.path = self._path
        self.repro_script: ReproScript | None = None  # Where a cell's changes are written down.
        self.minted: deque[str] = deque(maxlen=_KEPT_TOKENS)  # The last tokens, so that reports can leave them out.
        self.exported: list[bytes] = []  # The parts of private keys that left the provider.
        self.secret_texts: tuple[str, ...] = ()  # What a client proves itself with, where that is somebody's own.
        self.misbehaves = self.edited = False  # Whether faults, or changes of the served key set, may be on.

    def _change(self, method: str, path: str, body: Any = None) -> Any:
        """A call that changes the issuer."""
        answer = self.idp.call(method, f"{self._path}{path}", body)
        if self.repro_script is not None:
            self.repro_script.call(method, f"{self._path}{path}", body)
        return answer

    def mint(self, spec: Mapping[str, Any]) -> str:
        """A token as `spec` says; `{}` is the vendor's plain token."""
        with OWN_DELAYS.beyond(_MINT_SECONDS):
            token = str(self.idp.call("POST", f"{self._path}/tokens", spec)["token"])
        self.minted.append(token)
        return token

    def mint_many(self, specs: Sequence[Mapping[str, Any]]) -> list[str]:
        made = self.idp.call("POST", f"{self._path}/tokens/batch", {"specs": list(specs)})
        tokens = [str(token["token"]) for token in made["tokens"]]
        self.minted.extend(tokens)
        return tokens

    def key_list(self) -> list[dict[str, Any]]:
        answer = self.idp.call("GET", f"{self._path}/keys")
        return list(answer["keys"])

    def key(self, key: str) -> dict[str, Any]:
        """One key, with its certificate chain `x5c` where the provider makes one."""
        return dict(self.idp.call("GET", f"{self._path}/keys/{quote(key, safe='')}"))

    def add_key(self, **settings: Any) -> dict[str, Any]:
        return dict(self._change("POST", "/keys", settings))

    def set_key_state(self, key: str, state: str) -> None:
        self._change("PATCH", f"/keys/{quote(key, safe='')}", {"state": state})

    def delete_key(self, key: str) -> None:
        self._change("DELETE", f"/keys/{quote(key, safe='')}")

    def public_pem(self, key: str) -> str:
        return self.idp.call_for_text("GET", f"{self._path}/keys/{quote(key, safe='')}/public.pem")

    def private_pem(self, key: str) -> str:
        """An explicit export; a token's private key stands in no report."""
        pem = self.idp.call_for_text("GET", f"{self._path}/keys/{quote(key, safe='')}/private.pem")
        self.exported += private_numbers(pem).values()
        return pem

    def rotate(self) -> dict[str, Any]:
        return dict(self._change("POST", "/rotate", {}))

    def edit_jwks(self, edit: Mapping[str, Any]) -> None:
        self.edited = True
        self._change("PUT", "/jwks", edit)

    def clear_jwks(self) -> None:
        self._change("DELETE", "/jwks")
        self.edited = False

    def fault(self, **settings: Any) -> None:
        self.misbehaves = True
        self._change("POST", "/faults", settings)

    def clear_faults(self) -> None:
        self._change("DELETE", "/faults")
        self.misbehaves = False

    def release_faults(self) -> None:
        self._change("POST", "/faults/release", {})

    def set_clock(self, offset_seconds: float) -> None:
        self._change("PUT", "/clock", {"offset_seconds": offset_seconds})

    def script(self, **step: Any) -> str:
        """Plan a scripted answer; `step` as in the control API's POST /_mock/issuers/{id}/script. Out: its id."""
        return str(self._change("POST", "/script", step)["id"])

    def unused_steps(self) -> list[dict[str, Any]]:
        """The scripted answers that wait for requests which have not come."""
        return list(self.idp.call("GET", f"{self._path}/script?unused=true")["steps"])

    def clear_script(self) -> None:
        self._change("DELETE", "/script")

    def requests(
        self, *, since: int = 0, endpoint: str | None = None, filters: Mapping[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """The requests this issuer saw after the log's sequence number `since`.

        `filters` are more parameters of the log: `method`, `client_id`, `form`, `query`, `contains`.
        """
        query = {"since": since, **({"endpoint": endpoint} if endpoint else {}), **(filters or {})}
        answer = self.idp.call("GET", f"{self._path}/requests?{urlencode(query)}")
        return list(answer["requests"])

    def har(self) -> dict[str, Any]:
        """The request log as HAR 1.2."""
        return dict(self.idp.call("GET", f"{self._path}/requests.har"))

    def last_seq(self) -> int:
        return int(self.idp.call("GET", f"{self._path}/requests?since=999999999")["last_seq"])

    def wait_for_requests(
        self,
        endpoint: str | None,
        count: int,
        since: int,
        seconds: float,
        filters: Mapping[str, str] | None = None,
    ) -> list[dict[str, Any]] | None:
        """Wait until `count` requests for `endpoint` (None: any) came after `since`; `filters` as for `requests`.

        None when the deadline passes first.
        """
        wanted = {**({"endpoint": endpoint} if endpoint else {}), **(filters or {}), "count": count, "since": since}
        while True:
            asked = min(seconds, _LONGEST_WAIT_SECONDS)
            query = urlencode({**wanted, "timeout": asked})
            try:
                answer = self.idp.call("GET", f"{self._path}/requests/wait?{query}", answer_seconds=asked + 10)
                return list(answer["requests"])
            except IdpError as error:
                if ": 408" not in str(error):
                    raise
            seconds -= asked
            if seconds <= 0:
                return None

    def delete(self) -> None:
        self.idp.call("DELETE", self._path)

    def token_command(self, spec: Mapping[str, Any]) -> str:
        """A shell command that prints the token of `spec`, for the curl lines of reports.

        Without `--json`, which curl knows only since 7.82.
        """
        header = TOKEN_HEADER if self.idp.needs_token else ""
        return (
            f"curl -s {header}-H 'Accept: text/plain' -H 'Content-Type: application/json' "
            f"-d {json_word(spec)} {word(f'{self.idp.url}{self._path}/tokens')}"
        )


def _text_in(description: Any, name: str) -> str:
    """A member of an issuer's description. Raises `IdpError` for anything but a text that can be sent."""
    value = description.get(name) if isinstance(description, Mapping) else None
    if not isinstance(value, str) or re.search("[\ud800-\udfff]", value):
        raise IdpError(f"the mock identity provider describes an issuer without a proper {name}")
    return value
