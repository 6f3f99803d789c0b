"""Notes under FastAPI, whose lifespan makes what the routes need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from notes_verifier import Verifier


def make_app(issuer: str, jwks_url: str, audience: str, permissions_claim: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.verifier = Verifier(issuer, jwks_url, audience, permissions_claim)
        yield
        del app.state.verifier

    app = FastAPI(lifespan=lifespan)

    async def answer(request: Request, permission: str, success: int) -> Any:
        authorization = request.headers.get("Authorization", "")
        status = await run_in_threadpool(app.state.verifier.status, authorization, permission)
        return JSONResponse({"notes": []}, success if status == 200 else status)

    # The annotation of `request` is a text here, which FastAPI resolves by this module's names.
    @app.get("/notes")
    async def read(request: Request) -> Any:
        return await answer(request, "notes:list", 200)

    @app.post("/notes")
    async def write(request: Request) -> Any:
        return await answer(request, "notes:create", 201)

    return app
