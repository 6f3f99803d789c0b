"""Clients whose id is the URL of a document about them."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from client_site import Site
from relying_party import CALLBACK, CHALLENGE, VERIFIER, MakeRp, Rp, refusal

from mock_idp.oauth import fetching
from mock_idp.oauth.client_documents import is_document_url

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


@pytest.fixture
def rp(make_rp: MakeRp) -> Rp:
    return make_rp("mcp")


def refused(rp: Rp, url: str, **more: str) -> str:
    """The page that says why there is no redirect."""
    rp.client = {"client_id": url}
    answer = rp.authorize(mock_user="ann", **PKCE, **more)
    assert answer.status_code == 400, answer.headers
    return answer.text


def test_a_client_logs_in(rp: Rp, site: Site) -> None:
    """The document is asked for once at the login and not again for the token."""
    rp.client = {"client_id": site.publish(grant_types=["authorization_code", "refresh_token"])}
    assert rp.document["client_id_metadata_document_supported"] is True
    tokens = rp.redeem(rp.code(scope="notes:list", **PKCE), code_verifier=VERIFIER).json()
    claims = rp.claims(tokens["access_token"])
    assert (claims["client_id"], claims["scope"]) == (rp.client["client_id"], "notes:list")
    assert rp.token("refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200
    assert site.asked == ["/client.json"]


def test_a_change_counts_at_the_next_login(rp: Rp, site: Site) -> None:
    """Nothing old is used there."""
    rp.client = {"client_id": site.publish()}
    rp.code(**PKCE)
    assert "redirect_uri" in refused(rp, site.publish(redirect_uris=["https://app.example/other"]))


def test_only_its_own_uris(rp: Rp, site: Site) -> None:
    """Whatever anybody else may have; on this machine any port."""
    url = site.publish(redirect_uris=[CALLBACK, "http://localhost:3000/cb"])
    assert "redirect_uri" in refused(rp, url, redirect_uri="https://evil.example/cb")
    assert rp.authorize(mock_user="ann", redirect_uri="http://localhost:5555/cb", **PKCE).status_code == 303


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"client_id": "https://another.example/client.json"}, "not the URL"),
        ({"client_id": None}, "not the URL"),
        ({"redirect_uris": []}, "no redirect_uris"),
        ({"redirect_uris": ["/cb"]}, "absolute"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "no secret"),
        ({"client_secret": "s"}, "secret"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "needs jwks"),
    ],
)
def test_what_a_document_may_not_say(rp: Rp, site: Site, members: dict[str, Any], reason: str) -> None:
    """The user is told, as there is nobody to send it to."""
    assert reason in refused(rp, site.publish(**members))


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (404, b"{}", "status 404"),
        (200, b"{", "not JSON"),
        (200, b"[]", "no JSON object"),
        (200, b'{"a": "\\ud800"}', "not JSON"),
        (200, b" " * (64 * 1024) + b"{}", "more than 65536 bytes"),
    ],
)
def test_what_is_no_document(rp: Rp, site: Site, status: int, body: bytes, reason: str) -> None:
    """Each with its reason."""
    assert reason in refused(rp, site.answer("/x", body, status))


def test_a_redirect_is_not_followed(rp: Rp, site: Site) -> None:
    """Wherever it leads."""
    site.publish("/there")
    assert "status 302" in refused(rp, site.answer("/x", b"", 302, Location="/there"))
    assert site.asked == ["/x"]


def test_nobody_is_there(rp: Rp) -> None:
    """A port at which nothing listens."""
    assert "cannot be reached" in refused(rp, "http://127.0.0.1:1/client.json")


def test_at_the_token_endpoint(rp: Rp, site: Site) -> None:
    """invalid_client."""
    rp.client = {"client_id": site.answer("/x", b"", 404)}
    assert refusal(rp.redeem("code")) == (401, "invalid_client")


@pytest.mark.parametrize("host", ["app.example", "192.168.0.1", "169.254.169.254", "[fd00::1]", "10.0.0.1", "8.8.8.8"])
def test_nothing_is_fetched_from_elsewhere(rp: Rp, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the name is looked up."""
    monkeypatch.setattr(fetching, "getaddrinfo", lambda *args, **more: pytest.fail("a name was looked up"))
    assert "another machine" in refused(rp, f"https://{host}/client.json")


@pytest.mark.parametrize("address", ["192.168.0.1", "169.254.169.254", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0"])
def test_public_is_not_private(make_rp: MakeRp, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public name may stand for a private address; one such address among others is enough."""
    found = [(0, 0, 0, "", (one, 443)) for one in ("8.8.8.8", address)]
    monkeypatch.setattr(fetching, "getaddrinfo", lambda *args, **more: found)
    monkeypatch.setattr(fetching, "create_connection", lambda *args, **more: pytest.fail("it was asked"))
    rp = make_rp("mcp", options={"client_documents": "public"})
    assert "not public" in refused(rp, "https://app.example/client.json")


def test_the_address_that_was_looked_at_is_asked(make_rp: MakeRp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that stands for another address the next time leads nowhere else."""
    asked: list[Any] = []

    def connect(address: Any, **more: Any) -> Any:
        asked.append(address)
        raise OSError

    monkeypatch.setattr(fetching, "getaddrinfo", lambda *args, **more: [(0, 0, 0, "", ("8.8.8.8", 443))])
    monkeypatch.setattr(fetching, "create_connection", connect)
    rp = make_rp("mcp", options={"client_documents": "public"})
    assert "cannot be reached" in refused(rp, "https://app.example/client.json")
    assert asked == [("8.8.8.8", 443)]


def test_it_takes_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that runs out between two pieces ends it."""
    times = iter([0.0, 0.0, 10.0])
    # Other threads of this process read the clock, too.
    monkeypatch.setattr(fetching, "clocks", SimpleNamespace(steady=lambda: next(times)))
    with socket.create_server(("", 0)) as server, pytest.raises(fetching.FetchError, match="within 5 seconds"):
        fetching.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/x", places="loopback", most=10, seconds=5)


def test_declared_clients_go_before(make_rp: MakeRp, site: Site) -> None:
    """Nothing is fetched for one."""
    url = site.publish()
    rp = make_rp("mcp", clients=[{"id": url, "redirect_uris": ["https://app.example/other"]}])
    assert "redirect_uri" in refused(rp, url)
    assert site.asked == []


def test_it_can_be_off(make_rp: MakeRp, site: Site) -> None:
    """An id like any other."""
    rp = make_rp("mcp", options={"client_documents": "none"})
    assert "client_id_metadata_document_supported" not in rp.document
    rp.client = {"client_id": site.publish(redirect_uris=["https://app.example/other"])}
    assert rp.authorize(mock_user="ann", **PKCE).status_code == 303
    assert site.asked == []


@pytest.mark.parametrize(
    ("client_id", "is_one"),
    [
        ("https://app.example/client.json", True),
        ("https://app.example/client?v=1", True),
        ("http://localhost:3000/client.json", True),
        ("http://[::1]:3000/client.json", True),
        ("http://app.example/client.json", False),
        ("https://app.example", False),
        ("https://app.example/", False),
        ("https://app.example/a/../b", False),
        ("https://app.example/./b", False),
        ("https://app.example/client#x", False),
        ("https://user@app.example/client", False),
        ("https://app.example/a b", False),
        ("ftp://app.example/client", False),
        ("my-client", False),
    ],
)
def test_which_ids_are_urls_of_documents(client_id: str, is_one: bool) -> None:
    """Section 3 of the draft."""
    assert is_document_url(client_id) is is_one
