"""What keycloak-js asks of a realm: pages in iframes that tell cookies and sessions, and the account of the user.

Sources: keycloak/keycloak LoginStatusIframeEndpoint, ThirdPartyCookiesIframeEndpoint and DefaultCookieProvider;
keycloak-js 26.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlsplit

from mock_idp.jose.encoding import b64url_encode
from mock_idp.vendors.browser_apps import Cookie

SESSION_COOKIE = "KEYCLOAK_SESSION"


def page_paths(realm: str) -> Mapping[str, str]:
    """The paths of a realm, which is the start of each, with their endpoints."""
    connect = f"{realm}/protocol/openid-connect"
    return {
        f"{connect}/login-status-iframe.html": "session_page",
        f"{connect}/login-status-iframe.html/init": "session_page",
        f"{connect}/3p-cookies/step1.html": "session_page",
        f"{connect}/3p-cookies/step2.html": "session_page",
        f"{realm}/account": "account",
    }


def session_cookie(issuer: str, session_id: str) -> Cookie:
    """The cookie that the session iframe reads: the digest of what tokens call `sid`, since 26.1."""
    value = b64url_encode(hashlib.sha256(session_id.encode()).digest())
    return SESSION_COOKIE, value, f"{urlsplit(issuer).path}/"
