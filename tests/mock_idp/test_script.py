"""Scripted answers over the control API."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import requests
from idp_api import IssuerApi, MakeIssuer, in_background

GRANT = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "s"}


def ask(issuer: IssuerApi, **more: Any) -> requests.Response:
    """A token request of a client."""
    with requests.Session() as session:
        session.trust_env = False
        more = {"data": GRANT, **more}
        return session.post(issuer.local(issuer.about["token_endpoint"]), timeout=20, **more)


def claims_of(answer: requests.Response) -> dict[str, Any]:
    token = answer.json()["access_token"]
    return dict(jwt.decode(token, options={"verify_signature": False}))


def plan(issuer: IssuerApi, **step: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/script", step))


def test_a_response(issuer: IssuerApi) -> None:
    """Status, headers and body as they were given, once; then the usual answer."""
    plan(issuer, response={"status": 418, "headers": {"Retry-After": "7"}, "body": {"short": True}})
    answer = ask(issuer)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (418, "7", {"short": True})
    assert answer.headers["Content-Type"] == "application/json"
    assert ask(issuer).status_code == 200


@pytest.mark.parametrize(
    ("body", "sent", "media_type"),
    [("text", b"text", "text/plain; charset=utf-8"), (None, b"", None), ([1, None], b"[1,null]", "application/json")],
)
def test_bodies(issuer: IssuerApi, body: Any, sent: bytes, media_type: str | None) -> None:
    """Text as it is, null as no body, anything else as JSON."""
    plan(issuer, response={"body": body})
    answer = ask(issuer)
    assert (answer.content, answer.headers.get("Content-Type")) == (sent, media_type)


def test_an_error(issuer: IssuerApi) -> None:
    """The answer of RFC 6749 section 5.2."""
    plan(issuer, error={"error": "invalid_grant", "error_description": "Used up."})
    answer = ask(issuer)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    assert answer.json() == {"error": "invalid_grant", "error_description": "Used up."}


@pytest.mark.parametrize(
    ("error", "status"),
    [({"error": "invalid_client"}, 401), ({"error": "temporarily_unavailable", "status": 503}, 503)],
)
def test_the_status_of_an_error(issuer: IssuerApi, error: dict[str, Any], status: int) -> None:
    """401 for a client that is not who it says, and what is asked for."""
    plan(issuer, error=error)
    answer = ask(issuer)
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_claims(issuer: IssuerApi) -> None:
    """The usual token with claims more, in place of those of the same name; the next one is plain again."""
    plan(issuer, claims={"tenant": {"id": 7}, "sub": "somebody"})
    claims = claims_of(ask(issuer))
    assert (claims["tenant"], claims["sub"], claims["iss"]) == ({"id": 7}, "somebody", issuer.about["issuer"])
    assert "tenant" not in claims_of(ask(issuer))


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "custom"])
def test_claims_of_every_style(make_issuer: MakeIssuer, style: str) -> None:
    """Whatever the vendor's token looks like."""
    issuer = make_issuer(style, algorithm="ES256")
    plan(issuer, claims={"tenant": 7})
    scope = {"scope": "a"} if style == "okta" else {}
    assert claims_of(ask(issuer, data=GRANT | scope))["tenant"] == 7


def test_tokens_of_the_control_api_are_not_scripted(issuer: IssuerApi) -> None:
    """A script is about what clients are told."""
    plan(issuer, claims={"tenant": 7})
    assert "tenant" not in jwt.decode(issuer.mint(), options={"verify_signature": False})


def test_steps_come_in_order(issuer: IssuerApi) -> None:
    """For as many requests as each was planned for."""
    plan(issuer, error={"error": "slow_down"}, times=2)
    plan(issuer, response={"status": 204})
    assert [ask(issuer).status_code for _ in range(4)] == [400, 400, 204, 200]


@pytest.mark.parametrize("times", [None, "always"])
def test_until_cleared(issuer: IssuerApi, times: str | None) -> None:
    """`times` of null has no end but this; TOML, which has no null, says it in a word."""
    assert plan(issuer, error={"error": "invalid_grant"}, times=times)["times"] is None
    assert [ask(issuer).status_code for _ in range(3)] == [400, 400, 400]
    assert issuer.ok("DELETE", "/script") == {"steps": []}
    assert ask(issuer).status_code == 200


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"client_id": "me"}, True),
        ({"client_id": "m"}, False),
        ({"client_id": "ME"}, False),
        ({"grant_type": "client_credentials"}, True),
        ({"grant_type": "password"}, False),
        ({"scope": "a b"}, True),
        ({"scope": "a"}, False),
        ({"scope": "b a"}, False),
        ({"client_id": "me", "scope": "a b"}, True),
        ({"client_id": "me", "scope": "c"}, False),
        ({"resource": ""}, False),
        ({"scope": True}, True),
        ({"scope": False}, False),
        ({"resource": True}, False),
        ({"resource": False, "client_id": "me"}, True),
        ({"headers": {"X-Tenant": "7"}}, True),
        ({"headers": {"x-tenant": "7", "authorization": False}}, True),
        ({"headers": {"x-tenant": "8"}}, False),
        ({"headers": {"x-tenant": True}, "client_id": "me"}, True),
        ({"headers": {"x-tenant": True}, "client_id": "you"}, False),
        ({"headers": {"x-tenant": False}}, False),
        ({"headers": {"authorization": True}}, False),
        ({"headers": {}}, True),
        ({"headers": "X-Tenant"}, False),
    ],
)
def test_conditions(issuer: IssuerApi, when: dict[str, Any], fits: bool) -> None:
    """Plain equality of parameters and headers, or whether they are there, all of them; a step that does not fit waits
    for one that does.
    """
    plan(issuer, when=when, response={"status": 299})
    answer = ask(issuer, data={**GRANT, "scope": "a b"}, headers={"X-Tenant": "7"})
    assert (answer.status_code == 299) is fits
    assert issuer.ok("GET", "/script")["steps"][0]["served"] == fits


def test_the_client_of_basic_credentials(issuer: IssuerApi) -> None:
    """`client_id` is also the one of the Authorization header."""
    plan(issuer, when={"client_id": "a:b"}, response={"status": 299})
    form = {"grant_type": "client_credentials"}
    assert ask(issuer, data=form, auth=("other", "s")).status_code == 200
    assert ask(issuer, data=form, auth=("a%3Ab", "s")).status_code == 299


def test_the_client_of_an_assertion(issuer: IssuerApi) -> None:
    """`client_id` is also the subject of a client assertion, believed or not."""
    plan(issuer, when={"client_id": "signer"}, response={"status": 299})
    assertion = jwt.encode({"sub": "signer"}, "a secret of thirty-two characters", algorithm="HS256")
    form = {"grant_type": "client_credentials", "client_assertion": assertion}
    assert ask(issuer, data={**form, "client_assertion": "no.jwt"}).status_code == 401
    assert ask(issuer, data=form).status_code == 299
    assert issuer.log()[-1]["client_id"] == "signer"


def test_a_step_that_fits_passes_one_that_does_not(issuer: IssuerApi) -> None:
    """Each client gets its own script."""
    plan(issuer, when={"client_id": "other"}, response={"status": 298})
    plan(issuer, when={"client_id": "me"}, response={"status": 299})
    assert ask(issuer).status_code == 299


@pytest.mark.parametrize(("name", "endpoint"), [("jwks_uri", "jwks"), ("discovery_url", "discovery")])
def test_documents(issuer: IssuerApi, name: str, endpoint: str) -> None:
    """The endpoints of documents can be scripted like the token endpoint."""
    plan(issuer, on=endpoint, response={"body": {"keys": []}})
    assert issuer.get(name).json() == {"keys": []}
    assert issuer.get(name).json() != {"keys": []}


def test_parameters_of_a_query(issuer: IssuerApi) -> None:
    """A GET has its parameters there."""
    plan(issuer, on="jwks", when={"tenant": "7"}, response={"status": 299})
    assert issuer.get().status_code == 200
    assert issuer.get(params={"tenant": "7"}).status_code == 299


def test_a_key_set_that_wants_credentials(issuer: IssuerApi) -> None:
    """As that of a Kubernetes cluster does: every request without a header gets the refusal, in whatever case it is."""
    refusal = {"status": 401, "headers": {"WWW-Authenticate": "Bearer"}}
    plan(issuer, on="jwks", times=None, when={"headers": {"Authorization": False}}, response=refusal)
    assert [issuer.get().status_code, issuer.get().status_code] == [401, 401]
    assert issuer.get(headers={"authorization": "Bearer x"}).status_code == 200
    issuer.fault("status", on="jwks", status=503, when={"headers": {"authorization": "Bearer y"}})
    assert issuer.get(headers={"Authorization": "Bearer x"}).status_code == 200
    assert issuer.get(headers={"Authorization": "Bearer y"}).status_code == 503


def test_a_fault_distorts_the_scripted_answer(issuer: IssuerApi) -> None:
    """Both count the request."""
    plan(issuer, response={"body": {"a": 1}})
    issuer.fault("content-type", on="token", value="text/html", times=1)
    answer = ask(issuer)
    assert (answer.json(), answer.headers["Content-Type"]) == ({"a": 1}, "text/html")
    (entry,) = issuer.log()
    assert (entry["fault"], entry["script"]) == ("content-type", "s1")


def test_a_late_answer(issuer: IssuerApi) -> None:
    """`delay_seconds` holds a step's answer up, which can be let go as a fault can."""
    plan(issuer, response={"status": 299}, delay_seconds=60)
    thread, answers = in_background(lambda: ask(issuer))
    issuer.ok("GET", "/requests/wait?endpoint=token&timeout=20")
    assert answers == []
    issuer.ok("POST", "/faults/release")
    thread.join()
    assert [answer.status_code for answer in answers] == [299]


def test_the_usual_answer_late(issuer: IssuerApi) -> None:
    """A step may do nothing but wait."""
    plan(issuer, delay_seconds=0.2)
    before = time.monotonic()
    assert "access_token" in ask(issuer).json()
    assert time.monotonic() - before >= 0.2


def test_a_reset_ends_a_late_answer(issuer: IssuerApi) -> None:
    """Its connection is closed, as that of a request that hangs."""
    plan(issuer, response={"status": 299}, delay_seconds=60)
    thread, answers = in_background(lambda: ask(issuer))
    issuer.ok("GET", "/requests/wait?endpoint=token&timeout=20")
    issuer.ok("POST", "/reset")
    thread.join()
    assert isinstance(answers[0], requests.ConnectionError)


def test_what_is_unused(issuer: IssuerApi) -> None:
    """Steps that wait for requests which have not come: for fewer than planned, or, until cleared, for none."""
    for step in ({"times": 2}, {"times": 1}, {"times": None}, {"times": None, "on": "jwks"}):
        plan(issuer, response={}, **step)
    for _ in range(2):
        ask(issuer)
    assert [step["id"] for step in issuer.ok("GET", "/script?unused=true")["steps"]] == ["s2", "s3", "s4"]
    for _ in range(2):
        ask(issuer)
    assert [step["id"] for step in issuer.ok("GET", "/script?unused=true")["steps"]] == ["s4"]
    assert len(issuer.ok("GET", "/script?unused=false")["steps"]) == 4


def test_a_refused_method_is_not_scripted(issuer: IssuerApi) -> None:
    """A GET of the token endpoint leaves the step to the next POST."""
    plan(issuer, response={"status": 299})
    assert issuer.get("token_endpoint").status_code == 405
    assert ask(issuer).status_code == 299


def test_what_is_shown(issuer: IssuerApi) -> None:
    """The step as it was given, its number, its defaults and how often it was met."""
    made = plan(issuer, claims={"a": 1}, when={"client_id": "me"})
    expected = {"id": "s1", "on": "token", "times": 1, "when": {"client_id": "me"}, "served": 0, "claims": {"a": 1}}
    assert made == expected
    ask(issuer)
    assert issuer.ok("GET", "/script")["steps"] == [{**expected, "served": 1}]


def test_a_reset_clears(issuer: IssuerApi) -> None:
    """As it does the faults."""
    plan(issuer, error={"error": "invalid_grant"})
    issuer.ok("POST", "/reset")
    assert issuer.ok("GET", "/script") == {"steps": []}
    assert ask(issuer).status_code == 200


def test_the_script_of_the_start(make_issuer: MakeIssuer) -> None:
    """An issuer can begin with one, and begins with it again after a reset."""
    issuer = make_issuer("custom", algorithm="ES256", script=[{"error": {"error": "invalid_grant"}}])
    assert [ask(issuer).status_code for _ in range(2)] == [400, 200]
    issuer.ok("POST", "/reset")
    assert [ask(issuer).status_code for _ in range(2)] == [400, 200]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({}, None),
        ({"claims": {}, "response": {}}, "claims"),
        ({"delay_seconds": 0}, None),
        ({"delay_seconds": 61, "response": {}}, "delay_seconds"),
        ({"times": "for ever", "response": {}}, "times"),
        ({"problem": "wrong_secrets"}, "problem"),
        ({"on": "jwks", "problem": "wrong_secret"}, "on"),
        ({"on": "jwks", "claims": {"a": 1}}, "on"),
        ({"on": "other", "response": {}}, "on"),
        ({"times": 0, "response": {}}, "times"),
        ({"when": {"client_id": 1}, "response": {}}, "when.client_id"),
        ({"when": {"headers": {"x": 1}}, "response": {}}, "when.headers.x"),
        ({"response": {"status": 99}}, "response.status"),
        ({"response": {"headers": {"Content-Length": "1"}}}, "response.headers.Content-Length"),
        ({"response": {"headers": {"A": "b\r\nC: d"}}}, "response.headers.A"),
        ({"error": {}}, "error.error"),
        ({"error": {"error": 'in"valid'}}, "error.error"),
        ({"error": {"error": "a", "status": 200}}, "error.status"),
        ({"claim": {}}, "claim"),
    ],
)
def test_steps_that_are_refused(issuer: IssuerApi, step: dict[str, Any], field: str | None) -> None:
    """The error names the member, and nothing is planned."""
    assert issuer.refused("POST", "/script", step) == (400, "invalid_field", field)
    assert issuer.ok("GET", "/script") == {"steps": []}


def test_a_bad_script_makes_no_issuer(issuer: IssuerApi) -> None:
    """The error names the step."""
    spec = {"id": "never", "style": "custom", "script": [{"response": {}}, {"on": "jwks", "claims": {}}]}
    assert issuer.api.refused("POST", "/issuers", spec) == (400, "invalid_field", "script.1.on")
    assert issuer.api.call("GET", "/issuers/never").status_code == 404


def test_there_is_an_end_to_it(issuer: IssuerApi) -> None:
    """A thousand steps, and no more."""
    for _ in range(1000):
        plan(issuer, response={})
    assert issuer.refused("POST", "/script", {"response": {}}) == (409, "too_many_steps", None)
