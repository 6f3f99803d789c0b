"""Tasks in memory: just enough for a write to have an effect that a later read can show."""

from __future__ import annotations

import threading
import uuid
from typing import Any


class TaskStore:
    """The tasks of one service; every method may be called from any thread and returns copies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[uuid.UUID, dict[str, Any]] = {}

    def create(self, name: str, namespace: str, version: str, context: Any) -> dict[str, Any]:
        """Adds a pending task and returns it."""
        key = uuid.uuid4()
        task = {
            "task_uuid": str(key),
            "name": name,
            "namespace": namespace,
            "version": version,
            "status": "pending",
            "context": context,
        }
        with self._lock:
            self._tasks[key] = task
        return dict(task)

    def cancel(self, key: uuid.UUID) -> dict[str, Any] | None:
        """Marks a task cancelled and returns it; None when there is none."""
        with self._lock:
            task = self._tasks.get(key)
            if task is None:
                return None
            task["status"] = "cancelled"
            return dict(task)

    def find(self, key: uuid.UUID) -> dict[str, Any] | None:
        """A task, None when there is none."""
        with self._lock:
            task = self._tasks.get(key)
            return None if task is None else dict(task)

    def all(self) -> list[dict[str, Any]]:
        """Every task, oldest first, the cancelled ones too."""
        with self._lock:
            return [dict(task) for task in self._tasks.values()]
