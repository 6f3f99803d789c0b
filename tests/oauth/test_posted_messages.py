"""What the SDKs of two vendors ask for: answers that a page posts to the window which has asked, and logging out."""

from __future__ import annotations

import base64
import json
import re

import pytest
from relying_party import MakeRp, Rp

MODES = {"auth0": "web_message", "okta": "okta_post_message"}
CALL = re.compile(r"postMessage\((\{.*\}), (\".*\")\)</script>")


def posted(rp: Rp, **parameters: str) -> tuple[dict[str, str], str]:
    """The message of the page, and the origin that may read it."""
    answer = rp.authorize(**{"scope": "openid", "response_mode": MODES[rp.about["style"]], **parameters})
    assert answer.status_code == 200, answer.text
    found = CALL.search(answer.text)
    assert found is not None, answer.text
    message = json.loads(found[1])
    if rp.about["style"] == "auth0":
        assert (message.keys(), message["type"]) == ({"type", "response"}, "authorization_response")
        message = message["response"]
    return message, json.loads(found[2])


@pytest.mark.parametrize("style", MODES)
def test_a_code_is_posted(make_rp: MakeRp, style: str) -> None:
    """To the origin of the redirect URI, with the state; it is as good as any other."""
    rp = make_rp(style)
    message, origin = posted(rp, mock_user="ann", state="s")
    assert (message["state"], origin) == ("s", "https://app.example")
    assert rp.redeem(message["code"]).status_code == 200


@pytest.mark.parametrize("style", MODES)
def test_an_error_is_posted(make_rp: MakeRp, style: str) -> None:
    """An SDK that asks silently hears at once that nobody is logged in."""
    message, _ = posted(make_rp(style), prompt="none", state="s")
    assert (message["error"], message["state"]) == ("login_required", "s")


@pytest.mark.parametrize("style", MODES)
def test_a_hostile_state_is_posted_as_it_is(make_rp: MakeRp, style: str) -> None:
    """Nothing in it ends the script."""
    hostile = "</script><script>alert('\u2028\"&')</script>"
    assert posted(make_rp(style), mock_user="ann", state=hostile)[0]["state"] == hostile


def test_a_mode_is_that_of_its_vendor(make_rp: MakeRp) -> None:
    """Elsewhere it is refused, by a redirect."""
    answer = make_rp("custom").authorize(response_mode="web_message", state="s")
    assert "error=invalid_request" in answer.headers["Location"]


def test_the_older_logout_of_auth0(make_rp: MakeRp) -> None:
    """`/v2/logout` takes the address to go to as `returnTo`."""
    rp = make_rp("auth0")
    answer = rp.get(f"{rp.about['issuer']}v2/logout?client_id=app&returnTo=https://app.example/bye")
    assert answer.headers["Location"] == "https://app.example/bye"


@pytest.mark.parametrize(
    ("style", "endpoint", "client", "status"),
    [
        ("okta", "revocation", "spa", 200),
        ("okta", "introspection", "spa", 200),
        ("okta", "revocation", "app", 401),
        ("okta", "revocation", "nobody", 401),
        ("okta", "token", "spa", 401),
        ("auth0", "revocation", "spa", 401),
    ],
)
def test_basic_credentials_of_an_id_alone(make_rp: MakeRp, style: str, endpoint: str, client: str, status: int) -> None:
    """okta-auth-js revokes so for a client without a secret; it opens nothing for one that has a secret."""
    rp = make_rp(style, clients=[{"id": "spa"}, {"id": "app", "secret": "secret"}])
    alone = {"Authorization": f"Basic {base64.b64encode(client.encode()).decode()}"}
    form = {"token": "unknown", "grant_type": "authorization_code", "code": "unknown"}
    assert rp.post(endpoint, form, headers=alone).status_code == status
