"""Notes behind Starlette and joserfc."""

import argparse
import asyncio
import time
import uuid

import httpx
import uvicorn
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, SimpleUser
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--jwks-url", required=True)
parser.add_argument("--issuer", required=True)
parser.add_argument("--audience", required=True)
parser.add_argument("--algorithms", default="RS256")
parser.add_argument("--refresh-seconds", type=float, default=300)
settings = parser.parse_args()

claims_requests = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": settings.issuer},
    aud={"essential": True, "value": settings.audience},
    sub={"essential": True},
    exp={"essential": True},
)


class KeysUnavailable(AuthenticationError):
    """The key set can't be fetched, or joserfc can't import it: nothing is known of the token."""


class RemoteKeys:
    """The issuer's key set, fetched again when it is old. joserfc imports a key set and leaves fetching to others."""

    key_set, fetched_at, one_fetches = None, 0.0, asyncio.Lock()

    async def get(self) -> KeySet:
        async with self.one_fetches:
            if self.key_set is None or time.monotonic() - self.fetched_at >= settings.refresh_seconds:
                self.key_set, self.fetched_at = await self.fetched(), time.monotonic()
            return self.key_set

    async def fetched(self) -> KeySet:
        try:
            async with httpx.AsyncClient() as client:
                response = await client.get(settings.jwks_url)
                response.raise_for_status()
            return KeySet.import_key_set(response.json())
        except Exception as error:  # the import raises what its readers of keys raise, too
            raise KeysUnavailable("the keys can't be read") from error


keys = RemoteKeys()


class BearerBackend(AuthenticationBackend):
    async def authenticate(self, conn):
        scheme, _, value = conn.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            token = jwt.decode(value, await keys.get(), algorithms=settings.algorithms.split(","))
            claims_requests.validate(token.claims)
        except (JoseError, ValueError) as error:
            raise AuthenticationError("invalid token") from error
        scope = token.claims.get("scope", "")
        return AuthCredentials(scope.split(" ") if isinstance(scope, str) else []), SimpleUser(token.claims["sub"])


def refusal(status: int, challenge: str) -> JSONResponse:
    return JSONResponse({"error": challenge}, status, headers={"WWW-Authenticate": challenge})


def on_error(conn, error: Exception) -> JSONResponse:
    if isinstance(error, KeysUnavailable):
        return JSONResponse({"error": str(error)}, 503)
    return refusal(401, 'Bearer error="invalid_token"')


def needs(scope: str | None):
    """Let a caller with that scope in; Starlette's `requires` answers 403 to callers without credentials, too."""

    def decorator(endpoint):
        async def guarded(request: Request) -> JSONResponse:
            if not request.user.is_authenticated:
                return refusal(401, "Bearer")
            if scope is not None and scope not in request.auth.scopes:
                return refusal(403, f'Bearer error="insufficient_scope", scope="{scope}"')
            return await endpoint(request)

        return guarded

    return decorator


async def health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


@needs("notes:read")
async def list_notes(request: Request) -> JSONResponse:
    return JSONResponse({"notes": []})


@needs("notes:write")
async def create_note(request: Request) -> JSONResponse:
    try:
        text = (await request.json())["text"]
    except (ValueError, TypeError, KeyError):
        return JSONResponse({"error": "a note has a text"}, 400)
    return JSONResponse({"id": str(uuid.uuid4()), "text": text}, 201)


@needs("labels:read")
async def list_labels(request: Request) -> JSONResponse:
    return JSONResponse({"labels": []})


@needs(None)
async def me(request: Request) -> JSONResponse:
    return JSONResponse({"sub": request.user.username})


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/notes", list_notes),
        Route("/notes", create_note, methods=["POST"]),
        Route("/labels", list_labels),
        Route("/me", me),
    ],
    middleware=[Middleware(AuthenticationMiddleware, backend=BearerBackend(), on_error=on_error)],
)
uvicorn.run(app, host="127.0.0.1", port=settings.port)
