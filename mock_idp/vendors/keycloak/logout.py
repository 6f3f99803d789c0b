"""How a login ends at Keycloak.

Sources: LogoutEndpoint of keycloak/keycloak; answers of a live 26.7.3 server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_idp.http11.response import Headers
from mock_idp.vendors.back_channel import BackChannel
from mock_idp.vendors.keycloak.refresh import LOGGED_OUT


class Logout(BackChannel):
    """The part of Keycloak about the end of a login."""

    refresh_token_logout: Headers | None = LOGGED_OUT
    logout_by_hint = True
    confirms_logout = True
    lenient_logout = True

    def is_logout_hint(self, claims: Mapping[str, Any]) -> bool:
        """An access token is none."""
        return claims.get("typ") == "ID"
