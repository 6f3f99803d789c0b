"""The endpoints of the issuers: every request that is not for the control API, with its fault and its log entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from mock_idp.errors import MockIdpError
from mock_idp.http11.answer import MARKER, Answer, checked, json_answer
from mock_idp.http11.body import read_body
from mock_idp.http11.syntax import check_query
from mock_idp.http11.takeover import take_connection
from mock_idp.issuer.issuer import Issuer
from mock_idp.issuer.state import State
from mock_idp.jose.errors import JoseError
from mock_idp.plans.faults.base import Exchange
from mock_idp.plans.stubs.steps import ScriptedRequest
from mock_idp.server.cors import is_preflight, preflight_answer, share
from mock_idp.server.forwarded import forwarded_base
from mock_idp.server.media_type import negotiate
from mock_idp.vendors.context import IssuerContext, RequestFacts
from mock_idp.vendors.routes import FLOW_METHODS

if TYPE_CHECKING:
    from mock_idp.oauth.request import FlowRequest

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
        # A browser asks on its own account, and what is planned is for the request that follows.
        preflight = is_preflight(endpoint, environ)
        body, problem = self._read(environ)
        parameters = cache(lambda: _parameters(environ, body))
        planned = None if preflight else issuer.faults.next_for(endpoint, parameters)
        # A method that is refused anyway leaves the script alone.
        scripted = environ["REQUEST_METHOD"] in _METHODS.get(endpoint, ())
        step = issuer.script.next_for(endpoint, parameters) if scripted else None
        # Written down before it is answered: a request that hangs has arrived as well.
        entry = issuer.log.record(
            endpoint,
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
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

        def scripted_request() -> ScriptedRequest:
            from mock_idp.oauth.scripted import refused_by_vendor, sent_back

            flow = partial(_flow_request, issuer, self._context(issuer, environ), environ, body)
            return ScriptedRequest(
                endpoint,
                usual=answer_with,
                refuse=lambda kind: refused_by_vendor(flow(), kind),
                send_back=lambda error: sent_back(flow(), error),
            )

        def usual_answer() -> Answer:
            if preflight:
                answer = preflight_answer(issuer, endpoint, _METHODS[endpoint], environ)
            else:
                answer = step.settings.step.apply(scripted_request()) if step else answer_with({})
                answer = share(answer, issuer, endpoint, environ, lambda: _client_id(issuer, environ, body))
            return _sendable(answer).with_header(*MARKER)

        answer: Answer | None
        if planned is None and step is None:
            answer = usual_answer()
        else:
            exchange = Exchange(
                answer=usual_answer,
                gate=issuer.faults.gate,
                take_connection=lambda: take_connection(environ),
                accept_encoding=str(environ.get("HTTP_ACCEPT_ENCODING", "")),
                rate_limited=lambda: issuer.vendor.rate_limited(_facts(issuer, environ)),
            )
            try:
                with self._state.held.one():
                    in_time = step is None or step.settings.wait(exchange)
                    answer = None if not in_time else planned.fault.apply(exchange) if planned else usual_answer()
            except MockIdpError as error:
                answer = json_answer(error.status, error.as_json())
        if answer is None:
            # The connection is gone; what is sent now reaches nobody.
            return Answer(502, (("Content-Type", "text/plain"),))
        issuer.log.answered(entry, answer.status, answer.headers, len(answer.body) or answer.length or 0)
        return answer

    def _read(self, environ: Environ) -> tuple[bytes, MockIdpError | None]:
        """The body, and what is wrong with it or with the query."""
        try:
            body = read_body(environ, self._state.settings.max_body_bytes)
        except MockIdpError as error:
            return b"", error
        try:
            check_query(environ.get("QUERY_STRING", ""))
        except MockIdpError as error:
            return body, error
        return body, None

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
            in_its_words = issuer.vendor.not_served(_facts(issuer, environ, known))
            if in_its_words is not None:
                return in_its_words
        if not known:
            raise MockIdpError(404, "not_found", f"Issuer {issuer.id!r} serves nothing at this path.")
        if environ["REQUEST_METHOD"] not in _METHODS[endpoint]:
            allowed = ", ".join(_METHODS[endpoint])
            error = MockIdpError(405, "method_not_allowed", f"This endpoint takes {allowed}.")
            return json_answer(405, error.as_json(), (("Allow", allowed),))
        context = self._context(issuer, environ)
        if endpoint == "token" or endpoint in FLOW_METHODS:
            context = replace(context, extra_claims=claims) if claims else context
            return _flow_answer(endpoint, _flow_request(issuer, context, environ, body))
        now, path = issuer.clock.now(), environ["PATH_INFO"]
        if endpoint == "discovery" and context is not issuer.context:
            return issuer.discovery_document(context, now, path).answer(now)
        document = issuer.documents.get(path) or issuer.documents[endpoint]
        answer = document.answer(now)
        headers = [*answer.headers]
        negotiate(headers, issuer, document, request_headers(environ))
        return replace(answer, headers=tuple(headers))

    def _context(self, issuer: Issuer, environ: Environ) -> IssuerContext:
        """The issuer as its caller sees it."""
        base = forwarded_base(environ) if self._state.settings.trust_forwarded else None
        return issuer.context if base is None else replace(issuer.context, base=base + issuer.prefix)


def _sendable(answer: Answer) -> Answer:
    """The answer, or the refusal of a request that has put into a header what no header can hold."""
    try:
        checked(answer.headers)
    except MockIdpError as error:
        return json_answer(error.status, error.as_json())
    return answer


def _flow_request(issuer: Issuer, context: IssuerContext, environ: Environ, body: bytes) -> FlowRequest:
    # Imported at the first token, with the forge behind it: keys are served without it.
    from mock_idp.oauth.request import FlowRequest

    return FlowRequest(
        issuer=issuer,
        context=replace(context, path=environ["PATH_INFO"].removeprefix(issuer.prefix)),
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        content_type=str(environ.get("CONTENT_TYPE", "")),
        authorization=str(environ.get("HTTP_AUTHORIZATION", "")),
        cookie=str(environ.get("HTTP_COOKIE", "")),
        body=body,
    )


def _flow_answer(endpoint: str, request: FlowRequest) -> Answer:
    from mock_idp.oauth.endpoints import find_endpoint

    try:
        return find_endpoint(endpoint)(request)
    except JoseError as error:
        # An issuer that was left without a signing key, for example.
        raise MockIdpError(503, error.code, error.sentence) from None


def _facts(issuer: Issuer, environ: Environ, known_path: bool = True) -> RequestFacts:
    return RequestFacts(
        context=issuer.context,
        now=issuer.clock.now(),
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        known_path=known_path,
    )


def _parameters(environ: Environ, body: bytes) -> dict[str, str]:
    """The parameters of a request, with the client wherever it is named."""
    from mock_idp.http11.parameters import claimed_client_id, read_parameters, read_query

    given = read_query(environ.get("QUERY_STRING", ""))
    given |= read_parameters(str(environ.get("CONTENT_TYPE", "")), body)
    client_id = claimed_client_id(given, str(environ.get("HTTP_AUTHORIZATION", "")))
    return given if client_id is None else {**given, "client_id": client_id}


def _client_id(issuer: Issuer, environ: Environ, body: bytes) -> str | None:
    """The client a request is from: as it says, or the one that its access token was issued to."""
    from mock_idp.oauth.own_tokens import own_token

    scheme, _, text = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    token = own_token(issuer, text.strip()) if scheme.lower() == "bearer" else None
    return token.client_id if token is not None else _parameters(environ, body).get("client_id")


def request_headers(environ: Environ) -> list[tuple[str, str]]:
    """The request headers of a WSGI environ."""
    headers = [(key[5:].replace("_", "-"), str(value)) for key, value in environ.items() if key.startswith("HTTP_")]
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers.append((key.replace("_", "-"), str(environ[key])))
    return headers
