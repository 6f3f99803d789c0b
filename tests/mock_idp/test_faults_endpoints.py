"""Faults reach every endpoint there is, and what was planned for one leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from idp_api import IssuerApi, MakeIssuer, in_background

from mock_idp.plans.faults.registry import FAULTS
from mock_idp.vendors.context import SERVED_ENDPOINTS

MEMBERS = {
    "jwks": "jwks_uri",
    "authorize": "authorization_endpoint",
    "introspect": "introspection_endpoint",
    "revoke": "revocation_endpoint",
    "par": "pushed_authorization_request_endpoint",
}
GETS = (
    *("jwks", "discovery", "authorize", "userinfo", "end_session", "device_page", "session_page", "account"),
    "session",
)
# Endpoints that not everybody has.
STYLES = {
    "session_page": "keycloak",
    "account": "keycloak",
    "registration": "mcp",
    "tokeninfo": "google",
    "session": "okta",
    "session_refresh": "okta",
}
NEEDED: dict[str, dict[str, Any]] = {
    "redirect": {"location": "/x"},
    "body": {"body": "x"},
    "encoding": {"chunked": True},
    "huge": {"bytes": 20_000},
    "crowd": {"count": 1},
    "delay": {"seconds": 0},
    "hang": {"max_seconds": 0.05},
    "drip": {"bytes_per_second": 1_000_000},
}


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def served(endpoint: str, make_issuer: MakeIssuer) -> IssuerApi:
    """An issuer that serves the endpoint."""
    return make_issuer(STYLES.get(endpoint, "custom"), algorithm="ES256")


def ask(session: requests.Session, issuer: IssuerApi, endpoint: str) -> requests.Response:
    """A request to an endpoint by its name in the log, with nothing in it."""
    document = session.get(issuer.local(issuer.about["discovery_url"]), timeout=20).json()
    organization = issuer.about["issuer"].partition("/oauth2")[0]
    urls = {
        "discovery": issuer.about["discovery_url"],
        "device_page": f"{issuer.about['issuer']}/device",
        "session_page": document.get("check_session_iframe"),
        "account": f"{issuer.about['issuer']}/account",
        "tokeninfo": f"{issuer.about['issuer']}/tokeninfo",
        "session": f"{organization}/api/v1/sessions/me",
        "session_refresh": f"{organization}/api/v1/sessions/me/lifecycle/refresh",
        "other": f"{issuer.about['issuer']}/nothing",
    }
    url = urls.get(endpoint) or document[MEMBERS.get(endpoint, f"{endpoint}_endpoint")]
    method = "GET" if endpoint in GETS else "POST"
    return session.request(method, issuer.local(url), timeout=20, allow_redirects=False)


@pytest.mark.parametrize("endpoint", sorted({*SERVED_ENDPOINTS} - {"discovery"}))
def test_a_fault_reaches_the_endpoint(session: requests.Session, served: IssuerApi, endpoint: str) -> None:
    """Once, and the log names it."""
    served.fault("status", on=endpoint, status=599, times=1)
    answers = [ask(session, served, endpoint).status_code for _ in range(2)]
    assert answers[0] == 599
    assert answers[1] != 599
    assert [one["fault"] for one in served.log(f"?endpoint={endpoint}")] == ["status", None]


@pytest.mark.parametrize("endpoint", sorted({*SERVED_ENDPOINTS} - {"discovery"}))
def test_a_script_reaches_the_endpoint(session: requests.Session, served: IssuerApi, endpoint: str) -> None:
    """The same for a scripted answer."""
    served.ok("POST", "/script", {"on": endpoint, "response": {"status": 299}})
    assert ask(session, served, endpoint).status_code == 299
    assert [one["script"] for one in served.log(f"?endpoint={endpoint}")] == ["s1"]


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_every_kind_of_fault_suits_a_page(session: requests.Session, issuer: IssuerApi, kind: str) -> None:
    """The login page is no JSON document, and nothing breaks for that."""
    issuer.fault(kind, on="device_page", times=1, **NEEDED.get(kind, {}))
    try:
        ask(session, issuer, "device_page")
    except requests.RequestException:
        assert kind in ("hang", "truncate", "close", "reset")
    assert issuer.log("?endpoint=device_page")[0]["fault"] == kind
    assert ask(session, issuer, "device_page").status_code == 200


@pytest.mark.parametrize("kind", ["huge", "crowd"])
def test_a_page_is_not_padded(session: requests.Session, issuer: IssuerApi, kind: str) -> None:
    """Faults of documents leave it as it is."""
    usual = ask(session, issuer, "device_page").text
    issuer.fault(kind, on="device_page")
    assert ask(session, issuer, "device_page").text == usual


def test_only_for_requests_that_fit(session: requests.Session, issuer: IssuerApi) -> None:
    """`when` is that of scripted answers."""
    issuer.fault("status", on="token", status=503, when={"client_id": "batch"})
    url = issuer.local(issuer.about["token_endpoint"])
    form = {"grant_type": "client_credentials", "client_secret": "s"}
    answers = [session.post(url, data={**form, "client_id": who}, timeout=20) for who in ("me", "batch")]
    assert [answer.status_code for answer in answers] == [200, 503]
    assert issuer.ok("GET", "/faults")["faults"][0]["when"] == {"client_id": "batch"}


def test_what_is_unused(issuer: IssuerApi) -> None:
    """Faults that no request has met as often as was planned."""
    issuer.fault("status", times=1)
    issuer.fault("status", on="token")
    issuer.get()
    assert [one["id"] for one in issuer.ok("GET", "/faults?unused=true")["faults"]] == ["f2"]


def test_a_flow_can_hang(session: requests.Session, make_issuer: MakeIssuer) -> None:
    """The request is in the log when it hangs, and goes on when it is let go."""
    issuer = make_issuer("okta")
    issuer.fault("hang", on="introspect")
    thread, answers = in_background(lambda: ask(session, issuer, "introspect"))
    (entry,) = issuer.ok("GET", "/requests/wait?endpoint=introspect&timeout=20")["requests"]
    assert entry["status"] is None
    issuer.ok("POST", "/faults/release")
    thread.join()
    assert 400 <= answers[0].status_code < 500


def test_a_path_at_which_there_is_nothing_has_no_faults(issuer: IssuerApi) -> None:
    """It is no endpoint."""
    assert issuer.refused("POST", "/faults", {"on": "other", "kind": "close"}) == (400, "invalid_field", "on")
