"""A resource server as people write it with PyJWT: one route, and a key that is configured or fetched."""

from __future__ import annotations

import argparse
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
from flask import Flask, Response, jsonify, request

KeyOf = Callable[[str], Any]


def key_source(options: argparse.Namespace) -> KeyOf:
    """The configured key for every token, or that of the token's kid in the key set."""
    if options.public_key_file:
        pem = Path(options.public_key_file).read_bytes()
        return lambda token: pem
    context = ssl.create_default_context(cafile=options.ca_file or None)
    # Without the rest that it takes after each fetch, also the first, in which it looks for no new key.
    client = jwt.PyJWKClient(options.jwks_url, ssl_context=context, lifespan=2, cooldown_duration=0)
    return lambda token: client.get_signing_key_from_jwt(token).key


def application(options: argparse.Namespace) -> Flask:
    app, key_of = Flask("pyjwt-service"), key_source(options)

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.get("/things")
    def things() -> Response | tuple[Response, int]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return jsonify(error="no token"), 401
        try:
            claims = jwt.decode(
                token,
                key_of(token),
                algorithms=["RS256"],
                audience=options.audience,
                issuer=options.issuer,
                leeway=60,
                options={"require": ["exp", "iss", "aud"]},
            )
        except jwt.PyJWTError:
            return jsonify(error="bad token"), 401
        permissions = claims.get("permissions")
        if not (isinstance(permissions, list) and "things.list" in permissions):
            return jsonify(error="no permission"), 403
        return jsonify(things=[])

    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("port", "issuer", "audience", "public-key-file", "jwks-url", "ca-file"):
        parser.add_argument(f"--{name}", default="")
    options = parser.parse_args()
    application(options).run("127.0.0.1", int(options.port), threaded=True)


if __name__ == "__main__":
    main()
