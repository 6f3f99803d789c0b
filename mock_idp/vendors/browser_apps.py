"""What a vendor has for applications that run in a browser, and for the libraries it gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_idp.http11.response import Response
from mock_idp.vendors.context import IssuerContext

Cookie = tuple[str, str, str]
"""Name, value and path."""


@dataclass(frozen=True)
class BrowserSession:
    """The login of a browser. In unix seconds: when it began, and when it ends."""

    id: str
    username: str
    person: str
    name: str
    begun: int
    until: float


class BrowserApps:
    """The part of a vendor about applications in a browser; the defaults are that there is nothing of its own."""

    response_modes: tuple[str, ...] = ("query", "fragment", "form_post")
    """The values of `response_mode` that its authorization endpoint takes."""

    id_alone_in_basic = False
    """Whether a public client may name itself by Basic credentials without a colon, at revocation and introspection."""

    def posted_message(self, mode: str, parameters: Mapping[str, str]) -> Mapping[str, Any] | None:
        """The message that tells an authorization response to the window that asked; None in a mode that redirects."""
        return None

    def page_paths(self, context: IssuerContext) -> Mapping[str, str]:
        """Paths below the base URL, with their endpoints, of what its libraries ask beside the discovery document."""
        return {}

    def told_session(self, context: IssuerContext, session: BrowserSession | None) -> Response:
        """What the API about the session of a browser says of it; None where nobody is logged in."""
        return Response(404, ())

    def session_cookie(self, context: IssuerContext, session_id: str) -> Cookie | None:
        """A cookie beside that of the login, which its own pages read: whose login it is they can tell by it."""
        return None
