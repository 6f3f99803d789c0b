"""Who may use the control API.

A web page anywhere can make a browser on this machine send requests here; what it cannot do is choose the Host
header freely, hide its Origin, or know the control token.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from mock_idp.errors import MockIdpError
from mock_idp.settings import ServerSettings

_OPEN_TO_ALL = ("/_mock/health",)
# The empty dashboard, which asks for the control token and can say nothing about the server without it.
_EMPTY_PAGE, _ITS_FILES = ("/_mock/ui", "/_mock/ui/"), "/_mock/ui/static/"


class ControlAccess:
    """Lets requests of the control API in, or says why not."""

    def __init__(self, settings: ServerSettings, public_url: str) -> None:
        # Bytes, as a request may hold any, and those of other characters are compared, too.
        self._token = None if settings.control_token is None else settings.control_token.encode("ascii")
        names = {"localhost", settings.host.lower(), *(name.lower() for name in settings.allowed_hosts)}
        self._names = names | {urlsplit(public_url).hostname or "localhost"}

    def check(self, environ: Mapping[str, Any]) -> None:
        """Raises MockIdpError 401 without the control token where one is needed, 403 for a foreign Host or Origin."""
        if environ.get("PATH_INFO") in _OPEN_TO_ALL:
            return
        if self._token is not None:
            if _is_empty_page(str(environ.get("PATH_INFO", ""))):
                return
            if not hmac.compare_digest(_given_token(environ).encode("utf-8", "surrogatepass"), self._token):
                sentence = "The control API of this server needs the control token: Authorization: Bearer <token>."
                raise MockIdpError(401, "control_token_needed", sentence)
            return
        host = str(environ.get("HTTP_HOST", ""))
        if not self._is_known(_hostname(f"//{host}")):
            sentence = (
                f"The control API does not answer to the host {host!r}; use localhost, or start with --allow-host."
            )
            raise MockIdpError(403, "unknown_host", sentence)
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not self._is_own(_page_of(str(origin)), _hostname(f"//{host}")):
            raise MockIdpError(403, "foreign_origin", "The control API is not for web pages of other hosts.")

    def lets_in(self, environ: Mapping[str, Any]) -> bool:
        """Whether `check` has nothing against the request."""
        try:
            self.check(environ)
        except MockIdpError:
            return False
        return True

    def _is_own(self, page: str | None, host: str | None) -> bool:
        """Whether a page is of this machine, or of the host that is asked; an address alone may be anybody's."""
        if page is None:
            return False
        try:
            return page == host or ip_address(page).is_loopback
        except ValueError:
            return page in self._names

    def _is_known(self, host: str | None) -> bool:
        if host is None:
            return False
        try:
            # An address cannot be made to mean something else by a name server, so it is no rebinding attack.
            return bool(ip_address(host))
        except ValueError:
            return host in self._names


def _is_empty_page(path: str) -> bool:
    return path in _EMPTY_PAGE or path.startswith(_ITS_FILES)


def _page_of(origin: str) -> str | None:
    """The host of an Origin header; None for `null`, which any page can be made to send, and for what is no origin."""
    return _hostname(origin) if origin.lower().startswith(("http://", "https://")) else None


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _given_token(environ: Mapping[str, Any]) -> str:
    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(environ.get("HTTP_X_MOCK_CONTROL_TOKEN", ""))
