"""A Windmill issuer signs what Windmill asks of external tokens. Facts: Windmill, External auth with JWT."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from idp_api import IssuerApi, MakeIssuer


@pytest.fixture
def windmill(make_issuer: MakeIssuer) -> IssuerApi:
    """An issuer with a key that costs nothing to make."""
    return make_issuer("windmill", algorithm="ES256")


def claims(issuer: IssuerApi, **spec: Any) -> dict[str, Any]:
    return dict(issuer.ok("POST", "/tokens", spec)["claims"])


def test_token_header(windmill: IssuerApi) -> None:
    """That of fast-jwt, which the page signs with."""
    header = jwt.get_unverified_header(windmill.mint())
    assert list(header) == ["alg", "typ", "kid"]
    assert header["typ"] == "JWT"


def test_claims_of_the_page_and_no_others(windmill: IssuerApi) -> None:
    """In the order of its example; nothing says who issued the token, and for whom."""
    said = claims(windmill)
    assert list(said) == [
        *("username", "email", "is_admin", "is_operator", "folders", "groups", "workspace_id", "iat", "exp"),
    ]
    assert (said["is_admin"], said["is_operator"]) == (False, False)
    assert said["exp"] - said["iat"] == 3600


def test_folders_are_triples(windmill: IssuerApi) -> None:
    """Name, may write, is owner."""
    assert claims(windmill)["folders"] == [["f1", True, False]]


def test_rs256_unless_asked_otherwise(make_issuer: MakeIssuer) -> None:
    """The page speaks of RS256 alone."""
    issuer = make_issuer("windmill")
    assert jwt.get_unverified_header(issuer.mint())["alg"] == "RS256"
    assert [list(key) for key in issuer.jwks()["keys"]] == [["kty", "kid", "use", "alg", "n", "e"]]


def test_options(make_issuer: MakeIssuer) -> None:
    """Workspace, folder, group and the domain of emails."""
    options = {"workspace_id": "demo", "folder": "sales", "group": "g", "email_domain": "acme.example"}
    said = claims(make_issuer("windmill", algorithm="ES256", options=options), subject="ann")
    assert (said["username"], said["email"]) == ("ann", "ann@acme.example")
    assert (said["workspace_id"], said["folders"], said["groups"]) == ("demo", [["sales", True, False]], ["g"])


def test_permissions_and_audience_only_on_demand(windmill: IssuerApi) -> None:
    """Windmill has no claim for them."""
    assert claims(windmill, audience="another")["aud"] == "another"
    assert "permissions" not in claims(windmill)
    assert claims(windmill, permissions=["tasks:list"])["permissions"] == ["tasks:list"]


def test_rotation(windmill: IssuerApi) -> None:
    """A fresh key signs, and the old one stays published."""
    (before,) = windmill.kids()
    signing = windmill.ok("POST", "/rotate")["signing"]
    assert signing != before
    assert {*windmill.kids()} == {before, signing}
