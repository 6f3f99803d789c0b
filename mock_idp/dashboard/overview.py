"""All issuers of the server."""

from __future__ import annotations

from mock_idp.dashboard.pages import page
from mock_idp.http11.response import Response
from mock_idp.issuer.state import State


def overview(state: State) -> Response:
    """The part of the page that lists the issuers."""
    return page(
        "overview.html",
        issuers=[
            {"id": issuer.id, "style": issuer.vendor.name, "issuer": issuer.issuer, "requests": issuer.log.last_seq}
            for issuer in state.issuers()
        ],
    )
