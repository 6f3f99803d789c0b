"""Token exchange and assertions of others."""

from __future__ import annotations

from mock_idp.vendors.grant_types import JWT_BEARER, TOKEN_EXCHANGE

from ..realm import API, ORIGIN, SCOPE, SECRET
from ..sides import Side
from . import Area
from .common import SVC, by_code, credentials, login, machine, person

_TYPE = "urn:ietf:params:oauth:token-type:"


def _ask(side: Side) -> None:
    user, machines = person(side), machine(side)
    good = {
        "grant_type": TOKEN_EXCHANGE,
        **credentials(),
        "subject_token": user.text("access_token"),
        "subject_token_type": _TYPE + "access_token",
    }
    changed: dict[str, dict[str, str | None]] = {
        "good": {},
        "of-machine": {"subject_token": machines.text("access_token")},
        "by-other": {"client_id": "other"},
        "by-machine": {"client_id": "machine"},
        "by-public": {"client_id": "web", "client_secret": None},
        "wrong-secret": {"client_secret": "wrong"},
        "no-token": {"subject_token": None},
        "empty-token": {"subject_token": ""},
        "no-type": {"subject_token_type": None},
        "garbage": {"subject_token": "garbage"},
        "refresh-token": {"subject_token": user.text("refresh_token"), "subject_token_type": _TYPE + "refresh_token"},
        "refresh-as-access": {"subject_token": user.text("refresh_token")},
        "id-token": {"subject_token": user.text("id_token"), "subject_token_type": _TYPE + "id_token"},
        "id-as-access": {"subject_token": user.text("id_token")},
        "jwt": {"subject_token_type": _TYPE + "jwt"},
        "unknown-type": {"subject_token_type": "something"},
        "audience": {"audience": API},
        "audience-self": {"audience": "svc"},
        "audience-other": {"audience": "other"},
        "audience-unknown": {"audience": "nobody"},
        "resource": {"resource": "https://api.example"},
        "requested-access": {"requested_token_type": _TYPE + "access_token"},
        "requested-refresh": {"requested_token_type": _TYPE + "refresh_token"},
        "requested-id": {"requested_token_type": _TYPE + "id_token"},
        "requested-jwt": {"requested_token_type": _TYPE + "jwt"},
        "requested-unknown": {"requested_token_type": "something"},
        "requested-subject": {"requested_subject": "bob"},
        "requested-issuer": {"requested_issuer": "nothing"},
        "subject-issuer": {"subject_issuer": "nothing"},
        "actor": {"actor_token": user.text("access_token"), "actor_token_type": _TYPE + "access_token"},
        "scope-openid": {"scope": "openid"},
        "scope-email": {"scope": "email"},
        "scope-optional": {"scope": SCOPE},
        "scope-offline": {"scope": "offline_access"},
        "scope-unknown": {"scope": "nothing:known"},
    }
    for name, changes in changed.items():
        form = {key: value for key, value in {**good, **changes}.items() if value is not None}
        side.form(f"exchange/{name}", "token", form)
    _more(side, good)
    side.form("exchange/two-audiences", "token", [*good.items(), ("audience", API), ("audience", "svc")])
    for name, form in {
        "garbage": {"assertion": "garbage"},
        "missing": {},
        "access-token": {"assertion": user.text("access_token")},
        "id-token": {"assertion": user.text("id_token")},
    }.items():
        side.form(f"exchange/assertion {name}", "token", {"grant_type": JWT_BEARER, **credentials(), **form})
    public = {"grant_type": JWT_BEARER, "client_id": "web", "assertion": "garbage"}
    side.form("exchange/assertion by-public", "token", public)
    side.form("exchange/assertion wrong-secret", "token", {**public, "client_id": "svc", "client_secret": SECRET + "x"})


def _more(side: Side, good: dict[str, str]) -> None:
    """What an exchanged token is good for, and other ways to ask for it."""
    side.form("exchange/after another scope", "token", good)
    good = {**good, "subject_token": person(side).text("access_token")}
    token = side.form("", "token", good).text("access_token")
    side.send("exchange/exchanged userinfo", "GET", "userinfo", [("Authorization", f"Bearer {token}")])
    side.form("exchange/exchanged introspect", "introspect", {**credentials(), "token": token})
    side.form("exchange/again", "token", {**good, "subject_token": token})
    form = {key: value for key, value in good.items() if key not in ("client_id", "client_secret")}
    side.form("exchange/basic", "token", form, basic=SVC)
    side.form("exchange/no-client", "token", form)
    side.form("exchange/origin", "token", good, headers=[("Origin", ORIGIN)])
    for name, more in {
        "empty-audience": {"audience": ""},
        "empty-scope": {"scope": ""},
        "empty-type": {"subject_token_type": ""},
        "empty-requested": {"requested_token_type": ""},
        "audience-public": {"audience": "web"},
        "audience-and-scope": {"audience": API, "scope": SCOPE},
        "openid-and-email": {"scope": "openid email"},
        "requested-saml": {"requested_token_type": _TYPE + "saml2"},
        "actor-type-alone": {"actor_token_type": _TYPE + "access_token"},
        "not-allowed": credentials("login-only"),
        "unknown-client": credentials("nobody"),
    }.items():
        side.form(f"exchange/{name}", "token", {**good, **more})
    side.form("exchange/twice", "token", [*good.items(), ("subject_token", good["subject_token"])])
    side.form("exchange/two-scopes", "token", [*good.items(), ("scope", "email"), ("scope", "openid")])
    bob = person(side, username="bob")
    form = {**good, "subject_token": bob.text("access_token")}
    side.form("exchange/bob", "token", form)
    side.form("", "logout", {**credentials(), "refresh_token": bob.text("refresh_token")})
    side.form("exchange/after-logout", "token", form)
    email = person(side, scope="email").text("access_token")
    side.form("exchange/of-email", "token", {**good, "subject_token": email})
    side.form("exchange/of-email openid", "token", {**good, "subject_token": email, "scope": "openid"})
    offline = person(side, scope="openid offline_access").text("access_token")
    side.form("exchange/of-offline", "token", {**good, "subject_token": offline})
    _, code = login(side, client_id="svc")
    by_browser = by_code(side, "", code, "svc", client_secret=SECRET).text("access_token")
    side.form("exchange/of-code", "token", {**good, "subject_token": by_browser, "scope": "openid"})
    machines = machine(side).text("access_token")
    side.form("exchange/of-machine openid", "token", {**good, "subject_token": machines, "scope": "openid"})
    side.form("exchange/of-machine id", "token", {**good, "subject_token": machines, **_asked("id_token")})
    side.form("exchange/audience-and-id", "token", {**good, "audience": API, **_asked("id_token")})
    for which in ("exchanged", "subject"):
        _revoked(side, which, good)


def _asked(kind: str) -> dict[str, str]:
    return {"requested_token_type": _TYPE + kind}


def _revoked(side: Side, which: str, good: dict[str, str]) -> None:
    """What is left when one of the two tokens has been revoked."""
    user = person(side)
    tokens = {"subject": user.text("access_token")}
    exchanged = side.form("", "token", {**good, "subject_token": tokens["subject"], "scope": "openid"})
    tokens["exchanged"] = exchanged.text("access_token")
    side.form(f"exchange/revoke {which}", "revoke", {**credentials(), "token": tokens[which]})
    for name, token in tokens.items():
        bearer = [("Authorization", f"Bearer {token}")]
        side.send(f"exchange/revoked {which} userinfo {name}", "GET", "userinfo", bearer)
        side.form(f"exchange/revoked {which} exchange {name}", "token", {**good, "subject_token": token})
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": user.text("refresh_token")}
    side.form(f"exchange/revoked {which} refresh", "token", form)


AREAS = (Area("exchange", _ask),)
