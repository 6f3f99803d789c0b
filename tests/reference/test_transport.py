"""How a credential is carried, and what a refusal says."""

from __future__ import annotations

import base64

import pytest

from .world import FULL_KEY, World, exchange


def test_no_credentials_are_401_with_a_bare_challenge(world: World) -> None:
    """RFC 6750 §3.1: no error code when nothing was presented."""
    answer = world.start().ask()
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tasker"'
    assert answer.json == {"error": "unauthorized", "message": "Missing authentication credentials"}
    assert answer.status == 401


def test_an_invalid_token_is_challenged_with_its_error_code(world: World) -> None:
    """invalid_token."""
    answer = world.start().ask(token=world.k1.token(exp=1))
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (
        401,
        'Bearer realm="tasker", error="invalid_token"',
    )


def test_a_missing_permission_is_challenged_with_its_scope(world: World) -> None:
    """insufficient_scope, and the documented body."""
    answer = world.start().ask(token=world.k1.token(permissions=[]))
    assert answer.status == 403
    assert 'error="insufficient_scope", scope="tasks:list"' in answer.headers["WWW-Authenticate"]
    assert answer.json == {"error": "forbidden", "message": "Missing required permission: tasks:list"}


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "bEaReR", "Bearer "])
def test_the_scheme_has_no_case_and_any_number_of_spaces(world: World, scheme: str) -> None:
    """RFC 9110 §11."""
    headers = {"Authorization": f"{scheme} {world.k1.token()}"}
    assert world.start().status(headers=headers) == 200


@pytest.mark.parametrize(
    "form",
    [
        *["{0}", "Token {0}", "JWT {0}", "DPoP {0}", "Basic {1}", "Negotiate {0}", "Bearer-{0}", "Bearer{0}"],
        *["Bearer", "Bearer ", 'Bearer ""', 'Bearer "{0}"', "Bearer {0} extra", "Bearer {0},", "Bearer\t{0}"],
        *["Bearer {0}, Bearer {0}", "Bearer null", "Bearer undefined"],
    ],
)
def test_another_form_of_the_header_is_refused(world: World, form: str) -> None:
    """RFC 6750 §2.1."""
    token = world.k1.token()
    basic = base64.b64encode(f"user:{token}".encode()).decode()
    assert world.start().status(headers={"Authorization": form.format(token, basic)}) == 401


@pytest.mark.parametrize(
    "name",
    [
        *["X-Access-Token", "X-Forwarded-Access-Token", "Proxy-Authorization", "Sec-WebSocket-Protocol"],
        "Cookie",
    ],
)
def test_a_token_in_another_header_does_not_count(world: World, name: str) -> None:
    """Only Authorization does."""
    prefix = {"Cookie": "access_token=", "Proxy-Authorization": "Bearer "}.get(name, "")
    assert world.start().status(headers={name: prefix + world.k1.token()}) == 401


@pytest.mark.parametrize("name", ["access_token", "token"])
def test_a_token_in_the_query_does_not_count(world: World, name: str) -> None:
    """RFC 6750 §5.3."""
    assert world.start().status(path=f"/v1/tasks?{name}={world.k1.token()}") == 401


@pytest.mark.parametrize(
    "header",
    [
        ("X-Forwarded-User", "admin"),
        ("X-Remote-User", "admin"),
        ("X-Authenticated", "true"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("User-Agent", "kube-probe/1.30"),
    ],
)
def test_an_identity_header_is_nobody(world: World, header: tuple[str, str]) -> None:
    """Identity comes from credentials."""
    assert world.start().status(headers=dict([header])) == 401


def test_authentication_is_per_request(world: World) -> None:
    """On one connection: let in, then refused, then let in."""
    service, token = world.start(), world.k1.token()
    connection = service.connection()
    try:
        answers = [exchange(connection, token=one).status for one in (token, None, world.k1.token(exp=1), token)]
        socket_used = connection.sock
    finally:
        connection.close()
    assert answers == [200, 401, 401, 200]
    assert socket_used is not None


def test_all_bad_credentials_look_the_same(world: World) -> None:
    """No oracle for kid, issuer or audience."""
    service = world.start(strict_validation=True)
    tokens = [
        world.attacker.token(),
        world.attacker.token({"kid": "k1"}),
        world.k1.token(exp=1),
        world.k1.token(iss="x"),
        world.k1.token(aud="x"),
        world.k1.token(permissions=["x"]),
        "garbage",
    ]
    answers = [service.ask(token=token) for token in tokens]
    assert len({(answer.status, answer.body, answer.headers["WWW-Authenticate"]) for answer in answers}) == 1


def test_no_part_of_a_credential_comes_back(world: World) -> None:
    """Neither of a token, nor of a kid, nor of a key."""
    service, token = world.start(), world.attacker.token({"kid": "marked-kid"}, sub="marked-sub")
    refusals = [service.ask(token=token), service.ask(headers={"X-API-Key": FULL_KEY + "x"})]
    for answer in refusals:
        said = answer.body.decode() + str(answer.headers)
        assert not any(mark in said for mark in ("marked", token[-20:], token[:20], FULL_KEY))
