"""What happens to a request for an issuer: `Pipeline.respond` is the list of it, top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_idp.errors import MockIdpError
from mock_idp.http11.body import too_large
from mock_idp.http11.request import Request
from mock_idp.http11.response import MARKER, Response, checked, json_response
from mock_idp.http11.syntax import check_query
from mock_idp.issuer.issuer import Issuer
from mock_idp.issuer.request_log import RequestRecord
from mock_idp.issuer.state import State
from mock_idp.plans.faults.base import FaultContext
from mock_idp.plans.faults.queue import PlannedFault
from mock_idp.plans.stubs.queue import PlannedStub
from mock_idp.server.cors import is_preflight, preflight_response, share
from mock_idp.server.forwarded import addressed_base, forwarded_base
from mock_idp.server.vendor_response import METHODS, flow_request, vendor_response
from mock_idp.vendors.context import IssuerRequest

if TYPE_CHECKING:
    from mock_idp.oauth.request import FlowRequest


@dataclass
class Visit:
    """A request at its issuer, with what the pipeline has found out and planned. `problem` is wrong with its bytes."""

    issuer: Issuer
    endpoint: str
    request: IssuerRequest
    preflight: bool = False
    problem: MockIdpError | None = None
    fault: PlannedFault | None = None
    stub: PlannedStub | None = None

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The parameters of the request, with the client wherever it is named."""
        # Read for conditions of plans and for pages of other origins: most requests do without.
        from mock_idp.http11.parameters import claimed_client_id, read_parameters, read_query

        given = read_query(self.request.query) | read_parameters(self.request.content_type, self.request.body)
        client_id = claimed_client_id(given, self.request.authorization)
        known = {} if client_id is None else {"client_id": client_id}
        # By the name that HTTP/2 gives it, which no parameter has.
        return {**given, **known, ":path": self.request.path}

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request, by their names in lower case."""
        return {name.lower(): value for name, value in self.request.headers}


class Pipeline:
    """Answers the requests of services and clients."""

    def __init__(self, state: State) -> None:
        self._state = state

    def respond(self, request: Request) -> Response:
        """The answer to a request, with or without a fault. Raises MockIdpError 404 for a path of no issuer."""
        visit = self._find_issuer(request)
        self._check(visit)
        take_plans(visit)
        entry = log_arrival(visit)
        response = self._as_planned(visit) if visit.fault or visit.stub else usual(visit)
        if response is None:
            # The connection is gone; what is sent now reaches nobody.
            return Response(502, (("Content-Type", "text/plain"),))
        visit.issuer.log.answered(entry, response.status, response.headers, len(response.body) or response.length or 0)
        return response

    def _find_issuer(self, request: Request) -> Visit:
        state, path = self._state, request.path
        route = state.routes.get(path)
        if route is None and state.settings.auto_issuers:
            route = state.create_for(path)
        issuer, endpoint = (state.owner_of(path), "other") if route is None else (route.issuer, route.endpoint)
        if issuer is None:
            raise MockIdpError(404, "not_found", f"There is no issuer at {path}. GET /_mock/issuers lists them.")
        context = issuer.seen_from(*self._bases(request), path)
        known = endpoint != "other"
        judged = IssuerRequest(**vars(request), context=context, now=issuer.clock.now(), known_path=known)
        return Visit(issuer, endpoint, judged, preflight=is_preflight(issuer, endpoint, request))

    def _bases(self, request: Request) -> tuple[str | None, str | None]:
        """The URL of the server for browsers and that for clients, as this caller sees them; None for the usual one."""
        settings, own = self._state.settings, self._state.public_url
        told = forwarded_base(request, own) if settings.trust_forwarded else None
        if settings.backchannel_dynamic:
            # Whoever asks here comes by no proxy: the public URL may be https where this server is not.
            return None, told or addressed_base(request, "http" if settings.tls is None else "https")
        return told, told

    def _check(self, visit: Visit) -> None:
        """Find out what is wrong with the request before anybody reads it; it is planned for and logged like others."""
        limit = self._state.settings.max_body_bytes
        if len(visit.request.body) > limit:
            visit.request = replace(visit.request, body=b"")
            visit.problem = too_large(limit)
            return
        try:
            check_query(visit.request.query)
        except MockIdpError as error:
            visit.problem = error

    def _as_planned(self, visit: Visit) -> Response | None:
        """The answer that a fault or a stub gives, perhaps late; None when the fault has taken the connection."""
        context = FaultContext(
            response=lambda: usual(visit),
            latch=visit.issuer.faults.latch,
            take_connection=visit.request.take_connection,
            accept_encoding=visit.request.header("accept-encoding"),
            rate_limited=lambda: visit.issuer.vendor.rate_limited(visit.request),
        )
        try:
            with self._state.held.one():
                if visit.stub is not None and not visit.stub.settings.wait(context):
                    return None
                return usual(visit) if visit.fault is None else visit.fault.fault.apply(context)
        except MockIdpError as error:
            return json_response(error.status, error.as_json())


def take_plans(visit: Visit) -> None:
    """Take the fault and the stub that are planned for a request like this."""
    issuer, endpoint = visit.issuer, visit.endpoint
    # A browser asks on its own account, and what is planned is for the request that follows.
    if not visit.preflight:
        visit.fault = issuer.faults.next_for(endpoint, visit)
    # A method that is refused anyway leaves the stubs alone.
    if visit.request.method in METHODS.get(endpoint, ()):
        visit.stub = issuer.stubs.next_for(endpoint, visit)


def log_arrival(visit: Visit) -> RequestRecord:
    """Write the request down before it is answered: one that hangs has arrived as well."""
    request = visit.request
    return visit.issuer.log.record(
        visit.endpoint,
        request.method,
        request.path,
        request.query,
        request.headers,
        None,
        visit.fault.fault.kind if visit.fault else None,
        body=request.body,
        script=visit.stub.id if visit.stub else None,
    )


def usual(visit: Visit) -> Response:
    """The answer without a fault: to a preflight, of a stub, or the vendor's; shared with the page that asks."""
    if visit.preflight:
        response = preflight_response(visit.issuer, visit.endpoint, METHODS[visit.endpoint], visit.request)
    else:
        response = stubbed(visit, visit.stub) if visit.stub else vendors_own(visit)
        response = share(response, visit.issuer, visit.endpoint, visit.request, lambda: _client_id(visit))
        if visit.stub is None:
            response = visit.issuer.vendor.dressed(visit.request, visit.endpoint, response)
    return _sendable(response).with_header(*MARKER)


def stubbed(visit: Visit, stub: PlannedStub) -> Response:
    """The answer of a stub."""
    # Few requests have one, and what it can be costs as much to import as the rest of this room.
    from mock_idp.oauth.stubbed import refused_by_vendor, sent_back
    from mock_idp.plans.stubs.kinds import StubbedRequest

    def flow() -> FlowRequest:
        return flow_request(visit.issuer, visit.request)

    return stub.settings.stub.apply(
        StubbedRequest(
            visit.endpoint,
            usual=lambda claims: vendors_own(visit, claims),
            changed=lambda changes: vendors_own(visit, changes=changes),
            refuse=lambda kind: refused_by_vendor(flow(), kind),
            send_back=lambda error: sent_back(flow(), error),
        )
    )


def vendors_own(
    visit: Visit, claims: Mapping[str, Any] | None = None, changes: Mapping[str, Any] | None = None
) -> Response:
    """What the vendor answers, with these claims and changes in its tokens; or what is wrong with the request."""
    try:
        if visit.problem is not None:
            raise visit.problem
        return vendor_response(visit.issuer, visit.endpoint, visit.request, claims or {}, changes or {})
    except MockIdpError as error:
        return json_response(error.status, error.as_json())


def _client_id(visit: Visit) -> str | None:
    """The client a request is from: as it says, or the one that its access token was issued to."""
    from mock_idp.oauth.own_tokens import own_token

    scheme, _, text = visit.request.authorization.partition(" ")
    token = own_token(visit.issuer, text.strip()) if scheme.lower() == "bearer" else None
    return token.client_id if token is not None else visit.parameters.get("client_id")


def _sendable(response: Response) -> Response:
    """The answer, or the refusal of a request that has put into a header what no header can hold."""
    try:
        checked(response.headers)
    except MockIdpError as error:
        return json_response(error.status, error.as_json())
    return response
