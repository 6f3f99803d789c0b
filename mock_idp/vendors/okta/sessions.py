"""What okta-auth-js asks Okta for beside OAuth: the session of the browser.

Source: Okta, "Sessions API": the current session.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mock_idp.vendors.browser_apps import BrowserSession

ME = "/api/v1/sessions/me"
ORGANIZATION = "00omockidp0000000001"
"""Its id, which stands for the identity provider where that is Okta itself."""


def document(base: str, session: BrowserSession) -> dict[str, Any]:
    """A session of somebody who has given a password and no second factor. In: the URL of the organization."""
    begun = _time(session.begun)
    return {
        "id": session.id,
        "login": session.username,
        "userId": session.person,
        "createdAt": begun,
        "expiresAt": _time(session.until),
        "status": "ACTIVE",
        "lastPasswordVerification": begun,
        "lastFactorVerification": None,
        "amr": ["pwd"],
        "idp": {"id": ORGANIZATION, "type": "OKTA"},
        "mfaActive": False,
        "_links": {
            "self": _link(base + ME, "GET", "DELETE"),
            "refresh": _link(f"{base}{ME}/lifecycle/refresh", "POST"),
            "user": {"name": session.name, **_link(f"{base}/api/v1/users/me", "GET")},
        },
    }


def _link(url: str, *methods: str) -> dict[str, Any]:
    return {"href": url, "hints": {"allow": [*methods]}}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
