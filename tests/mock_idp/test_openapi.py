"""The OpenAPI document is valid, and true: what it lists is served, what is served it lists, answers are as it says."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from idp_api import Api, IssuerApi, MakeIssuer
from openapi_spec_validator import OpenAPIV31SpecValidator

from mock_idp.control.app import create_app
from mock_idp.control.registry import document
from mock_idp.issuer.state import State
from mock_idp.jose.pool import KeyPool
from mock_idp.settings import ServerSettings

METHODS = ("get", "post", "put", "patch", "delete")


def listed() -> set[tuple[str, str]]:
    """Method and path of every operation of the document, parameters without their names."""
    return {
        (method.upper(), re.sub(r"{\w+}", "{}", path))
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    }


def test_it_is_valid() -> None:
    """OpenAPI 3.1."""
    OpenAPIV31SpecValidator(document()).validate()


def test_it_is_served(api: Api) -> None:
    """The served document is the one that is tested here."""
    assert api.ok("GET", "/openapi.json") == document()


def test_routes_and_document_are_the_same() -> None:
    """Every route of the Flask application is listed, and nothing else."""
    pool = KeyPool(0)
    app = create_app(State(ServerSettings(), "http://localhost", pool), lambda error: None)
    served = {
        (method, re.sub(r"<([^<>]+:)?\w+>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method != "HEAD"  # Every GET is also a HEAD (RFC 9110 section 9.3.2).
    }
    assert served == listed()
    pool.close()


@pytest.mark.parametrize(("method", "path"), sorted(listed()))
def test_other_methods_are_refused(api: Api, method: str, path: str) -> None:
    """A method that is not listed for a path is a 405 that names the listed ones."""
    allowed = {each for each, other in listed() if other == path}
    wanted = next(each for each in ("PUT", "PATCH", "DELETE") if each not in allowed)
    answer = api.call(wanted, path.removeprefix("/_mock").replace("{}", "x"))
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
    # Flask answers HEAD wherever there is a GET.
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) - {"HEAD"} == allowed


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/health", None),
    ("GET", "/openapi.json", None),
    ("GET", "/issuers", None),
    ("GET", "/issuers/{}", None),
    ("GET", "/issuers/{}/keys", None),
    ("POST", "/issuers/{}/keys", {"name": "k2", "state": "next"}),
    ("GET", "/issuers/{}/keys/{key}", None),
    ("PATCH", "/issuers/{}/keys/{key}", {"state": "current"}),
    ("GET", "/issuers/{}/keys/{key}/public.pem", None),
    ("GET", "/issuers/{}/keys/{key}/private.pem", None),
    ("POST", "/issuers/{}/rotate", {}),
    ("PUT", "/issuers/{}/jwks", {"before": [{"kty": "odd"}, 1]}),
    ("DELETE", "/issuers/{}/jwks", None),
    ("POST", "/issuers/{}/tokens", {"permissions": ["a:b"]}),
    ("POST", "/issuers/{}/tokens", {"payload": "no json"}),
    ("POST", "/issuers/{}/tokens", {"mutation": "replace-token", "with": {"text": "garbage"}}),
    ("POST", "/issuers/{}/tokens/batch", {"specs": [{}, {"kind": "user"}]}),
    ("GET", "/issuers/{}/faults", None),
    ("POST", "/issuers/{}/faults", {"on": "jwks", "kind": "content-type", "value": None, "times": 1}),
    ("POST", "/issuers/{}/faults/release", None),
    ("DELETE", "/issuers/{}/faults/{fault}", None),
    ("DELETE", "/issuers/{}/faults", None),
    ("POST", "/issuers/{}/script", {"claims": {"a": 1}}),
    ("GET", "/issuers/{}/script", None),
    ("DELETE", "/issuers/{}/script", None),
    ("GET", "/issuers/{}/clients", None),
    ("POST", "/issuers/{}/clients", {"id": "c2", "secret": "s", "scopes": ["a"]}),
    ("DELETE", "/issuers/{}/clients/{client_id}", None),
    ("GET", "/issuers/{}/users", None),
    ("POST", "/issuers/{}/users", {"username": "bob", "password": "p", "claims": {"name": "Bob"}}),
    ("DELETE", "/issuers/{}/users/{username}", None),
    ("GET", "/issuers/{}/clock", None),
    ("PUT", "/issuers/{}/clock", {"at": 1000}),
    ("GET", "/issuers/{}/requests", None),
    ("GET", "/issuers/{}/requests/wait", None),
    ("GET", "/issuers/{}/requests/wait?count=99&timeout=0", None),
    ("GET", "/issuers/{}/requests.har", None),
    ("DELETE", "/issuers/{}/requests", None),
    ("POST", "/issuers/{}/reset", None),
    ("DELETE", "/issuers/{}/keys/{key}", None),
]


@pytest.fixture
def subject(make_issuer: MakeIssuer) -> IssuerApi:
    """An issuer with something in every list."""
    issuer = make_issuer("okta", algorithm="ES256", keys=[{"name": "k1"}, {"state": "next"}])
    issuer.get()
    issuer.fault("status", on="token", times=1)
    issuer.ok("POST", "/clients", {"id": "k1", "keys": []})
    issuer.ok("POST", "/users", {"username": "k1"})
    issuer.ok("POST", "/script", {"response": {"body": "x"}, "when": {"scope": "a"}})
    return issuer


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_answers_are_as_described(subject: IssuerApi, method: str, path: str, body: Any) -> None:
    """Status, media type and JSON of an answer are in the document."""
    asked = path.replace("/issuers/{}", f"/issuers/{subject.id}").replace("{key}", "k1")
    asked = asked.replace("{client_id}", "k1").replace("{username}", "k1").replace("{fault}", "f1")
    answer = subject.api.call(method, asked, body)
    described = operation_of(method, path)["responses"][str(answer.status_code)]
    if not answer.content:
        assert "content" not in described
        return
    media_type = answer.headers["Content-Type"].partition(";")[0]
    schema = described["content"][media_type]["schema"]
    if media_type == "application/json":
        jsonschema.Draft202012Validator({**schema, "components": document()["components"]}).validate(answer.json())


def operation_of(method: str, path: str) -> dict[str, Any]:
    plain = path.partition("?")[0].replace("/issuers/{}", "/issuers/{issuer_id}")
    return dict(document()["paths"]["/_mock" + plain][method.lower()])


def test_every_operation_is_tried() -> None:
    """The list of calls above leaves none out (those that make and end issuers stand in the tests below)."""
    tried = {(method, operation_of(method, path)["operationId"]) for method, path, _ in CALLS}
    left = {
        operation["operationId"]
        for item in document()["paths"].values()
        for method, operation in item.items()
        if (method.upper(), operation["operationId"]) not in tried
    }
    assert left == {"createIssuer", "deleteIssuer", "reset"}


def test_a_made_issuer_is_as_described(subject: IssuerApi) -> None:
    """The answer to createIssuer, and of every style."""
    schema = {"$ref": "#/components/schemas/Issuer", "components": document()["components"]}
    jsonschema.Draft202012Validator(schema).validate(subject.about)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/issuers/none", None),
        ("POST", "/issuers", {"style": 1}),
        ("POST", "/issuers", [1]),
        ("GET", "/nowhere", None),
    ],
)
def test_errors_are_as_described(api: Api, method: str, path: str, body: Any) -> None:
    """Every refusal has the shape of an Error."""
    schema = {"$ref": "#/components/schemas/Error", "components": document()["components"]}
    jsonschema.Draft202012Validator(schema).validate(api.call(method, path, body).json())
