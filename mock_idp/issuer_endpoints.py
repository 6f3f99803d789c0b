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
from mock_idp.oauth.routes import FLOW_METHODS, loggable
from mock_idp.providers.base import Place
from mock_idp.providers.flows import Asked
from mock_idp.script.queue import PlannedStep
from mock_idp.state import State

Environ = Mapping[str, Any]

_METHODS = {"jwks": ("GET", "HEAD"), "discovery": ("GET", "HEAD"), "token": ("POST",), **FLOW_METHODS}


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
        body, problem = self._read(environ)
        step = _next_step(issuer, endpoint, environ, body)
        # Written down before it is answered: a request that hangs has arrived as well.
        entry = issuer.log.record(
            endpoint,
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            loggable(endpoint, environ.get("QUERY_STRING", "")),
            request_headers(environ),
            None,
            planned.fault.kind if planned else None,
            body=body,
            script=step.id if step else None,
        )

        def answer_with(claims: Mapping[str, Any]) -> Answer:
            try:
                if problem is not None:
                    raise problem
                return self._usual_answer(issuer, endpoint, environ, body, claims)
            except MockIdpError as error:
                return json_answer(error.status, error.as_json())

        def usual_answer() -> Answer:
            answer = step.settings.step.apply(answer_with) if step else answer_with({})
            return answer.with_header(*MARKER)

        if planned is None:
            answer: Answer | None = usual_answer()
        else:
            exchange = Exchange(
                answer=usual_answer,
                gate=issuer.faults.gate,
                take_connection=lambda: take_connection(environ),
                accept_encoding=str(environ.get("HTTP_ACCEPT_ENCODING", "")),
                rate_limited=lambda: issuer.provider.flows.rate_limited(_asked(issuer, environ)),
            )
            answer = planned.fault.apply(exchange)
        if answer is None:
            # The connection is gone; what is sent now reaches nobody.
            return Answer(502, (("Content-Type", "text/plain"),))
        issuer.log.answered(entry, answer.status, answer.headers, len(answer.body) or answer.length or 0)
        return answer

    def _read(self, environ: Environ) -> tuple[bytes, MockIdpError | None]:
        """The body, and what is wrong with it."""
        try:
            return read_body(environ, self._state.settings.max_body_bytes), None
        except MockIdpError as error:
            return b"", error

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

    def _usual_answer(
        self, issuer: Issuer, endpoint: str, environ: Environ, body: bytes, claims: Mapping[str, Any]
    ) -> Answer:
        known = endpoint != "other"
        if not known or environ["REQUEST_METHOD"] not in _METHODS[endpoint]:
            in_its_words = issuer.provider.flows.not_served(_asked(issuer, environ, known))
            if in_its_words is not None:
                return in_its_words
        if not known:
            raise MockIdpError(404, "not_found", f"Issuer {issuer.id!r} serves nothing at this path.")
        if environ["REQUEST_METHOD"] not in _METHODS[endpoint]:
            allowed = ", ".join(_METHODS[endpoint])
            error = MockIdpError(405, "method_not_allowed", f"This endpoint takes {allowed}.")
            return json_answer(405, error.as_json(), (("Allow", allowed),))
        base = forwarded_base(environ) if self._state.settings.trust_forwarded else None
        place = issuer.place if base is None else replace(issuer.place, base=base + issuer.prefix)
        if endpoint == "token" or endpoint in FLOW_METHODS:
            place = replace(place, extra_claims=claims) if claims else place
            return self._flow_answer(endpoint, issuer, place, environ, body)
        now, path = issuer.clock.now(), environ["PATH_INFO"]
        if endpoint == "discovery" and base is not None:
            return issuer.discovery_document(place, now, path).answer(now)
        return (issuer.documents.get(path) or issuer.documents[endpoint]).answer(now)

    def _flow_answer(self, endpoint: str, issuer: Issuer, place: Place, environ: Environ, body: bytes) -> Answer:
        # Imported at the first token, with the forge behind it: keys are served without it.
        from mock_idp.oauth.endpoints import find_endpoint
        from mock_idp.oauth.request import FlowRequest

        request = FlowRequest(
            issuer=issuer,
            place=place,
            method=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            query=environ.get("QUERY_STRING", ""),
            content_type=str(environ.get("CONTENT_TYPE", "")),
            authorization=str(environ.get("HTTP_AUTHORIZATION", "")),
            cookie=str(environ.get("HTTP_COOKIE", "")),
            body=body,
        )
        try:
            return find_endpoint(endpoint)(request)
        except JoseError as error:
            # An issuer that was left without a signing key, for example.
            raise MockIdpError(503, error.code, error.sentence) from None


def _asked(issuer: Issuer, environ: Environ, known_path: bool = True) -> Asked:
    return Asked(
        place=issuer.place,
        now=issuer.clock.now(),
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        known_path=known_path,
    )


def _next_step(issuer: Issuer, endpoint: str, environ: Environ, body: bytes) -> PlannedStep | None:
    """The scripted step for a request, unless its method is refused anyway."""
    if environ["REQUEST_METHOD"] not in _METHODS.get(endpoint, ()):
        return None

    def parameters() -> dict[str, str]:
        from mock_idp.parameters import basic_client_id, read_parameters, read_query

        given = read_query(environ.get("QUERY_STRING", ""))
        given |= read_parameters(str(environ.get("CONTENT_TYPE", "")), body)
        client_id = given.get("client_id") or basic_client_id(str(environ.get("HTTP_AUTHORIZATION", "")))
        return given if client_id is None else {**given, "client_id": client_id}

    return issuer.script.next_for(endpoint, parameters)


def request_headers(environ: Environ) -> list[tuple[str, str]]:
    """The request headers of a WSGI environ."""
    headers = [(key[5:].replace("_", "-"), str(value)) for key, value in environ.items() if key.startswith("HTTP_")]
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers.append((key.replace("_", "-"), str(environ[key])))
    return headers
