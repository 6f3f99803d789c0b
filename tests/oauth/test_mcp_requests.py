"""What the authorization server of MCP clients asks of an authorization request, and how it answers."""

from __future__ import annotations

import pytest
from relying_party import CALLBACK, CHALLENGE, VERIFIER, MakeRp, Rp

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
def rp(make_rp: MakeRp) -> Rp:
    return make_rp("mcp")


def test_a_challenge_is_needed(rp: Rp) -> None:
    """OAuth 2.1 section 7.5.2; the client is told, with iss (RFC 9207 section 2)."""
    returned = rp.returned(rp.authorize(mock_user="ann"))
    assert (returned["error"], returned["iss"]) == ("invalid_request", rp.about["issuer"])


def test_plain_is_none(rp: Rp) -> None:
    """S256 is the only method."""
    asked = {"code_challenge": VERIFIER, "code_challenge_method": "plain"}
    assert rp.returned(rp.authorize(mock_user="ann", **asked))["error"] == "invalid_request"


def test_the_whole_flow(rp: Rp) -> None:
    """Tokens with the scope as one text."""
    tokens = rp.redeem(rp.code(scope="notes:list notes:read", **PKCE), code_verifier=VERIFIER).json()
    assert rp.claims(tokens["access_token"])["scope"] == "notes:list notes:read"


def test_a_second_round_grants_more(rp: Rp) -> None:
    """Step-up: what was challenged is asked for anew and granted."""
    granted = []
    for scope in ("notes:list", "notes:list notes:write"):
        tokens = rp.redeem(rp.code(scope=scope, **PKCE), code_verifier=VERIFIER).json()
        granted.append(rp.claims(tokens["access_token"])["scope"])
    assert granted == ["notes:list", "notes:list notes:write"]


@pytest.mark.parametrize(
    ("how", "sent", "promised"),
    [
        ("issuer", "{issuer}", True),
        ("wrong", "https://another-issuer.example", True),
        ("slash", "{issuer}/", True),
        ("omitted", None, True),
        ("unadvertised", "{issuer}", False),
        ("none", None, False),
    ],
)
def test_iss_of_the_response(make_rp: MakeRp, how: str, sent: str | None, promised: bool) -> None:
    """As the option says, and the metadata beside it."""
    rp = make_rp("mcp", options={"iss_in_redirect": how})
    returned = rp.returned(rp.authorize(mock_user="ann", **PKCE))
    assert returned.get("iss") == (sent and sent.replace("{issuer}", rp.about["issuer"]))
    assert rp.document["authorization_response_iss_parameter_supported"] is promised


def test_a_slash_at_the_end_of_the_issuer_is_taken_off(make_rp: MakeRp) -> None:
    """The one that differs in its slash."""
    rp = make_rp("mcp", options={"iss_in_redirect": "slash", "issuer_path": "/t/"})
    assert rp.returned(rp.authorize(mock_user="ann", **PKCE))["iss"] == rp.about["issuer"].removesuffix("/")


@pytest.mark.parametrize(
    ("declared", "asked", "status"),
    [
        ("http://127.0.0.1:3000/cb", "http://127.0.0.1:5151/cb", 303),
        ("http://127.0.0.1/cb", "http://127.0.0.1:5151/cb", 303),
        ("http://localhost:3000/cb", "http://localhost/cb", 303),
        ("http://[::1]:3000/cb", "http://[::1]:1/cb", 303),
        ("http://127.0.0.1:3000/cb", "http://127.0.0.1:5151/other", 400),
        ("http://127.0.0.1:3000/cb", "http://localhost:3000/cb", 400),
        ("http://127.0.0.1:3000/cb", "https://127.0.0.1:3000/cb", 400),
        ("http://127.0.0.1:3000/cb", "http://127.0.0.1:3000@evil.example/cb", 400),
        ("https://app.example:3000/cb", "https://app.example:3001/cb", 400),
    ],
)
def test_the_port_of_this_machine(make_rp: MakeRp, declared: str, asked: str, status: int) -> None:
    """RFC 8252 section 7.3: any, where the rest is what was declared."""
    rp = make_rp("mcp", clients=[{"id": "app", "redirect_uris": [declared]}])
    assert rp.authorize(mock_user="ann", redirect_uri=asked, **PKCE).status_code == status


def test_ports_are_compared_elsewhere(make_rp: MakeRp) -> None:
    """Character by character (RFC 9700 section 2.1), as before."""
    rp = make_rp("custom", clients=[{"id": "app", "redirect_uris": ["http://127.0.0.1:3000/cb"]}])
    assert rp.authorize(mock_user="ann", redirect_uri="http://127.0.0.1:3001/cb").status_code == 400
    assert rp.authorize(mock_user="ann", redirect_uri=CALLBACK).status_code == 400
