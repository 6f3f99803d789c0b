"""Notes behind Flask and Authlib's resource protector."""

import argparse
import threading
import time
import uuid

import requests
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask, request

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--jwks-url", required=True)
parser.add_argument("--issuer", required=True)
parser.add_argument("--audience", required=True)
parser.add_argument("--refresh-seconds", type=float, default=300)
settings = parser.parse_args()


class TokenValidator(JWTBearerTokenValidator):
    """Takes JWT access tokens; the key set is kept for a while, as the documentation of `get_jwks` shows."""

    jwks, fetched_at, one_fetches = None, 0.0, threading.Lock()

    def get_jwks(self):
        with self.one_fetches:
            if self.jwks is None or time.monotonic() - self.fetched_at >= settings.refresh_seconds:
                response = requests.get(settings.jwks_url, timeout=5)
                response.raise_for_status()
                if response.status_code != 200:
                    raise requests.HTTPError("a key set comes with 200", response=response)
                self.jwks, self.fetched_at = response.json(), time.monotonic()
            return self.jwks


app = Flask(__name__)
require_oauth = ResourceProtector()
require_oauth.register_token_validator(TokenValidator(issuer=settings.issuer, resource_server=settings.audience))


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/notes")
@require_oauth("notes:read")
def list_notes():
    return {"notes": []}


@app.post("/notes")
@require_oauth("notes:write")
def create_note():
    body = request.get_json()
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        return {"error": "a note has a text"}, 400
    return {"id": str(uuid.uuid4()), "text": body["text"]}, 201


@app.get("/labels")
@require_oauth("labels:read")
def list_labels():
    return {"labels": []}


@app.get("/me")
@require_oauth()
def me():
    return {"sub": current_token["sub"]}


app.run(port=settings.port)
