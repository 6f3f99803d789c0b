"""The methods of both services over gRPC, each with its permission (None: public), as Tasker's package tasker.v1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PACKAGE: Final = "tasker.v1"
_CHECKS: Final = dict.fromkeys(("CheckHealth", "CheckLiveness", "CheckReadiness", "CheckDetailedHealth"))


@dataclass(frozen=True)
class Method:
    """One method; `service` has its package in front."""

    service: str
    name: str
    permission: str | None

    @property
    def path(self) -> str:
        """As a call names it."""
        return f"/{self.service}/{self.name}"


def _methods(table: dict[str, dict[str, str | None] | dict[str, str]]) -> tuple[Method, ...]:
    return tuple(
        Method(f"{_PACKAGE}.{service}", name, permission)
        for service, methods in table.items()
        for name, permission in methods.items()
    )


METHODS: Final = {
    "orchestration": _methods(
        {
            "TaskService": {
                "CreateTask": "tasks:create",
                "GetTask": "tasks:read",
                "ListTasks": "tasks:list",
                "CancelTask": "tasks:cancel",
                "GetTaskContext": "tasks:context_read",
                "GetTaskSummary": "tasks:read",
                "StreamTaskStatus": "tasks:read",
            },
            "StepService": {
                "GetStep": "steps:read",
                "ListSteps": "steps:read",
                "GetStepAudit": "steps:read",
                "ResolveStep": "steps:resolve",
            },
            "TemplateService": {"ListTemplates": "templates:read", "GetTemplate": "templates:read"},
            "AnalyticsService": {
                "GetPerformanceMetrics": "system:analytics_read",
                "GetBottleneckAnalysis": "system:analytics_read",
            },
            "DlqService": {
                "ListEntries": "dlq:read",
                "GetEntryByTask": "dlq:read",
                "GetInvestigationQueue": "dlq:read",
                "GetStalenessMonitoring": "dlq:read",
                "UpdateInvestigation": "dlq:update",
                "GetStats": "dlq:stats",
            },
            "ConfigService": {"GetConfig": "system:config_read"},
            "HealthService": _CHECKS,
        }
    ),
    "worker": _methods(
        {
            "WorkerTemplateService": {
                "ListTemplates": "worker:templates_read",
                "GetTemplate": "worker:templates_read",
            },
            "WorkerConfigService": {"GetConfig": "worker:config_read"},
            "WorkerHealthService": _CHECKS,
        }
    ),
}
