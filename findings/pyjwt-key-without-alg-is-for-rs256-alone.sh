#!/usr/bin/env bash
# A key set whose RSA key has no alg, as Microsoft Entra ID publishes its keys, and tokens of RS256, RS512 and PS256.
#
# One would guess: a key without alg (RFC 7517 §4.4: optional) verifies whatever the caller allows with algorithms=[...].
# What happens: PyJWT 2.15.1 takes such an RSA key for one of RS256, and where it is given the PyJWK that PyJWKClient returns,
# as its documentation shows, that counts: "Token algorithm 'PS256' does not match the key's algorithm 'RS256'", whatever
# algorithms says. A service that allows PS256 or RS512 alone lets nobody in. With signing_key.key in place of signing_key all
# three are accepted; joserfc and jwcrypto take them, too.
#
# For a provider this means: publish alg where something else than RS256 signs. For a service: decode with signing_key.key.
# In the scenarios of this project that is why two cells of signature/algorithm/sig-not-configured can't be set up.
# Ends with 0 when it is still so, with 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "pyjwt[crypto]==2.15.1" joserfc==1.8.0 jwcrypto==1.6.1
"$folder/venv/bin/python" -W ignore - <<'PYTHON' | tee "$folder/seen"
import importlib.metadata
import json
import time

import joserfc.jwk
import joserfc.jwt
import jwcrypto.jwk
import jwcrypto.jwt
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
jwks = {"keys": [{"kty": "RSA", "use": "sig", "kid": "one", "n": public["n"], "e": public["e"]}]}
names = ["RS256", "RS512", "PS256"]
verifiers = {
    "pyjwt": lambda token: jwt.decode(token, jwt.PyJWKSet.from_dict(jwks)["one"], algorithms=names),
    "pyjwt with .key": lambda token: jwt.decode(token, jwt.PyJWKSet.from_dict(jwks)["one"].key, algorithms=names),
    "joserfc": lambda token: joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(jwks), algorithms=names),
    "jwcrypto": lambda token: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWKSet.from_json(json.dumps(jwks)), algs=names),
}
for library, verify in verifiers.items():
    version = importlib.metadata.version(library.partition(" ")[0])
    for name in names:
        token = jwt.encode({"sub": "somebody", "exp": int(time.time()) + 300}, private, name, {"kid": "one"})
        try:
            verify(token)
            result = "accepted"
        except Exception as error:
            result = f"refused: {type(error).__name__}: {error}"
        print(f"{library} {version}, {name}: {result}")
PYTHON
[[ $(grep -c ': accepted$' "$folder/seen") == 10 ]] &&
  grep -q "^pyjwt 2.15.1, RS512: refused: InvalidAlgorithmError: .*the key's algorithm 'RS256'" "$folder/seen" &&
  grep -q "^pyjwt 2.15.1, PS256: refused: InvalidAlgorithmError: .*the key's algorithm 'RS256'" "$folder/seen" ||
  { echo "the behaviour has changed"; exit 1; }
