"""Faults in permissions, transport, public routes, API keys and metrics show, and do not without the fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.reference.errors import SettingsError
from harness.reference.settings import ApiKey

from .mistakes import Experiment, Start, accepts, refuses
from .world import FULL_KEY, READ_KEY, World, exchange

TEMPLATE = "/v1/templates/ns/name/1.0.0"
BODY = b'{"name":"t"}'


def grants(*names: Any, path: str = "/v1/tasks", **settings: Any) -> Experiment:
    """The mistake is to let in a token with these permissions."""
    return accepts(lambda world: world.k1.token(permissions=list(names)), path, **settings)


def grants_claim(value: Any) -> Experiment:
    """The mistake is to let in a token with this for a permission claim."""
    return accepts(lambda world: world.k1.token(permissions=value))


def answers(status: int, *permissions: str, path: str = "/v1/tasks", **options: Any) -> Experiment:
    """The mistake is to answer a token with these permissions like this."""
    settings = {"service": options.pop("service", "orchestration")}
    settings |= {name: options.pop(name) for name in ("config_endpoint_enabled",) if name in options}

    def experiment(world: World, start: Start) -> bool:
        token = world.k1.token(permissions=list(permissions))
        return start(**settings).status(token, path, **options) == status

    return experiment


def asked(
    status: int, path: str = "/v1/tasks", *, settings: dict[str, Any] | None = None, **options: Any
) -> Experiment:
    """The mistake is to answer this request, which has no token, like this."""
    return lambda world, start: start(**(settings or {})).status(None, path, **options) == status


def bearer(form: str) -> Experiment:
    """The mistake is to let in a good token in this form of the header."""
    return lambda world, start: start().status(headers={"Authorization": form.format(world.k1.token())}) == 200


def elsewhere(path: str = "/v1/tasks", header: str = "", body: str = "") -> Experiment:
    """The mistake is to let in a good token in the query, in a cookie or in a form."""

    def experiment(world: World, start: Start) -> bool:
        token = world.k1.token(permissions=["tasks:*"])
        headers = {"Cookie": header.format(token)} if header else {}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return start().status(
            None,
            path.format(token),
            headers=headers,
            method="POST" if body else "GET",
            body=body.format(token).encode() or None,
        ) in (200, 400)

    return experiment


def authenticates_the_connection(world: World, start: Start) -> bool:
    """Nobody is let in on a connection that somebody used."""
    connection = start().connection()
    try:
        assert exchange(connection, token=world.k1.token()).status == 200
        return exchange(connection).status == 200
    finally:
        connection.close()


def keeps_connections_apart(world: World, start: Start) -> bool:
    """Nobody is let in on a connection of its own."""
    service = start()
    assert service.status(world.k1.token()) == 200
    return service.status() == 200


def creates_and_refuses(world: World, start: Start) -> bool:
    """A refused POST leaves a task behind."""
    service = start()
    assert service.status(world.k1.token(), method="POST", body=BODY) == 403
    return bool(service.ask(token=world.k1.token()).json["tasks"])


def cancels_for_readers(world: World, start: Start) -> bool:
    """A reader cancels a task."""
    service = start()
    task = service.ask(token=world.k1.token(permissions=["tasks:create"]), method="POST", body=BODY).json
    return service.status(world.k1.token(), f"/v1/tasks/{task['task_uuid']}", method="DELETE") == 200


def says(mark: str, token: str = "marked.token.here") -> Experiment:
    """The mistake is that a 401 says this."""
    return lambda world, start: mark in start().ask(token=token).body.decode()


def has_no_challenge(world: World, start: Start) -> bool:
    """A 401 comes without WWW-Authenticate."""
    return "WWW-Authenticate" not in start().ask().headers


def health_follows_the_issuer(world: World, start: Start) -> bool:
    """Health is not 200 while the issuer is down."""
    world.issuer.answer(b"", 500)
    return start().status(path="/health") != 200


def health_fetches(world: World, start: Start) -> bool:
    """A probe makes the service fetch."""
    start().status(path="/health/live")
    return bool(world.issuer.fetches)


def opens_when_misconfigured(world: World, start: Start) -> bool:
    """A verification method nobody knows opens every route."""
    try:
        return start(verification_method="jwkz").status() == 200
    except SettingsError:
        return False


def with_key(key: str, status: int = 200, token: str | None = None, **settings: Any) -> Experiment:
    """The mistake is to answer a request with this API key, and perhaps a token, like this."""
    return lambda world, start: start(**settings).status(token, headers={"X-API-Key": key}) == status


def key_writes(world: World, start: Start) -> bool:
    """A key that may only read creates a task."""
    return start().status(method="POST", headers={"X-API-Key": READ_KEY}, body=BODY) == 201


def counts_no_failure(world: World, start: Start) -> bool:
    """A refused request moves no counter."""
    service = start()
    service.ask(token="garbage")
    return "tasker_auth_failures_total" not in service.ask("/metrics").body.decode()


def makes_series(world: World, start: Start) -> bool:
    """Different paths make different series."""
    service = start()
    lines = [len(service.ask("/metrics").body.splitlines()) for path in "abcd" if service.ask(f"/v1/tasks/{path}")]
    return lines[-1] > lines[1]


def makes_series_of(claims: Callable[[World, str], str]) -> Experiment:
    """Refused tokens that name different things make different series."""

    def experiment(world: World, start: Start) -> bool:
        service = start()
        lines = []
        for word in "abcd":
            assert service.status(claims(world, word)) == 401
            lines.append(len(service.ask("/metrics").body.splitlines()))
        return lines[-1] > lines[1]

    return experiment


def shows_accepted_key(world: World, start: Start) -> bool:
    """The key stands among the metrics."""
    service = start()
    assert service.ask(headers={"X-API-Key": FULL_KEY}).status == 200
    return FULL_KEY in service.ask("/metrics").body.decode()


def enforces_strictness(world: World, start: Start) -> bool:
    """A token with an unknown permission is refused although strict validation is off."""
    return start().status(world.k1.token(permissions=["tasks:list", "custom:x"])) == 401


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-perm-prefix": (grants("tasks:list_all"), grants("tasks:lis"), grants("tasks")),
    "m-wildcard-cross-resource": grants("dlq:*"),
    "m-wildcard-unsupported": answers(403, "tasks:*"),
    "m-config-wildcard-unsupported": answers(403, "system:config:*", path="/config", config_endpoint_enabled=True),
    "m-config-wildcard-for-system": answers(200, "system:config:*", path="/v1/analytics/performance"),
    "m-global-star-accepted": grants("*"),
    "m-perm-case-insensitive": (grants("TASKS:LIST"), grants("tasks:list ")),
    "m-any-permission-suffices": grants("steps:read"),
    "m-perm-of-neighbour": grants("worker:templates_read"),
    "m-perm-string-as-list": (grants_claim("tasks:list"), grants_claim("xx tasks:list xx")),
    "m-users-need-no-permission": accepts(lambda world: world.k1.token(permissions=[], azp="app", sub="alice")),
    "m-missing-claim-allows": (grants_claim(...), grants_claim(None)),
    "m-strict-ignored": grants("tasks:list", "custom:x", strict_validation=True),
    "m-lenient-rejects-unknown": enforces_strictness,
    "m-strict-rejects-wildcard": refuses(lambda world: world.k1.token(permissions=["tasks:*"]), strict_validation=True),
    "m-permissions-claim-ignored": (
        grants("tasks:list", permissions_claim="scp"),
        refuses(lambda world: world.k1.token(permissions=..., scp=["tasks:list"]), 403, permissions_claim="scp"),
    ),
    "m-route-without-authorize": (
        cancels_for_readers,
        answers(404, "tasks:list", path=f"{TEMPLATE}/validate", method="POST", service="worker"),
    ),
    "m-route-wrong-permission": (
        answers(201, "tasks:list", method="POST", body=BODY),
        answers(404, "worker:templates_read", path=f"{TEMPLATE}/validate", method="POST", service="worker"),
    ),
    "m-403-for-bad-token": refuses(lambda world: world.k1.token(exp=1), 403),
    "m-403-for-missing-credentials": asked(403),
    "m-401-for-missing-permission": answers(401, "steps:read"),
    "m-no-www-authenticate": has_no_challenge,
    "m-error-echoes-token": says("marked.token.here"),
    "m-error-leaks-internals": says("Traceback"),
    "m-scheme-case-sensitive": lambda world, start: (
        start().status(headers={"Authorization": f"bearer {world.k1.token()}"}) == 401
    ),
    "m-any-scheme": (bearer("Token {0}"), bearer("DPoP {0}")),
    "m-scheme-in-text": (bearer("Bearers {0}"), bearer("X-Bearer {0}")),
    "m-scheme-anywhere": (bearer("Token Bearer {0}"), bearer("Basic dTpw,bearer {0}")),
    "m-token-is-last-word": bearer("Bearer extra {0}"),
    "m-query-token": (
        elsewhere("/v1/tasks?access_token={0}"),
        elsewhere(header="access_token={0}"),
        elsewhere(body="access_token={0}"),
    ),
    "m-identity-header-trusted": (
        asked(200, headers={"X-Forwarded-User": "admin"}),
        asked(200, headers={"X-Remote-User": "admin"}),
    ),
    "m-connection-auth": authenticates_the_connection,
    "m-body-before-auth": (asked(400, method="POST", body=b"{"), answers(400, method="POST", body=b"{")),
    "m-lookup-before-permission": (
        answers(400, path="/v1/tasks/not-a-uuid"),
        answers(404, path=TEMPLATE, service="worker"),
    ),
    "m-effect-before-denial": creates_and_refuses,
    "m-path-normalisation-gap": (asked(200, "/health/../v1/tasks"), asked(200, "/health%2f..%2fv1%2ftasks")),
    "m-health-requires-auth": asked(401, "/health"),
    "m-public-prefix-match": asked(200, "/v1/tasks?x=/health"),
    "m-config-unprotected": grants("tasks:list", path="/config", config_endpoint_enabled=True),
    "m-config-served-when-off": grants("system:config_read", path="/config"),
    "m-liveness-needs-idp": (health_follows_the_issuer, health_fetches),
    "m-unknown-config-means-open": opens_when_misconfigured,
    "m-key-rescues-bad-bearer": with_key(FULL_KEY, token="garbage"),
    "m-key-prefix-compare": (with_key(FULL_KEY[:-1]), with_key(FULL_KEY.upper())),
    "m-empty-key-accepted": (
        with_key(""),
        with_key(" "),
        with_key("", api_keys_enabled=False),
        with_key("", api_keys=(ApiKey("", ()),)),
    ),
    "m-key-permissions-ignored": (with_key("sk-nothing"), key_writes),
    "m-key-star-unknown": with_key("sk-star", 403, api_keys=(ApiKey("sk-star", ("*",)),)),
    "m-key-found-by-beginning": with_key(f"{FULL_KEY[:-1]}~"),
    "m-key-hashed-by-bcrypt": with_key(f"{'k' * 100}x", api_keys=(ApiKey(f"{'k' * 100}y", ("tasks:*",)),)),
    "m-key-decoded": (with_key(f"'{FULL_KEY}'"), with_key(FULL_KEY.replace("s", "%73"))),
    "m-key-star-loose": (
        with_key("sk-unset", api_keys=(ApiKey("sk-unset", ("",)),)),
        with_key("sk-glob", api_keys=(ApiKey("sk-glob", ("*:*",)),)),
    ),
    "m-key-header-hardcoded": with_key(FULL_KEY, api_key_header="X-Custom-Key"),
    "m-failures-not-counted": counts_no_failure,
    "m-label-cardinality": makes_series,
    "m-label-issuer": makes_series_of(lambda world, word: world.k1.token(iss=f"https://{word}.example")),
    "m-label-algorithm": makes_series_of(lambda world, word: world.k1.token(header={"alg": f"XS{word}"})),
    "m-label-api-key": shows_accepted_key,
}


def test_an_authenticated_connection_is_not_every_connection(world: World) -> None:
    """The identity belongs to the socket it was shown on."""
    assert not keeps_connections_apart(world, lambda: world.start("m-connection-auth"))
