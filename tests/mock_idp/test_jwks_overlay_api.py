"""Changes to the served key set."""

from __future__ import annotations

from idp_api import IssuerApi


def test_foreign_entries(issuer: IssuerApi) -> None:
    """Entries of any shape stand before and behind the real ones."""
    issuer.ok("PUT", "/jwks", {"before": [{"kty": "odd"}, 7], "after": [None]})
    keys = issuer.jwks()["keys"]
    assert keys[:2] == [{"kty": "odd"}, 7]
    assert keys[-1] is None
    assert len(keys) == 4


def test_edits(issuer: IssuerApi) -> None:
    """Members of one entry are set and removed."""
    kid = issuer.kids()[0]
    issuer.ok("PUT", "/jwks", {"edit": {kid: {"set": {"use": "enc", "odd": [1]}, "remove": ["alg"]}}})
    entry = issuer.jwks()["keys"][0]
    assert (entry["use"], entry["odd"], "alg" in entry) == ("enc", [1], False)


def test_an_edit_follows_its_key(issuer: IssuerApi) -> None:
    """The handle is resolved once; a rotation does not move the edit to another key."""
    issuer.ok("PUT", "/jwks", {"edit": {"current": {"set": {"mark": 1}}}})
    old = issuer.kids()[0]
    issuer.ok("POST", "/rotate")
    assert [key["kid"] for key in issuer.jwks()["keys"] if "mark" in key] == [old]


def test_members(issuer: IssuerApi) -> None:
    """The members of one entry, in another order."""
    issuer.ok("PUT", "/jwks", {"members": {"current": ["crv", "x", "y", "kty", "kid"]}})
    assert list(issuer.jwks()["keys"][0]) == ["crv", "x", "y", "kty", "kid"]


def test_a_new_overlay_replaces_the_old_one(issuer: IssuerApi) -> None:
    """PUT says the whole of it."""
    issuer.ok("PUT", "/jwks", {"before": [1]})
    issuer.ok("PUT", "/jwks", {"after": [2]})
    assert [key for key in issuer.jwks()["keys"] if isinstance(key, int)] == [2]


def test_clearing(issuer: IssuerApi) -> None:
    """The real keys are left."""
    before = issuer.jwks()
    issuer.ok("PUT", "/jwks", {"before": [1]})
    assert issuer.ok("DELETE", "/jwks") == before
    assert issuer.jwks() == before


def test_a_kid_of_a_megabyte(issuer: IssuerApi) -> None:
    """It passes the control API and stands in the document."""
    kid = "k" * (1024 * 1024)
    issuer.ok("PUT", "/jwks", {"before": [{"kty": "RSA", "kid": kid}]})
    assert issuer.kids()[0] == kid


def test_a_body_is_required(issuer: IssuerApi) -> None:
    """A call that says nothing changes nothing."""
    issuer.ok("PUT", "/jwks", {"before": [1]})
    assert issuer.refused("PUT", "/jwks") == (400, "invalid_field", None)
    assert issuer.jwks()["keys"][0] == 1


def test_an_unknown_handle_changes_nothing(issuer: IssuerApi) -> None:
    """One wrong handle, and nothing of the call happens."""
    before = issuer.jwks()
    spec = {"before": [1], "edit": {"nobody": {"remove": ["alg"]}}}
    assert issuer.refused("PUT", "/jwks", spec)[:2] == (409, "unknown_key")
    assert issuer.jwks() == before
