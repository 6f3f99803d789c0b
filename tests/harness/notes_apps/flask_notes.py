"""Notes under Flask, in process and as a program."""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask, request
from notes_verifier import Verifier
from werkzeug.serving import run_simple


def make_app(issuer: str, jwks_url: str, audience: str | None, permissions_claim: str) -> Flask:
    verifier, app = Verifier(issuer, jwks_url, audience, permissions_claim), Flask(__name__)

    @app.get("/health")
    def health() -> Any:
        return {}

    @app.route("/notes", methods=["GET", "POST"])
    def notes() -> Any:
        reads = request.method != "POST"
        status = verifier.status(request.headers.get("Authorization", ""), "notes:list" if reads else "notes:create")
        return {"notes": []}, status if status != 200 or reads else 201

    return app


def make_careless_app(issuer: str, jwks_url: str, permissions_claim: str) -> Flask:
    """Forgets the audience."""
    return make_app(issuer, jwks_url, None, permissions_claim)


if __name__ == "__main__":
    port, *told = sys.argv[1:]
    run_simple("127.0.0.1", int(port), make_app(*told), threaded=True)
