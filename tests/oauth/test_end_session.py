"""Logging out (OpenID Connect RP-Initiated Logout)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import requests
from relying_party import CALLBACK, MakeRp, Rp, refusal

AFTER = "https://app.example/bye"


def leave(rp: Rp, **parameters: str) -> requests.Response:
    return rp.get(f"{rp.document['end_session_endpoint']}?{urlencode(parameters)}")


def log_in(rp: Rp, scope: str = "openid") -> dict[str, str]:
    code = rp.returned(rp.fill(rp.authorize(scope=scope), username="ann", action="login"))["code"]
    return dict(rp.redeem(code).json())


def test_the_login_ends(rp: Rp) -> None:
    """The next client finds nobody, and refresh tokens that need the user present have ended."""
    tokens = log_in(rp)
    assert leave(rp).status_code == 200
    assert rp.returned(rp.authorize(prompt="none"))["error"] == "login_required"
    assert refusal(rp.token("refresh_token", refresh_token=tokens["refresh_token"])) == (400, "invalid_grant")


def test_offline_access_outlives_it(rp: Rp) -> None:
    """OpenID Connect Core section 11."""
    tokens = log_in(rp, "openid offline_access")
    leave(rp)
    assert rp.token("refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200


def test_back_to_the_client(make_rp: MakeRp) -> None:
    """With the state, to a declared address."""
    rp = make_rp(clients=[{"id": "app", "secret": "secret", "post_logout_redirect_uris": [AFTER]}])
    hint = log_in(rp)["id_token"]
    answer = leave(rp, id_token_hint=hint, post_logout_redirect_uri=AFTER, state="s")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{AFTER}?state=s")


@pytest.mark.parametrize(
    "parameters",
    [
        {"post_logout_redirect_uri": CALLBACK, "client_id": "app"},
        {"post_logout_redirect_uri": AFTER},
        {"post_logout_redirect_uri": AFTER, "client_id": "unknown"},
        {"id_token_hint": "garbage"},
    ],
)
def test_an_open_redirect(make_rp: MakeRp, parameters: dict[str, str]) -> None:
    """Nobody is sent where no known client said, and the login stays."""
    rp = make_rp(clients=[{"id": "app", "secret": "secret", "post_logout_redirect_uris": [AFTER]}])
    log_in(rp)
    answer = leave(rp, **parameters)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "code" in rp.returned(rp.authorize(prompt="none"))


def test_a_logout_that_names_no_client(make_rp: MakeRp) -> None:
    """At Entra ID an address of any client there is will do; of no other, and of nobody who is named and unknown."""
    clients = [{"id": "app", "post_logout_redirect_uris": [AFTER]}, {"id": "more", "post_logout_redirect_uris": []}]
    rp = make_rp("entra", clients=clients)
    assert leave(rp, post_logout_redirect_uri=AFTER, state="s").headers["Location"] == f"{AFTER}?state=s"
    for refused in (
        {"post_logout_redirect_uri": CALLBACK},
        {"post_logout_redirect_uri": AFTER, "client_id": "unknown"},
    ):
        assert leave(rp, **refused).status_code == 400


def test_a_hint_of_another_issuer(make_rp: MakeRp) -> None:
    """Its signature is looked at."""
    assert leave(make_rp(), id_token_hint=log_in(make_rp())["id_token"]).status_code == 400


def test_the_log_has_no_token(rp: Rp) -> None:
    """The query of a request is kept without it."""
    hint = log_in(rp)["id_token"]
    leave(rp, id_token_hint=hint)
    logged = rp.own("GET", "/requests")["requests"][-1]
    assert (logged["endpoint"], logged["query"]) == ("end_session", "id_token_hint=redacted")
