"""The route tables of both services: method, path, permission (None: public) and operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.reference.settings import ReferenceSettings


@dataclass(frozen=True)
class Route:
    """One operation. `{name}` in `path` stands for one whole non-empty segment.

    `operation` is the method of the handlers that answers; `lookup` the method that finds the resource it is
    about; `reads_body` says that the operation needs a JSON body.
    """

    method: str
    path: str
    permission: str | None
    operation: str
    lookup: str = ""
    reads_body: bool = False

    def arguments(self, path: str) -> Mapping[str, str] | None:
        """The values of the `{name}` segments when `path` is exactly this route, None when it is not."""
        ours, theirs = self.path.split("/"), path.split("/")
        if len(ours) != len(theirs):
            return None
        found: dict[str, str] = {}
        for want, have in zip(ours, theirs, strict=True):
            if want.startswith("{") and have:
                found[want.strip("{}")] = have
            elif want != have:
                return None
        return found


_TASK: Final = "/v1/tasks/{task_uuid}"
_STEP: Final = f"{_TASK}/workflow_steps/{{step_uuid}}"
_TEMPLATE: Final = "/v1/templates/{namespace}/{name}/{version}"

PUBLIC: Final = (
    Route("GET", "/health", None, "health"),
    Route("GET", "/health/ready", None, "health_ready"),
    Route("GET", "/health/live", None, "health"),
    Route("GET", "/health/detailed", None, "health_detailed"),
    Route("GET", "/metrics", None, "metrics"),
    Route("GET", "/api-docs/openapi.json", None, "openapi"),
    Route("GET", "/api-docs/ui", None, "api_docs"),
)

WORKER_PUBLIC: Final = (
    Route("GET", "/metrics/worker", None, "metrics"),
    Route("GET", "/metrics/events", None, "metrics"),
)

ORCHESTRATION: Final = (
    Route("POST", "/v1/tasks", "tasks:create", "create_task", reads_body=True),
    Route("GET", "/v1/tasks", "tasks:list", "list_tasks"),
    Route("GET", _TASK, "tasks:read", "show", "task"),
    Route("DELETE", _TASK, "tasks:cancel", "cancel_task", "task"),
    Route("GET", f"{_TASK}/context", "tasks:context_read", "get_task_context", "task"),
    Route("GET", f"{_TASK}/summary", "tasks:read", "get_task_summary", "task"),
    Route("GET", f"{_TASK}/workflow_steps", "steps:read", "list_steps", "task"),
    Route("GET", _STEP, "steps:read", "show", "step"),
    Route("GET", f"{_STEP}/audit", "steps:read", "show", "step"),
    Route("PATCH", _STEP, "steps:resolve", "show", "step", reads_body=True),
    Route("GET", "/v1/templates", "templates:read", "list_templates"),
    Route("GET", _TEMPLATE, "templates:read", "show", "template"),
    Route("GET", "/v1/analytics/performance", "system:analytics_read", "performance"),
    Route("GET", "/v1/analytics/bottlenecks", "system:analytics_read", "bottlenecks"),
    Route("GET", "/v1/dlq", "dlq:read", "list_dlq"),
    Route("GET", "/v1/dlq/task/{task_uuid}", "dlq:read", "show", "dlq_task"),
    Route("GET", "/v1/dlq/investigation-queue", "dlq:read", "list_dlq"),
    Route("GET", "/v1/dlq/staleness", "dlq:read", "list_dlq"),
    Route("GET", "/v1/dlq/stats", "dlq:stats", "dlq_stats"),
    Route("PATCH", "/v1/dlq/entry/{dlq_entry_uuid}", "dlq:update", "show", "dlq_entry", reads_body=True),
)

WORKER: Final = (
    Route("GET", "/v1/templates", "worker:templates_read", "list_templates"),
    Route("GET", _TEMPLATE, "worker:templates_read", "show", "template"),
    Route("POST", f"{_TEMPLATE}/validate", "templates:validate", "show", "template"),
)

# The protected routes, and what only that service shows to everybody.
OWN: Final = {"orchestration": ORCHESTRATION, "worker": WORKER + WORKER_PUBLIC}

CONFIG: Final = {
    "orchestration": Route("GET", "/config", "system:config_read", "config"),
    "worker": Route("GET", "/config", "worker:config_read", "config"),
}


class RouteTable:
    """The routes one service registers."""

    def __init__(self, settings: ReferenceSettings) -> None:
        self.settings = settings

    def routes(self) -> tuple[Route, ...]:
        """All of them; a switched-off /config is not registered (404, not 401)."""
        service = self.settings.service
        return OWN[service] + PUBLIC + ((CONFIG[service],) if self.config_is_served() else ())

    def config_is_served(self) -> bool:
        """The separate switch of the configuration endpoint."""
        return self.settings.config_endpoint_enabled
