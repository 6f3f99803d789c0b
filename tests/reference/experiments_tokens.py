"""Faults in reading and verifying tokens show, and do not show without the fault."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from .certificates import certificate
from .crafted import badly_padded_token, edge_signatures
from .issuer import AUDIENCE, ISSUER, Key, as_json, b64url, hmac_token, unsigned
from .mistakes import Experiment, Start, accepts, refuses
from .world import World


def json_serialized(world: World) -> str:
    """A flattened JWS."""
    protected, payload, signature = world.k1.token().split(".")
    return as_json({"protected": protected, "payload": payload, "signature": signature}).decode()


def with_certificate(world: World) -> str:
    """A token of the attacker with a certificate for its key."""
    der = base64.b64encode(certificate(world.attacker.private).public_bytes(Encoding.DER)).decode()
    return world.attacker.token({"kid": "k1", "x5c": [der]})


def leads_to_a_key(header: Callable[[str], dict[str, Any]], **claims: Any) -> Experiment:
    """The attacker's token is let in when its header or claims lead the service to the attacker's key set."""

    def experiment(world: World, start: Start) -> bool:
        service = start(verification_method="public_key", public_key_pem=world.k1.pem().decode())
        world.issuer.publish(world.attacker)
        return service.status(world.attacker.token(header(world.issuer.url), **claims)) == 200

    return experiment


def learns_the_issuer(world: World, start: Start) -> bool:
    """The key set of the issuer that an unverified token names is fetched."""
    service = start(verification_method="public_key", public_key_pem=world.k1.pem().decode())
    service.status(world.attacker.token(iss=world.issuer.url))
    return len(world.issuer.fetches) == 1


def calls_the_address(header: str) -> Experiment:
    """What stands at the address in the header is fetched."""

    def experiment(world: World, start: Start) -> bool:
        service = start(verification_method="public_key", public_key_pem=world.k1.pem().decode())
        service.status(world.attacker.token({header: world.issuer.url}))
        return len(world.issuer.fetches) == 1

    return experiment


def uses_a_published_secret(world: World, start: Start) -> bool:
    """A token authenticated with a symmetric key of the set is let in."""
    world.issuer.publish({"kty": "oct", "k": b64url(b"s" * 32), "kid": "o1", "alg": "HS256"}, world.k1)
    return start().status(hmac_token(b"s" * 32, {"kid": "o1"})) == 200


def ecdsa_zero(world: World, start: Start) -> bool:
    """Both halves of the signature are zero."""
    world.issuer.publish(Key.p256("ec1"))
    token = unsigned({"alg": "ES256", "kid": "ec1"}, edge_signatures()["r=0 s=0"])
    return start(jwt_allowed_algorithms=("ES256",)).status(token) == 200


def ignores_the_kid(world: World, start: Start) -> bool:
    """The kid names one published key, another one signed."""
    world.issuer.publish(world.k1, world.k2)
    return start().status(world.k1.token({"kid": "k2"})) == 200


def raw(payload: bytes) -> Callable[[World], str]:
    """A token over this payload, correctly signed."""
    return lambda world: world.k1.raw_token({"alg": "RS256", "kid": "k1"}, payload)


def now(seconds: float) -> int:
    """A date."""
    return int(time.time() + seconds)


def misses_the_other_algorithm(world: World, start: Start) -> bool:
    """After an RS256 token an ES256 one is refused although both are allowed."""
    other = Key.p256("p1")
    world.issuer.publish(world.k1, other)
    service = start(jwt_allowed_algorithms=("RS256", "ES256"))
    assert service.status(world.k1.token()) == 200
    return service.status(other.token()) == 401


EXPERIMENTS: dict[str, Experiment | tuple[Experiment, ...]] = {
    "m-no-signature-check": accepts(lambda world: world.attacker.token({"kid": "k1"})),
    "m-alg-none-accepted": accepts(lambda _: unsigned({"alg": "none"})),
    "m-alg-none-blocklist": accepts(lambda _: unsigned({"alg": "nOnE"})),
    "m-unknown-alg-empty-signature": (
        accepts(lambda _: unsigned({"alg": "foo", "kid": "k1"})),
        accepts(lambda _: unsigned({"alg": ["RS256"]})),
    ),
    "m-null-signature-skips": accepts(lambda _: unsigned({"alg": "RS256", "kid": "k1"})),
    "m-trusts-header-alg-hmac": accepts(lambda world: hmac_token(world.k1.pem(), {"kid": "k1"})),
    "m-rsa-jwk-empty-hmac": accepts(lambda _: hmac_token(b"", {"kid": "k1"})),
    "m-any-rsa-alg": (
        accepts(lambda world: world.k1.token(alg="PS256")),
        accepts(lambda world: world.k1.token(alg="RS512")),
    ),
    "m-jwk-alg-ignored": accepts(lambda world: world.k1.token(alg="RS512"), jwt_allowed_algorithms=("RS256", "RS512")),
    "m-first-algorithm-pinned": misses_the_other_algorithm,
    "m-allowlist-family-conflict": refuses(lambda world: world.k1.token(), jwt_allowed_algorithms=("RS256", "ES256")),
    "m-ecdsa-zero": ecdsa_zero,
    "m-pkcs1-suffix-compare": (
        accepts(lambda world: badly_padded_token(world.k1, "block type 2")),
        accepts(lambda world: badly_padded_token(world.k1, "SHA-1 OID")),
    ),
    "m-malformed-500": (refuses(lambda _: "garbage", 500), refuses(lambda world: world.k1.token({"kid": 1}), 500)),
    "m-json-jws-accepted": accepts(json_serialized),
    "m-extra-segments-ignored": accepts(lambda world: world.k1.token() + ".extra"),
    "m-array-payload-skips-claims": refuses(raw(b"[]"), 403),
    "m-crit-ignored": accepts(lambda world: world.k1.token({"crit": ["x"], "x": 1})),
    "m-typ-unchecked": accepts(lambda world: world.k1.token({"typ": "logout+jwt"})),
    "m-typ-exact-jwt": (
        refuses(lambda world: world.k1.token({"typ": "at+jwt"})),
        refuses(lambda world: world.k1.token({"typ": ...})),
    ),
    "m-embedded-jwk": accepts(lambda world: world.attacker.token({"jwk": world.attacker.jwk()})),
    "m-trusts-x5c": accepts(with_certificate),
    "m-follows-jku": leads_to_a_key(lambda url: {"jku": url}),
    "m-follows-x5u": calls_the_address("x5u"),
    "m-unknown-header-refused": refuses(lambda world: world.k1.token({"ver": 1})),
    "m-kid-as-url": leads_to_a_key(lambda url: {"kid": url}),
    "m-jwks-url-from-claims": learns_the_issuer,
    "m-oct-key-loaded": uses_a_published_secret,
    "m-jwk-in-header-500": refuses(lambda world: world.k1.token({"jwk": {}}), 500),
    "m-kid-as-member": (
        refuses(lambda world: world.k1.token({"kid": "__proto__"}), 500),
        refuses(lambda world: world.k1.token({"kid": "constructor"}), 500),
    ),
    "m-kid-ignored": ignores_the_kid,
    "m-kid-as-file": (
        accepts(lambda _: hmac_token(b"", {"kid": "/dev/null"})),
        accepts(lambda _: hmac_token(b"", {"kid": "../" * 20 + "dev/null"})),
    ),
    "m-kid-in-sql": accepts(lambda _: hmac_token(b"1", {"kid": "x' UNION SELECT '1';--"})),
    "m-missing-kid-unverified": accepts(lambda world: world.attacker.token({"kid": ...})),
    "m-no-exp-check": accepts(lambda world: world.k1.token(exp=now(-3600))),
    "m-exp-optional": accepts(lambda world: world.k1.token(exp=...)),
    "m-exp-falsy-zero": accepts(lambda world: world.k1.token(exp=0)),
    "m-exp-milliseconds": accepts(lambda world: world.k1.token(exp=now(-3600))),
    "m-leeway-24h": accepts(lambda world: world.k1.token(exp=now(-3600))),
    "m-exp-type-confusion": (
        accepts(lambda world: world.k1.token(exp="1")),
        accepts(lambda world: world.k1.token(exp=None)),
    ),
    "m-nbf-ignored": accepts(lambda world: world.k1.token(nbf=now(3600))),
    "m-iss-ignored": accepts(lambda world: world.k1.token(iss="http://other/")),
    "m-single-provider-fallback": accepts(lambda world: world.k1.token(iss="http://other/")),
    "m-iss-partial": (
        accepts(lambda world: world.k1.token(iss=ISSUER[:8])),
        accepts(lambda world: world.k1.token(iss=ISSUER + ".evil")),
    ),
    "m-iss-array": accepts(lambda world: world.k1.token(iss=[ISSUER, "http://evil/"])),
    "m-aud-ignored": accepts(lambda world: world.k1.token(aud="other")),
    "m-aud-missing-ok": (
        accepts(lambda world: world.k1.token(aud=...)),
        accepts(lambda world: world.k1.token(aud=[""])),
    ),
    "m-aud-substring": accepts(lambda world: world.k1.token(aud=f"{AUDIENCE}-admin")),
    "m-aud-array-rejected": refuses(lambda world: world.k1.token(aud=[AUDIENCE, "userinfo"])),
}
