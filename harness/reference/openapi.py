"""The OpenAPI document of a service, made from its route table."""

from __future__ import annotations

import re
from typing import Any

from harness.reference.routes import Route
from harness.reference.settings import ReferenceSettings


def openapi_document(settings: ReferenceSettings, routes: tuple[Route, ...]) -> dict[str, Any]:
    """OpenAPI 3.1 with `x-required-permission` on each protected operation."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Tasker {settings.service} API (reference)", "version": "1.0.0"},
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer_auth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "api_key_auth": {"type": "apiKey", "in": "header", "name": settings.api_key_header},
            }
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", route.path)
        ],
        "responses": {"200": {"description": "Success"}},
    }
    if route.reads_body:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    if route.permission is not None:
        operation["x-required-permission"] = route.permission
        operation["security"] = [{"bearer_auth": []}, {"api_key_auth": []}]
        operation["responses"] |= {
            "401": {"description": "Missing or invalid credentials"},
            "403": {"description": f"Missing permission {route.permission}"},
        }
    return operation
