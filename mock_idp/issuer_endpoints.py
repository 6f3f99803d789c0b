"""The endpoints of the issuers: every request that is not for the control API, with its fault and its log entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_idp.answer import Answer, json_answer
from mock_idp.body import read_body
from mock_idp.connection import take_connection
from mock_idp.documents import MARKER
from mock_idp.errors import MockIdpError
from mock_idp.faults.base import Exchange
from mock_idp.forwarded import forwarded_base
from mock_idp.issuer import Issuer
from mock_idp.jose.errors import JoseError
from mock_idp.providers.base import Place
from mock_idp.state import State

Environ = Mapping[str, Any]

_METHODS = {"jwks": ("GET", "HEAD"), "discovery": ("GET", "HEAD"), "token": ("POST",)}


class IssuerEndpoints:
    """Answers the requests of services and clients."""

    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, environ: Environ) -> Answer:
        """The answer to a WSGI request, with or without a fault.

        Raises MockIdpError 404 when the path belongs to no issuer.
        """
        issuer, endpoint = self._find(environ["PATH_INFO"])
        planned = issuer.faults.next_for(endpoint)
        # Written down before it is answered: a request that hangs has arrived as well.
        entry = issuer.log.record(
            endpoint,
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
            request_headers(environ),
            None,
            planned.fault.kind if planned else None,
        )

        def usual_answer() -> Answer:
            try:
                answer = self._usual_answer(issuer, endpoint, environ)
            except MockIdpError as error:
                answer = json_answer(error.status, error.as_json())
            return answer.with_header(*MARKER)

        if planned is None:
            answer: Answer | None = usual_answer()
        else:
            exchange = Exchange(
                answer=usual_answer,
                gate=issuer.faults.gate,
                take_connection=lambda: take_connection(environ),
                accept_encoding=str(environ.get("HTTP_ACCEPT_ENCODING", "")),
            )
            answer = planned.fault.apply(exchange)
        if answer is None:
            # The connection is gone; what is sent now reaches nobody.
            return Answer(502, (("Content-Type", "text/plain"),))
        issuer.log.answered(entry, answer.status)
        return answer

    def _find(self, path: str) -> tuple[Issuer, str]:
        route = self._state.routes.get(path)
        if route is None and self._state.settings.auto_issuers:
            route = self._state.create_for(path)
        if route is not None:
            return route.issuer, route.endpoint
        issuer = self._state.owner_of(path)
        if issuer is None:
            raise MockIdpError(404, "not_found", f"There is no issuer at {path}. GET /_mock/issuers lists them.")
        return issuer, "other"

    def _usual_answer(self, issuer: Issuer, endpoint: str, environ: Environ) -> Answer:
        if endpoint == "other":
            raise MockIdpError(404, "not_found", f"Issuer {issuer.id!r} serves nothing at this path.")
        if environ["REQUEST_METHOD"] not in _METHODS[endpoint]:
            allowed = ", ".join(_METHODS[endpoint])
            error = MockIdpError(405, "method_not_allowed", f"This endpoint takes {allowed}.")
            return json_answer(405, error.as_json(), (("Allow", allowed),))
        base = forwarded_base(environ) if self._state.settings.trust_forwarded else None
        place = issuer.place if base is None else replace(issuer.place, base=base + issuer.prefix)
        if endpoint == "token":
            return self._token_answer(issuer, place, environ)
        now = issuer.clock.now()
        if endpoint == "discovery" and base is not None:
            return issuer.discovery_document(place, now).answer(now)
        return issuer.documents[endpoint].answer(now)

    def _token_answer(self, issuer: Issuer, place: Place, environ: Environ) -> Answer:
        # Imported at the first token, with the forge behind it: keys are served without it.
        from mock_idp.oauth.client_credentials import token_answer

        body = read_body(environ, self._state.settings.max_body_bytes)
        content_type = str(environ.get("CONTENT_TYPE", ""))
        try:
            return token_answer(issuer, place, content_type, str(environ.get("HTTP_AUTHORIZATION", "")), body)
        except JoseError as error:
            # An issuer that was left without a signing key, for example.
            raise MockIdpError(503, error.code, error.sentence) from None


def request_headers(environ: Environ) -> list[tuple[str, str]]:
    """The request headers of a WSGI environ."""
    headers = [(key[5:].replace("_", "-"), str(value)) for key, value in environ.items() if key.startswith("HTTP_")]
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers.append((key.replace("_", "-"), str(environ[key])))
    return headers
