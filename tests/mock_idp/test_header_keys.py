"""Keys of the issuer inside a token's header."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from idp_api import IssuerApi


def test_a_header_holds_keys_by_name(issuer: IssuerApi) -> None:
    """`$jwk` and `$x5c` become the public JWK and the certificate, at any depth."""
    key = issuer.ok("POST", "/keys", {"name": "attacker"})
    header = {
        "jwk": {"$jwk": "attacker"},
        "x5c": {"$x5c": "attacker"},
        "deep": [{"keys": [{"$jwk": "attacker"}]}, {"$jwk": "attacker", "more": 1}],
    }
    found = jwt.get_unverified_header(issuer.mint(header=header, key="attacker"))
    assert found["jwk"] == {name: key["jwk"][name] for name in ("kty", "use", "alg", "kid", "crv", "x", "y")}
    assert found["x5c"] == key["x5c"]
    assert found["deep"] == [{"keys": [found["jwk"]]}, {"$jwk": "attacker", "more": 1}]


@pytest.mark.parametrize(
    ("header", "code", "field"),
    [
        ({"jwk": {"$jwk": "nobody"}}, "unknown_key", "header.jwk.$jwk"),
        ({"a": [{"$x5c": 1}]}, "wrong_type", "header.a[0].$x5c"),
        ({"x5c": {"$x5c": "raw"}}, "no_certificate", "header.x5c.$x5c"),
    ],
)
def test_a_header_names_what_is_wrong_with_it(issuer: IssuerApi, header: dict[str, Any], code: str, field: str) -> None:
    """The path of the member that cannot be filled."""
    issuer.ok("POST", "/keys", {"algorithm": "RS256", "bits": 512, "name": "raw"})
    assert issuer.refused("POST", "/tokens", {"header": header}) == (409, code, field)
