"""What the administrator does with keys, and what becomes of tokens."""

from __future__ import annotations

from ..realm import SECRET
from ..sides import Answer, Side
from . import Area
from .common import by_code, credentials, login, machine, person


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
    hint = f"{side.url('logout')}?id_token_hint={person(side).text('id_token')}"
    side.send(f"rotation/{name} logout", "GET", hint)


def _ask(side: Side) -> None:
    first = "rsa-generated"
    user, machines = person(side), machine(side)
    _look(side, "start", user, machines)

    def then(name: str) -> None:
        _name_keys(side)
        _look(side, name, user, machines)

    side.admin.add_key("fresh", priority=200)
    then("added-higher")
    side.admin.set_key(first, "passive")
    then("passive")
    side.admin.set_key(first, "disabled")
    then("disabled")
    side.admin.set_key(first, "active")
    then("active-again")
    side.admin.add_key("lower", priority=50)
    then("added-lower")
    side.admin.remove_key("fresh")
    then("removed")
    side.admin.set_key("lower", "disabled")
    side.admin.set_key(first, "passive")
    then("none-active")
    side.admin.set_key(first, "active")
    then("end")


def _other_algorithms(side: Side) -> None:
    for algorithm in ("ES256", "EdDSA", "PS256", "RS512"):
        side.admin.add_key(f"key-{algorithm}", algorithm=algorithm, priority=90)
        _name_keys(side)
        side.send(f"algorithms/{algorithm} certs", "GET", "certs")
        machine(side, f"algorithms/{algorithm} machine")


def _name_keys(side: Side) -> None:
    """The kids of keys that were made since."""
    kids = side.admin.kids()
    side.known |= {kid: f"{{kid of {name}}}" for name, kid in kids.items()}


AREAS = (Area("rotation", _ask), Area("algorithms", _other_algorithms))
