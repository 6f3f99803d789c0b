"""What a scope means to Entra ID v2.0: it is the application ID URI of an API, a slash, and the name of a permission.

Source: Microsoft's "Scopes and permissions in the Microsoft identity platform".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

_DEFAULT = ".default"


def has_scope(word: str, declared: Collection[str]) -> bool:
    """Whether a requested word is one of the declared scopes.

    `{API}/.default`, all that was granted at that API, is good where the API has a scope. A declared name without an
    API is one of any API; a requested one is a permission of Microsoft Graph, and no API's.
    """
    if word in declared:
        return True
    api, slash, name = word.rpartition("/")
    if not slash:
        return False
    if name == _DEFAULT:
        return any("/" not in one or one.startswith(f"{api}/") for one in declared)
    return name in declared


def only_offline(form: Mapping[str, str]) -> bool:
    """Whether the tokens for a user would be for nothing but the refresh token."""
    redeems = form.get("grant_type") in ("authorization_code", "refresh_token")
    return redeems and {*form.get("scope", "").split()} == {"offline_access"}
