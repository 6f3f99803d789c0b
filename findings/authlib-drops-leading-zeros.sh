#!/usr/bin/env bash
# A P-256 key whose x begins with a zero byte, as one in 256 does, written as a JWK by six libraries and read by five.
#
# One would guess: each writes the same members. RFC 7518 §6.2.1.2 wants the full size of the coordinate, 32 octets for P-256.
# What happens: authlib.jose drops the zeros in front, as it does for y and for the private d. Its x has 31 bytes, and since
# its kid is the RFC 7638 thumbprint of what it wrote, that too is another one than jwcrypto, joserfc and cryptojwt compute
# from the same key. PyJWT refuses to read it ("Coords should be 32 bytes for curve P-256"); in a key set it is passed over,
# so that the message is about a set without usable keys, or a kid that isn't there. joserfc, python-jose, jwcrypto and
# Authlib read it. So with a provider that publishes its keys by Authlib one rotation in about 128 locks the services with
# PyJWT out, and none of the other four readers.
#
# joserfc, which is to replace authlib.jose, writes it as the RFC says.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check authlib==1.9.10 "pyjwt[crypto]==2.15.1" joserfc==1.8.0 jwcrypto==1.6.1 \
  "python-jose[cryptography]==3.5.0" cryptojwt==1.11.0
"$folder/venv/bin/python" -W ignore - <<'PYTHON' | tee "$folder/seen"
import base64
import importlib.metadata
import json

import authlib.jose
import jose.jwk
import jose.jwt
import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptojwt.jwk.ec import ECKey


def begins_with_zero(key):
    numbers = key.public_key().public_numbers()
    return 1 << 240 <= numbers.x < 1 << 248 <= numbers.y


private = next(filter(begins_with_zero, iter(lambda: ec.generate_private_key(ec.SECP256R1()), None)))
public = private.public_key()
pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
token = jwt.encode({"sub": "somebody"}, private, "ES256", {"kid": "one"})


def with_cryptojwt():
    key = ECKey()
    key.load_key(public)
    return {**key.serialize(), "kid": key.thumbprint("SHA-256").decode()}


def with_joserfc():
    key = joserfc.jwk.ECKey.import_key(pem)
    return {**key.as_dict(private=False), "kid": key.thumbprint()}


writers = {
    "pyjwt": lambda: json.loads(jwt.algorithms.ECAlgorithm.to_jwk(public)),
    "joserfc": with_joserfc,
    "jwcrypto": lambda: json.loads(jwcrypto.jwk.JWK.from_pem(pem).export_public()),
    "python-jose": lambda: jose.jwk.construct(pem.decode(), "ES256").to_dict(),
    "cryptojwt": with_cryptojwt,
    "authlib": lambda: authlib.jose.ECKey.import_key(pem).as_dict(),
}
readers = {
    "pyjwt": lambda key: jwt.decode(token, jwt.PyJWK(key), ["ES256"]),
    "joserfc": lambda key: joserfc.jwt.decode(token, joserfc.jwk.ECKey.import_key(key), ["ES256"]),
    "jwcrypto": lambda key: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWK(**key)),
    "python-jose": lambda key: jose.jwt.decode(token, key, ["ES256"]),
    "authlib": lambda key: authlib.jose.jwt.decode(token, authlib.jose.ECKey.import_key(key)),
}
kids = {}
for writer, write in writers.items():
    written = write()
    size = len(base64.urlsafe_b64decode(written["x"] + "=="))
    kids[writer] = written.get("kid")
    print(f"written by {writer} {importlib.metadata.version(writer)}: x of {size} bytes, kid {kids[writer]}")
    for reader, read in readers.items():
        try:
            read({name: written[name] for name in ("kty", "crv", "x", "y")})
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"  {writer} to {reader}: {result}")
    if writer == "authlib":
        try:
            jwt.PyJWKSet.from_dict({"keys": [{**written, "kid": "one"}]})["one"]
        except jwt.PyJWTError as error:
            print(f"  {writer} to pyjwt, as a key set: refused: {type(error).__name__}: {error}")
same = kids["joserfc"] == kids["jwcrypto"] == kids["cryptojwt"]
other = kids["authlib"] != kids["joserfc"]
print(f"the three other thumbprints are {'one' if same else 'several'}, Authlib's is {'another' if other else 'the same'}")
PYTHON
[[ $(grep -c '^written by .*: x of 32 bytes' "$folder/seen") == 5 && $(grep -c ': accepted' "$folder/seen") == 29 ]] &&
  grep -q '^written by authlib 1.9.10: x of 31 bytes' "$folder/seen" &&
  grep -q '  authlib to pyjwt: refused: InvalidKeyError: Coords should be 32 bytes' "$folder/seen" &&
  grep -q '  authlib to pyjwt, as a key set: refused: PyJWKSetError: The JWK Set did not contain any usable keys' "$folder/seen" &&
  grep -q "thumbprints are one, Authlib's is another" "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
