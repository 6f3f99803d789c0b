"""What the administrator does with keys, and what becomes of tokens."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from mock_idp.vendors.grant_types import TOKEN_EXCHANGE

from ..realm import SECRET, Realm
from ..sides import Answer, Side
from . import Area
from .common import authorization, by_code, credentials, login, machine, person


def _look(side: Side, name: str, user: Answer, machines: Answer) -> None:
    """The key set, the realm, fresh tokens, and what the tokens from before are good for."""
    side.send(f"rotation/{name} certs", "GET", "certs")
    side.send(f"rotation/{name} realm", "GET", "")
    machine(side, f"rotation/{name} machine")
    person(side, f"rotation/{name} person")
    by_code(side, f"rotation/{name} code", login(side)[1])
    bearer = [("Authorization", f"Bearer {user.text('access_token')}")]
    side.send(f"rotation/{name} userinfo", "GET", "userinfo", bearer)
    for which, answer in (("user", user), ("machine", machines)):
        api = {"client_id": "svc", "client_secret": SECRET}
        side.form(f"rotation/{name} introspect {which}", "introspect", {**api, "token": answer.text("access_token")})
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": user.text("refresh_token")}
    side.form(f"rotation/{name} refresh", "token", form)
    _log_out(side, f"rotation/{name} logout", person(side))
    query = urlencode({**authorization(prompt="none"), "id_token_hint": user.text("id_token")})
    side.send(f"rotation/{name} silent", "GET", f"{side.url('auth')}?{query}")
    exchange = {"grant_type": TOKEN_EXCHANGE, **credentials(), "subject_token": user.text("access_token")}
    exchange["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
    side.form(f"rotation/{name} exchange", "token", exchange)


def _log_out(side: Side, name: str, tokens: Answer) -> None:
    side.send(name, "GET", f"{side.url('logout')}?id_token_hint={tokens.text('id_token')}")
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": tokens.text("refresh_token")}
    side.form(f"{name} refresh", "token", form)


def _ask(side: Side) -> None:
    first = "rsa-generated"
    user, machines = person(side), machine(side)
    _look(side, "start", user, machines)

    def then(name: str, change: Callable[[], None]) -> None:
        before = person(side)
        change()
        _name_keys(side)
        _look(side, name, user, machines)
        _log_out(side, f"rotation/{name} logout of before", before)

    admin = side.admin
    then("added-higher", lambda: admin.add_key("fresh", priority=200))
    then("passive", lambda: admin.set_key(first, "passive"))
    then("disabled", lambda: admin.set_key(first, "disabled"))
    then("active-again", lambda: admin.set_key(first, "active"))
    then("added-lower", lambda: admin.add_key("lower", priority=50))
    then("added-equal", lambda: admin.add_key("equal", priority=200))
    then("signs-disabled", lambda: admin.set_key("fresh", "disabled"))
    then("removed", lambda: admin.remove_key("fresh"))
    then("equal-removed", lambda: admin.remove_key("equal"))
    then("enc-passive", lambda: admin.set_key("rsa-enc-generated", "passive"))
    then("enc-disabled", lambda: admin.set_key("rsa-enc-generated", "disabled"))
    admin.set_key("lower", "disabled")
    then("none-active", lambda: admin.set_key(first, "passive"))
    then("end", lambda: admin.set_key(first, "active"))
    then("enc-again", lambda: admin.set_key("rsa-enc-generated", "active"))
    admin.set_key("lower", "active")
    then("first-removed", lambda: admin.remove_key(first))


def _other_algorithms(side: Side) -> None:
    for algorithm in ("ES256", "Ed25519", "PS256", "RS512", "ES384", "ES512", "Ed448", "RS384"):
        side.admin.add_key(f"key-{algorithm}", algorithm=algorithm, priority=90)
        _name_keys(side)
        side.send(f"algorithms/{algorithm} certs", "GET", "certs")
        machine(side, f"algorithms/{algorithm} machine")


def _of_realm(side: Side) -> None:
    """A realm that signs with another algorithm."""
    name = "es256" if any("ES256" in one for one in side.admin.kids()) else "eddsa"
    user, machines = person(side), machine(side)
    side.send(f"{name}/certs", "GET", "certs")
    side.send(f"{name}/discovery", "GET", "/.well-known/openid-configuration")
    machine(side, f"{name}/machine openid", scope="openid")
    by_code(side, f"{name}/code", login(side, nonce="n-1")[1])
    side.form(f"{name}/introspect", "introspect", {**credentials(), "token": user.text("id_token")})
    side.form(f"{name}/introspect machine", "introspect", {**credentials(), "token": machines.text("access_token")})
    bearer = [("Authorization", f"Bearer {user.text('access_token')}")]
    side.send(f"{name}/userinfo", "GET", "userinfo", bearer)
    form = {"grant_type": "refresh_token", **credentials(), "refresh_token": user.text("refresh_token")}
    side.form(f"{name}/refresh", "token", form)
    _log_out(side, f"{name}/logout", user)
    side.send(f"{name}/realm", "GET", "")
    side.send(f"{name}/certs after", "GET", "certs")


def _name_keys(side: Side) -> None:
    """The kids of keys that were made since."""
    kids = side.admin.kids()
    side.known |= {kid: f"{{kid of {name}}}" for name, kid in kids.items()}


AREAS = (
    # Its first tokens are shown to the end, however slow the server is.
    Area("rotation", _ask, Realm(token_seconds=1500)),
    Area("algorithms", _other_algorithms),
    Area("es256", _of_realm, Realm(algorithm="ES256")),
    Area("eddsa", _of_realm, Realm(algorithm="Ed25519")),
)
