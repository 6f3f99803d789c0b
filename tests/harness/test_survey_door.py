"""Which route wants a token and what opens it is found out, on services that look for permissions in many places."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from resource_server import Dialect, refuses, resource_server, roles, scope
from small_service import Answer, Behaviour, Call, SmallService

import harness.survey.survey as survey_module
from harness.base.errors import HarnessError, UsageError
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.permissions import Permissions
from harness.declared.profile import Profile, load_profile
from harness.grammar.model import Route
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient, IssuerClient
from harness.survey.asker import Asker
from harness.survey.door import Door, closed_routes, names_in, read_route
from harness.survey.further import Further, find_more
from harness.survey.openapi import Operation
from harness.survey.opening import Opened, Wanted, audience_for, check_told, opened
from harness.survey.survey import Survey, survey
from harness.survey.writing import profile_text
from harness.targets import make_target
from harness.wire.exchange import Exchange, Request

PLAIN = Profile(
    "plain", "Plain", frozenset({"jwks"}), {}, {"read": Route("read", "GET", "/")}, {}, audience="things-api"
)
NEEDS = Wanted(route="/things", permissions=("things.list",))


@pytest.fixture
def issuer(idp_client: IdpClient) -> Iterator[IssuerClient]:
    issuer = idp_client.create_issuer("custom", audience="things-api")
    yield issuer
    issuer.delete()


@pytest.fixture
def door(idp_client: IdpClient, attacker: AttackerListener, issuer: IssuerClient) -> Any:
    """Opens a service that behaves so, and says what was found."""

    @contextmanager
    def find(behaviour: Behaviour, wanted: Wanted = NEEDS) -> Iterator[Opened]:
        with SmallService(behaviour) as service:
            settings = (("base_url", service.url), ("health_status", "any"))
            options = Options("url", target_options=settings, idp_url=idp_client.url, issuer=issuer.id)
            target = make_target("url", dict(settings))
            with opened(Environment(options, PLAIN, target, idp_client, attacker), wanted, lambda _: None) as found:
                yield found

    return find


# Where a service looks for permissions -> the place that is found.
PLACES = {
    "scope": (Dialect(permissions=scope), ("scope", "string")),
    "realm": (Dialect(permissions=roles("realm_access", "roles")), ("realm_access.roles", "array")),
    "client": (
        Dialect(permissions=roles("resource_access", "things-api", "roles")),
        ("resource_access.{client}.roles", "array"),
    ),
    "permissions": (Dialect(permissions=roles("permissions")), ("permissions", "array")),
    "none": (Dialect(permissions=None), ("", "none")),
}


@pytest.mark.parametrize("where", PLACES)
def test_the_claim_that_opens_a_route_is_found(door: Any, issuer: IssuerClient, where: str) -> None:
    dialect, (claim, form) = PLACES[where]
    with door(resource_server(issuer, dialect)) as found:
        assert (found.door.place.claim, found.door.place.form) == (claim, form)
        assert found.door.route.permission == ("" if form == "none" else "things.list")
        assert found.door.route.success == (200,)
        assert "401 without a token" in found.door.evidence


def test_the_permission_is_read_from_the_refusal(door: Any, issuer: IssuerClient) -> None:
    """From the scope of its challenge."""
    challenge = (("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="things.list"'),)
    dialect = Dialect(refuse=lambda why: Answer(403, "{}", challenge) if why == "denied" else refuses()(why))
    with door(resource_server(issuer, dialect), Wanted(route="/things")) as found:
        assert found.door.route.permission == "things.list"


@pytest.mark.parametrize(
    ("status", "body", "names"),
    [
        (403, '{"detail":"needs notes:list"}', ["notes:list"]),
        (403, "missing things.read, or things.all.*", ["things.read", "things.all.*"]),
        (403, "see https://docs.example/help or a/b.c", []),
        (401, "needs notes:list", []),
    ],
)
def test_names_in_a_refusal(status: int, body: str, names: list[str]) -> None:
    assert names_in(Exchange(Request("GET", "/"), status, body=body.encode())) == names


def test_a_permission_that_nothing_names_is_asked_for(door: Any, issuer: IssuerClient) -> None:
    """The token was good, so nobody is sent to look for other tokens."""
    said = pytest.raises(HarnessError, match=r"(?s)takes the token for a good one .*--permission NAME")
    with said, door(resource_server(issuer, Dialect()), Wanted(route="/things")):
        pass


def test_a_service_that_refuses_every_token_is_told_of(door: Any) -> None:
    """What was tried, with its answers, and that the provider was never asked."""
    said = pytest.raises(HarnessError, match=r"(?s)every token was refused.*401 .*asked the identity provider for noth")
    with said, door(lambda call: Answer(401, '{"error":"no"}')):
        pass


@pytest.mark.parametrize(
    ("status", "said"), [(404, "seems not to be served"), (200, "lets in who has no token"), (500, "can be judged")]
)
def test_a_route_that_can_not_be_judged_is_told_of(door: Any, status: int, said: str) -> None:
    with pytest.raises(HarnessError, match=said), door(lambda call: Answer(status)):
        pass


def with_document(behaviour: Behaviour, document: dict[str, Any]) -> Behaviour:
    """The service with an OpenAPI document where drf-spectacular has it: YAML, unless JSON is asked for."""

    def behave(call: Call) -> Answer:
        if call.path == "/api/schema/":
            return Answer(
                200, json.dumps(document) if call.headers["Accept"] == "application/json" else "openapi: 3.1.0"
            )
        if call.path == "/about":
            return Answer(200)
        return behaviour(call) if call.path.startswith("/things") else Answer(404)

    return behave


def test_what_may_change_things_is_asked_only_where_it_wants_a_token(door: Any, issuer: IssuerClient) -> None:
    """By the document's word: a POST without credentials might do what it is there for."""
    asked: list[tuple[str, str]] = []

    def behave(call: Call) -> Answer:
        asked.append((call.method, call.path))
        return resource(call)

    resource = resource_server(issuer, Dialect())
    operations = [Operation("POST", "/things", (), secured=False), Operation("POST", "/others", (), secured=True)]
    with door(behave) as found:
        asked.clear()
        closed_routes(found.asker, operations)
    assert asked == [("POST", "/others")]


def test_routes_and_scopes_come_from_the_document(door: Any, issuer: IssuerClient) -> None:
    """Also a route that writes, one by id, and one that is open."""
    listed, made = [{"oauth": ["things.list"]}], [{"oauth": ["things.create"]}]
    document = {
        "openapi": "3.1.0",
        "paths": {
            "/about": {"get": {}},
            "/things": {"get": {"security": listed}, "post": {"security": made, "requestBody": {"content": {}}}},
            "/things/{id}": {"get": {"security": listed}},
        },
    }
    with door(with_document(resource_server(issuer, Dialect()), document), Wanted()) as found:
        assert (found.openapi, found.door.route.path, found.door.route.permission) == (
            "/api/schema/", "/things", "things.list",
        )  # fmt: skip
        more = find_more(found.asker, found.door, found.operations)
    assert {name: (one.route.path, one.route.permission) for name, one in more.routes.items()} == {
        "item": ("/things/{uuid}", "things.list"),
        "write": ("/things", "things.create"),
    }
    assert [one.path for one in more.public] == ["/about"]
    assert more.permissions == ["things.list", "things.create"]
    assert more.body_is_not_read.endswith("answers 201 to a body that is no JSON")


def test_a_service_that_runs_already_gets_a_profile(
    idp_client: IdpClient,
    attacker: AttackerListener,
    issuer: IssuerClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is asked before and after its permission is known, although nobody can configure it."""
    monkeypatch.setattr(survey_module, "ON_ONE", ("answer-bad-token",))
    monkeypatch.setattr(survey_module, "own_rows", lambda *_: ["answer-no-credentials"])
    with SmallService(resource_server(issuer, Dialect())) as service:
        settings = (("base_url", service.url), ("health_status", "any"))
        options = Options("url", target_options=settings, idp_url=idp_client.url, issuer=issuer.id)
        environment = Environment(options, PLAIN, make_target("url", dict(settings)), idp_client, attacker)
        work = Survey(environment, NEEDS, "Things", tmp_path / "things.toml", {}, [], [], lambda _: None)
        found = survey(work)
    profile = load_profile(tmp_path / "things.toml", text=found.text)
    assert (profile.refusal.bad_token, profile.refusal.without_credentials) == ((401,), (401,))
    assert "configure" in profile.lacks
    assert profile.routes["read"].permission == "things.list"


def test_the_form_of_permissions_is_declared_also_in_the_claim_that_a_service_is_told(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path
) -> None:
    """Without it a run would call undeclared whatever is about permissions in another form."""
    target = make_target("process", {"command": "true --port {port} --claim {permissions_claim}"})
    environment = Environment(Options("process"), PLAIN, target, idp_client, attacker)
    work = Survey(environment, NEEDS, "Notes", tmp_path / "notes.toml", {}, [], [], lambda _: None)
    route = Route("read", "GET", "/notes", permission="notes:list")
    door = Door(route, "401 without a token", Permissions("", "array"), "notes:list opened it")
    with closing(Session(environment, "custom", {})) as session:
        found = Opened(Asker(session), door, "custom", (), "", "", ())
        portrait = survey_module._first(work, found, Further(), "notes-api", "it is told so")
    profile = load_profile(work.file, text=profile_text(portrait, {}))
    assert profile.policy["permissions_form"] == "array"


def test_what_a_person_says_is_checked() -> None:
    assert (read_route("/notes").method, read_route("POST /notes").method) == ("GET", "POST")
    with pytest.raises(UsageError, match="--route takes a path"):
        read_route("notes")
    process, options = make_target("process", {"command": "true --port {port}"}), Options("process")
    with pytest.raises(UsageError, match="nothing tells the service whose tokens to trust"):
        check_told(process, options)
    app = make_target("app", {"app": lambda permissions_claim: None})
    with pytest.raises(UsageError, match="the parameters issuer, jwks_url"):
        check_told(app, Options("app"))
    url = make_target("url", {"base_url": "http://127.0.0.1:1"})
    with pytest.raises(UsageError, match="mock-idp serve"):
        check_told(url, Options("url"))


@pytest.mark.parametrize(
    ("command", "audience"),
    [
        ("true --port {port} --audience {audience}", "my-api"),
        ("true --port {port} --audience notes-api", "notes-api"),
        ("true --port {port} --aud=notes-api", "notes-api"),
        ("true --port {port}", "my-api"),
    ],
)
def test_the_audience_comes_from_the_command(command: str, audience: str) -> None:
    """Or from the person, who has the last word."""
    options = Options("process", target_options=(("command", command),))
    target = make_target("process", {"command": command})
    assert audience_for(target, options, Wanted())[0] == audience
    assert audience_for(target, options, replace(Wanted(), audience="mine"))[0] == "mine"
