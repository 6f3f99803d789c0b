"""Who a user is: name and password, the subject of their tokens, and the claims a scope gives of them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mock_idp.issuer.flow_state import Family
from mock_idp.issuer.issuer import Issuer
from mock_idp.settings import UserSettings
from mock_idp.vendors.base import Vendor

_OF_SCOPE = {
    "profile": (
        *("name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile"),
        *("picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"),
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}
STANDARD_CLAIMS = frozenset(name for names in _OF_SCOPE.values() for name in names)
"""The claims of OpenID Connect Core section 5.1 but `sub`."""


def checked_user(issuer: Issuer, username: str, password: str) -> UserSettings | None:
    """The user with this name and password, or None."""
    user = issuer.clients.user(username)
    if user is None and issuer.vendor.login_by_email:
        name = username.lower()
        names = ((one, (one.username, str(one.claims.get("email")))) for one in issuer.clients.users.values())
        user = next((one for one, also in names if name in map(str.lower, also)), None)
    if user is None or user.password is None:
        return user
    return user if hmac.compare_digest(user.password.encode(), password.encode("utf-8", "surrogatepass")) else None


def look_up(issuer: Issuer, family: Family) -> bool:
    """Whether the user of a grant is there still; from now on its tokens say of them what is declared now."""
    user = issuer.clients.user_now(family.grant.user)
    if user is None:
        return False
    family.grant = replace(family.grant, user=user)
    return True


def subject_of(user: UserSettings, vendor: Vendor) -> str:
    """The `sub` of access tokens about a user."""
    return user.subject if user.subject is not None else vendor.subject_of(user.username)


def person_of(user: UserSettings, vendor: Vendor) -> str:
    """The `sub` of ID tokens and userinfo."""
    return user.subject if user.subject is not None else vendor.person_of(vendor.subject_of(user.username))


def known_of(user: UserSettings, vendor: Vendor) -> dict[str, Any]:
    """All claims about a user: the declared ones, and those that the vendor fills in."""
    return {**vendor.user_claims(user.username, user.claims), **user.claims}


def claims_of(user: UserSettings, scope: Iterable[str], vendor: Vendor) -> dict[str, Any]:
    """The claims about a user that these scopes give (Core section 5.4); claims of no scope are always given.

    The vendor may have its own idea of what the scopes are.
    """
    given = {name for word in vendor.claim_scopes(tuple(scope)) for name in _OF_SCOPE.get(word, ())}
    known = known_of(user, vendor)
    return {name: value for name, value in known.items() if name in given or name not in STANDARD_CLAIMS}
