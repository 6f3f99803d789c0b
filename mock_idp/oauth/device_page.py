"""The page on which a user enters the code of a device and says who they are (RFC 8628 section 3.3)."""

from __future__ import annotations

from mock_idp.http11.response import Response
from mock_idp.issuer.flow_state import DeviceRequest
from mock_idp.oauth.device_decision import allow, find_device
from mock_idp.oauth.errors import OAuthError
from mock_idp.oauth.form import read_form, read_query
from mock_idp.oauth.pages import page
from mock_idp.oauth.request import FlowRequest
from mock_idp.oauth.users import checked_user


def respond(request: FlowRequest) -> Response:
    """The form, or what became of it. `mock_user` in the query allows the code in the query without a form."""
    try:
        given = read_query(request.query)
        if request.method == "POST":
            given = read_form(request.content_type, request.body)
    except OAuthError:
        return _form(400, {}, "The form cannot be read.")
    if request.method == "GET" and "mock_user" not in given:
        return _form(200, given, device=find_device(request, given.get("user_code", "")))
    device = find_device(request, given.get("user_code", ""))
    if device is None:
        return _form(request.issuer.vendor.unknown_user_code_status, given, "No device shows this code now.")
    if given.get("action") == "deny":
        device.refused = True
        return page("message.html", title="Refused", text="The device gets no access.")
    if request.method == "GET":
        user = request.issuer.clients.user(given["mock_user"])
    else:
        user = checked_user(request.issuer, given.get("username", ""), given.get("password", ""))
    if user is None or not user.username:
        return _form(200, given, "The user name or the password is wrong.", device)
    allow(request, device, user)
    return page("message.html", title="Done", text="The device has access now.")


def _form(status: int, given: dict[str, str], message: str = "", device: DeviceRequest | None = None) -> Response:
    """The form; with a device, section 3.3.1 has its user compare code and client."""
    return page(
        "device.html",
        status,
        user_code=given.get("user_code", ""),
        username=given.get("username", ""),
        message=message,
        client_id=device.client_id if device else "",
        scope=" ".join(device.scope) if device else "",
    )
