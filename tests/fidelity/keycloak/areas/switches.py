"""Switches of realm and clients: off, https only, no token without a proof, API only."""

from __future__ import annotations

from urllib.parse import urlencode

from mock_idp.vendors.grant_types import DEVICE_CODE, JWT_BEARER, TOKEN_EXCHANGE

from ..realm import CALLBACK, CLIENTS, Client, Realm
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
        side.form(f"clients/{client_id} par", "par", {**authorization(client_id), **credentials(client_id)})
        side.send(f"clients/{client_id} auth", "GET", f"{side.url('auth')}?{urlencode(authorization(client_id))}")
        side.form(f"clients/{client_id} logout", "logout", {**credentials(client_id), "refresh_token": "x"})
        for grant, more in {
            "refresh_token": {"refresh_token": "x"},
            "authorization_code": {"code": "x", "redirect_uri": CALLBACK},
            DEVICE_CODE: {"device_code": "x"},
            TOKEN_EXCHANGE: {"subject_token": "x", "subject_token_type": "x"},
            JWT_BEARER: {"assertion": "x"},
            "nothing": {},
        }.items():
            form = {"grant_type": grant, **credentials(client_id), **more}
            side.form(f"clients/{client_id} {grant.rpartition(':')[2]}", "token", form)
        token = machine(side).text("access_token")
        side.form(f"clients/{client_id} introspect good", "introspect", {**credentials(client_id), "token": token})
    proof = [("DPoP", "garbage")]
    form = {"grant_type": "client_credentials", **credentials("proof")}
    side.form("clients/proof garbage", "token", form, headers=proof)
    side.form("clients/svc garbage proof", "token", {**form, **credentials()}, headers=proof)


AREAS = (
    Area("realm-off", _realm_off, Realm(enabled=False)),
    Area("https", _https, Realm(ssl_required="all")),
    Area(
        "clients",
        _clients,
        Realm(clients=(*CLIENTS, Client("api-only"), Client("proof")), bearer_only=("api-only",), dpop=("proof",)),
    ),
)
