"""Notes behind FastAPI and PyJWT."""

import argparse
import uuid
from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Security, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from pydantic import BaseModel

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--jwks-url", required=True)
parser.add_argument("--issuer", required=True)
parser.add_argument("--audience", required=True)
parser.add_argument("--algorithms", default="RS256")
parser.add_argument("--refresh-seconds", type=float, default=300)
settings = parser.parse_args()

app = FastAPI()
bearer = HTTPBearer()
jwks_client = jwt.PyJWKClient(settings.jwks_url, lifespan=settings.refresh_seconds)


def authorized(
    security_scopes: SecurityScopes, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> dict:
    """The claims of the caller's token, if it is good and has the scopes."""
    try:
        signing_key = jwks_client.get_signing_key_from_jwt(credentials.credentials)
        claims = jwt.decode(
            credentials.credentials,
            signing_key,
            algorithms=settings.algorithms.split(","),
            audience=settings.audience,
            issuer=settings.issuer,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "the keys can't be fetched") from error
    except jwt.PyJWTError as error:
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "Could not validate credentials",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ) from error
    scope = claims.get("scope", "")
    granted = scope.split(" ") if isinstance(scope, str) else []
    if any(needed not in granted for needed in security_scopes.scopes):
        raise HTTPException(
            status.HTTP_403_FORBIDDEN,
            "Not enough permissions",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{security_scopes.scope_str}"'},
        )
    return claims


class Note(BaseModel):
    text: str


@app.get("/health")
def health() -> dict:
    return {"status": "ok"}


@app.get("/notes", dependencies=[Security(authorized, scopes=["notes:read"])])
def list_notes() -> dict:
    return {"notes": []}


@app.post("/notes", status_code=201, dependencies=[Security(authorized, scopes=["notes:write"])])
def create_note(note: Note) -> dict:
    return {"id": str(uuid.uuid4()), "text": note.text}


@app.get("/labels", dependencies=[Security(authorized, scopes=["labels:read"])])
def list_labels() -> dict:
    return {"labels": []}


@app.get("/me")
def me(claims: Annotated[dict, Depends(authorized)]) -> dict:
    return {"sub": claims["sub"]}


uvicorn.run(app, host="127.0.0.1", port=settings.port)
