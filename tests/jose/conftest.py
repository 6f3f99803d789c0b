"""Keys made once, and a short way to a token."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_idp.jose.forge import ForgedToken, forge
from mock_idp.jose.keys import SigningKey, generate_key
from mock_idp.jose.token_spec import TokenSpec

NOW = 1_700_000_000.75


@pytest.fixture(scope="session")
def rsa_key() -> SigningKey:
    """An RSA-2048 key for RS256, kid k1."""
    return generate_key("RS256", kid="k1")


@pytest.fixture(scope="session")
def low_exponent_key() -> SigningKey:
    """An RSA-2048 key with public exponent 3."""
    return generate_key("RS256", exponent=3, kid="e3")


@pytest.fixture(scope="session")
def ec_key() -> SigningKey:
    """A P-256 key for ES256."""
    return generate_key("ES256", kid="ec1")


@pytest.fixture(scope="session")
def okp_key() -> SigningKey:
    """An Ed25519 key for EdDSA."""
    return generate_key("EdDSA", kid="ed1")


@pytest.fixture(scope="session")
def base_claims() -> dict[str, Any]:
    """The claims of the provider's plain token."""
    return {"iss": "https://issuer.test/", "sub": "svc-1", "exp": 1_700_000_300, "permissions": ["tasks:list"]}


@pytest.fixture(scope="session")
def mint(rsa_key: SigningKey, base_claims: dict[str, Any]) -> Callable[..., ForgedToken]:
    """mint(spec members..., signer=key): the token of that spec over `base_claims`, at 1700000000.75.

    A member named like a Python keyword is given with an underscore behind it (`with_`).
    """
    base_header = {"alg": None, "typ": "JWT", "kid": None}

    def minted(*, signer: SigningKey = rsa_key, **members: Any) -> ForgedToken:
        spec = TokenSpec.from_json({name.rstrip("_"): value for name, value in members.items()})
        return forge(spec, base_claims=base_claims, base_header=base_header, key=signer, now=NOW)

    return minted
