"""The answer of an authorization endpoint: back to the client by way of the browser."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from mock_idp.http11.response import Response
from mock_idp.oauth.authorization_request import AuthorizationRequest, RedirectedError
from mock_idp.oauth.pages import page
from mock_idp.oauth.request import FlowRequest

NOT_CACHED = (("Cache-Control", "no-store"), ("Pragma", "no-cache"), ("Referrer-Policy", "no-referrer"))


def redirect(request: FlowRequest, url: str) -> Response:
    """A browser is sent on, with GET (RFC 9700 section 4.12: 303, lest a form with a password is sent on)."""
    return Response(request.issuer.vendor.redirect_status, (("Location", url), *NOT_CACHED))


def send_back(
    request: FlowRequest, asked: AuthorizationRequest, parameters: dict[str, str], session_id: str = ""
) -> Response:
    """These parameters, with state and issuer (RFC 9207), to the redirect URI in the mode that was asked for."""
    if "state" in asked.parameters:
        parameters["state"] = asked.parameters["state"]
    vendor = request.issuer.vendor
    promised = vendor.discovery(request.context).get("authorization_response_iss_parameter_supported")
    issuer = vendor.response_issuer(request.context, request.identifier if promised else None)
    if issuer is not None:
        parameters["iss"] = issuer
    parameters = vendor.sent_back(parameters, session_id)
    if asked.mode == "form_post":
        return page("form_post.html", url=asked.redirect_uri, parameters=parameters)
    if asked.mode == "fragment":
        return redirect(request, f"{asked.redirect_uri}#{urlencode(parameters)}")
    message = vendor.posted_message(asked.mode, parameters)
    if message is not None:
        there = urlsplit(asked.redirect_uri)
        return page("post_message.html", message=message, origin=f"{there.scheme}://{there.netloc}")
    return redirect(request, with_query(asked.redirect_uri, parameters))


def refuse(request: FlowRequest, asked: AuthorizationRequest, error: RedirectedError) -> Response:
    """An error response (RFC 6749 section 4.1.2.1)."""
    undescribed = error.code in request.issuer.vendor.undescribed_errors
    described = {} if undescribed else {"error_description": description_of(request, error)}
    return send_back(request, asked, {"error": error.code, **described})


def description_of(request: FlowRequest, error: RedirectedError) -> str:
    """What is wrong, in the words of the vendor where it has its own."""
    words = request.issuer.vendor.parameter_words
    if error.about is not None and error.about[0] in words:
        return words[error.about[0]].replace("{name}", error.about[1])
    return error.description


def with_query(url: str, parameters: dict[str, str]) -> str:
    """A URL with parameters behind those it has."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}" if parameters else url
