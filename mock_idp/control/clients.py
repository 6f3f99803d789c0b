"""Clients and users of an issuer: list, declare, forget."""

from __future__ import annotations

from mock_idp.control.client_specs import read_client, read_user, show_client, show_user
from mock_idp.control.operation import Call, ControlResponse, Operation, ref
from mock_idp.errors import conflict, not_found
from mock_idp.http11.schema_parts import complete, list_of
from mock_idp.jose.errors import nearest

_CLIENTS = "/_mock/issuers/{issuer_id}/clients"
_USERS = "/_mock/issuers/{issuer_id}/users"
MAX_DECLARED = 1000


def list_clients(call: Call) -> ControlResponse:
    """The declared clients."""
    return ControlResponse(200, {"clients": [show_client(one) for one in call.issuer.clients.clients.values()]})


def create_client(call: Call) -> ControlResponse:
    """Declare a client, or declare it anew."""
    registry, client = call.issuer.clients, read_client(call.body)
    _check_room(len(registry.clients), client.id in registry.clients, "clients")
    registry.put_client(client)
    return ControlResponse(201, show_client(client))


def delete_client(call: Call) -> ControlResponse:
    """Forget a client."""
    registry, client_id = call.issuer.clients, call.path["client_id"]
    if not registry.remove_client(client_id):
        raise not_found(
            "unknown_client", f"No client {client_id!r} is declared. {nearest(client_id, registry.clients)}"
        )
    return ControlResponse(204)


def list_users(call: Call) -> ControlResponse:
    """The declared users."""
    return ControlResponse(200, {"users": [show_user(one) for one in call.issuer.clients.users.values()]})


def create_user(call: Call) -> ControlResponse:
    """Declare a user, or declare them anew."""
    registry, user = call.issuer.clients, read_user(call.body)
    _check_room(len(registry.users), user.username in registry.users, "users")
    registry.put_user(user)
    return ControlResponse(201, show_user(user))


def delete_user(call: Call) -> ControlResponse:
    """Forget a user."""
    registry, username = call.issuer.clients, call.path["username"]
    if not registry.remove_user(username):
        raise not_found("unknown_user", f"No user {username!r} is declared. {nearest(username, registry.users)}")
    return ControlResponse(204)


def _check_room(declared: int, is_known: bool, what: str) -> None:
    if declared >= MAX_DECLARED and not is_known:
        raise conflict(f"too_many_{what}", f"An issuer holds at most {MAX_DECLARED} {what}; delete some.")


OPERATIONS = (
    Operation(
        "GET",
        _CLIENTS,
        "listClients",
        "The declared clients; while there are none, every client is accepted.",
        list_clients,
        {200: complete({"clients": list_of(ref("Client"))})},
    ),
    Operation(
        "POST",
        _CLIENTS,
        "createClient",
        "Declare a client, or declare it anew; from the first one on, only declared clients are accepted.",
        create_client,
        {201: ref("Client")},
        body=ref("ClientSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("DELETE", _CLIENTS + "/{client_id}", "deleteClient", "Forget a client.", delete_client, {204: None}),
    Operation(
        "GET",
        _USERS,
        "listUsers",
        "The declared users; while there are none, every user is accepted.",
        list_users,
        {200: complete({"users": list_of(ref("User"))})},
    ),
    Operation(
        "POST",
        _USERS,
        "createUser",
        "Declare a user, or declare them anew; from the first one on, only declared users are accepted.",
        create_user,
        {201: ref("User")},
        body=ref("UserSpec"),
        body_required=True,
        can_conflict=True,
    ),
    Operation("DELETE", _USERS + "/{username}", "deleteUser", "Forget a user.", delete_user, {204: None}),
)
