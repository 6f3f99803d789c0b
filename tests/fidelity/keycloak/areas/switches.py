"""Switches of realm and clients: off, https only, no token without a proof, API only."""

from __future__ import annotations

from ..realm import CLIENTS, Client, Realm
from ..sides import Side
from . import Area
from .common import authorization, credentials, machine, person

_ENDPOINTS = ("auth", "certs", "device", "introspect", "logout", "par", "revoke", "token", "userinfo")


def _everything(name: str, side: Side) -> None:
    for path in (
        "",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/device",
        "/nothing",
    ):
        side.send(f"{name}/GET {path}", "GET", path or side.issuer)
    for endpoint in _ENDPOINTS:
        side.send(f"{name}/GET {endpoint}", "GET", endpoint)
        side.form(f"{name}/POST {endpoint}", endpoint, {**authorization("svc"), **credentials(), "token": "x"})
    machine(side, f"{name}/machine")
    person(side, f"{name}/person")
    bearer = [("Authorization", "Bearer garbage")]
    side.send(f"{name}/userinfo", "GET", "userinfo", bearer)


def _realm_off(side: Side) -> None:
    _everything("realm-off", side)


def _https(side: Side) -> None:
    _everything("https", side)


def _clients(side: Side) -> None:
    for client_id in ("api-only", "proof"):
        machine(side, f"clients/{client_id} machine", client_id)
        machine(side, f"clients/{client_id} wrong-secret", client_id, client_secret="wrong")
        machine(side, f"clients/{client_id} unknown-scope", client_id, scope="nothing:known")
        person(side, f"clients/{client_id} person", client_id)
        side.form(f"clients/{client_id} introspect", "introspect", {**credentials(client_id), "token": "x"})
        side.form(f"clients/{client_id} revoke", "revoke", {**credentials(client_id), "token": "x"})
        side.form(f"clients/{client_id} device", "device", credentials(client_id))
        side.form(f"clients/{client_id} no-grant", "token", credentials(client_id))


AREAS = (
    Area("realm-off", _realm_off, Realm(enabled=False)),
    Area("https", _https, Realm(ssl_required="all")),
    Area(
        "clients",
        _clients,
        Realm(clients=(*CLIENTS, Client("api-only"), Client("proof")), bearer_only=("api-only",), dpop=("proof",)),
    ),
)
