"""What stands below /_mock/ui: an empty page, its files, and the parts that its script puts into it.

The page itself says nothing about the server, so it needs no control token; the script asks for it, keeps it for this
tab and sends it in the header Authorization as every other caller does. No cookie: browsers would send it along to
other ports of the same name, and with requests that pages there make.
"""

from __future__ import annotations

from mock_idp.dashboard.issuer_view import issuer_page, live_parts
from mock_idp.dashboard.overview import overview
from mock_idp.dashboard.pages import document, page, static_file
from mock_idp.errors import MockIdpError, not_found
from mock_idp.http11.response import Response, json_response
from mock_idp.issuer.state import State
from mock_idp.vendors import VENDORS

ROOT = "/_mock/ui"


def answer(state: State, method: str, path: str) -> Response:
    """The answer to a request that was let in. Raises MockIdpError 404 for a path that is not there."""
    if method not in ("GET", "HEAD"):
        error = MockIdpError(
            405, "method_not_allowed", "The dashboard is read with GET; the control API changes things."
        )
        return json_response(405, error.as_json(), (("Allow", "GET, HEAD"),))
    match path.removeprefix(ROOT).split("/")[1:]:
        case []:
            return page("shell.html", styles=sorted(VENDORS))
        case [""]:
            return Response(308, (("Location", "../ui"),))
        case ["static", name]:
            return static_file(name)
        case ["overview"]:
            return overview(state)
        case ["issuers", issuer_id]:
            return issuer_page(state.find(issuer_id))
        case ["issuers", issuer_id, "live"]:
            return document(live_parts(state.find(issuer_id)))
    raise not_found("not_found", "The dashboard has nothing at this path.")
