"""What the operations do once somebody is let in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response

from harness.reference.call import Call
from harness.reference.config_view import config_view
from harness.reference.errors import RequestError
from harness.reference.jwks_key_store import KeySource
from harness.reference.metrics import Metrics
from harness.reference.openapi import openapi_document
from harness.reference.replies import json_reply
from harness.reference.routes import Route
from harness.reference.settings import ReferenceSettings
from harness.reference.store import TaskStore


class Handlers:
    """One method per operation of the route table, one per kind of resource to look up.

    An operation takes the body (None when the route reads none) and the resource (None when it looks none
    up).
    """

    def __init__(
        self,
        settings: ReferenceSettings,
        routes: tuple[Route, ...],
        store: TaskStore,
        metrics: Metrics,
        keys: KeySource | None,
    ) -> None:
        """`keys` is where a readiness check could look; health never does."""
        self.settings = settings
        self.routes = routes
        self.store = store
        self.counters = metrics
        self.keys = keys

    def answer(self, call: Call) -> Response:
        """Reads the body, finds the resource, runs the operation."""
        body = call.json() if call.match.route.reads_body else None
        resource = self.find(call)
        operation: Callable[[Any, Any], Response] = getattr(self, call.match.route.operation)
        return operation(body, resource)

    def find(self, call: Call) -> Any:
        """What the call is about; raises `RequestError` 400 for a malformed id and 404 for an unknown one."""
        name = call.match.route.lookup
        return getattr(self, f"find_{name}")(call) if name else None

    def find_task(self, call: Call) -> dict[str, Any]:
        """The task of `{task_uuid}`."""
        task = self.store.find(_uuid(call.argument("task_uuid")))
        if task is None:
            raise _not_found("task_not_found", "Task not found")
        return task

    def find_step(self, call: Call) -> None:
        """No task here ever has steps."""
        self.find_task(call)
        _uuid(call.argument("step_uuid"))
        raise _not_found("step_not_found", "Workflow step not found")

    def find_template(self, call: Call) -> None:
        """No template is ever registered."""
        raise _not_found("template_not_found", "Template not found")

    def find_dlq_task(self, call: Call) -> None:
        """The dead letter queue is empty."""
        _uuid(call.argument("task_uuid"))
        raise _not_found("dlq_entry_not_found", "DLQ entry not found")

    def find_dlq_entry(self, call: Call) -> None:
        """The dead letter queue is empty."""
        _uuid(call.argument("dlq_entry_uuid"))
        raise _not_found("dlq_entry_not_found", "DLQ entry not found")

    def create_task(self, body: Any, resource: Any) -> Response:
        """201 with the new task; `name` is required, `namespace`, `version` and `context` may be given."""
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or not name:
            raise RequestError(422, "validation_error", "`name` is missing or not a string")
        namespace, version = body.get("namespace", "default"), body.get("version", "1.0.0")
        if not isinstance(namespace, str) or not isinstance(version, str):
            raise RequestError(422, "validation_error", "`namespace` and `version` are strings")
        return json_reply(201, self.store.create(name, namespace, version, body.get("context", {})))

    def list_tasks(self, body: Any, resource: Any) -> Response:
        """200 with every task and their number."""
        tasks = self.store.all()
        return json_reply(200, {"tasks": tasks, "pagination": {"total_count": len(tasks)}})

    def show(self, body: Any, resource: Any) -> Response:
        """200 with what was looked up."""
        return json_reply(200, resource)

    def cancel_task(self, body: Any, resource: Any) -> Response:
        """200 with the task, now cancelled."""
        return json_reply(200, self.store.cancel(uuid.UUID(resource["task_uuid"])))

    def get_task_context(self, body: Any, resource: Any) -> Response:
        """200 with the task's context."""
        return json_reply(200, {"task_uuid": resource["task_uuid"], "context": resource["context"]})

    def get_task_summary(self, body: Any, resource: Any) -> Response:
        """200 with the task without its context."""
        return json_reply(200, {name: resource[name] for name in resource if name != "context"})

    def list_steps(self, body: Any, resource: Any) -> Response:
        """200 with no steps."""
        return json_reply(200, [])

    def list_templates(self, body: Any, resource: Any) -> Response:
        """200 with no templates."""
        return json_reply(200, {"templates": [], "total_count": 0})

    def performance(self, body: Any, resource: Any) -> Response:
        """200 with figures of the tasks here."""
        return json_reply(200, {"total_tasks": len(self.store.all())})

    def bottlenecks(self, body: Any, resource: Any) -> Response:
        """200 with none."""
        return json_reply(200, {"slow_steps": [], "slow_tasks": []})

    def list_dlq(self, body: Any, resource: Any) -> Response:
        """200 with an empty queue."""
        return json_reply(200, {"entries": [], "total_count": 0})

    def dlq_stats(self, body: Any, resource: Any) -> Response:
        """200 with zeros."""
        return json_reply(200, {"pending": 0, "resolved": 0})

    def config(self, body: Any, resource: Any) -> Response:
        """200 with the settings, secrets redacted."""
        return json_reply(200, config_view(self.settings))

    def health(self, body: Any, resource: Any) -> Response:
        """200 as long as the process serves; the issuer's state has no say (ADR-012)."""
        return json_reply(200, {"status": "healthy"})

    def health_ready(self, body: Any, resource: Any) -> Response:
        """200: there is nothing to wait for."""
        return json_reply(200, {"status": "ready"})

    def health_detailed(self, body: Any, resource: Any) -> Response:
        """200 with the service's kind."""
        return json_reply(200, {"status": "healthy", "service": self.settings.service})

    def metrics(self, body: Any, resource: Any) -> Response:
        """200 with Prometheus text."""
        return Response(self.counters.text(), 200, mimetype="text/plain")

    def openapi(self, body: Any, resource: Any) -> Response:
        """200 with the OpenAPI document."""
        return json_reply(200, openapi_document(self.settings, self.routes))

    def api_docs(self, body: Any, resource: Any) -> Response:
        """200 with a page that leads to the document."""
        page = '<!doctype html><title>Tasker API</title><a href="/api-docs/openapi.json">openapi.json</a>\n'
        return Response(page, 200, mimetype="text/html")


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise RequestError(400, "bad_request", "The id is not a UUID") from error


def _not_found(error: str, message: str) -> RequestError:
    return RequestError(404, error, message)
