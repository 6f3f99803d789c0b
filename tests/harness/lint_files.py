"""Configuration files of Tasker that are right, with what an example of a rule changes."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from harness.lint.config_file import ConfigFile
from harness.lint.finding import Finding
from harness.lint.judge import judge, readings
from harness.targets import ApiKey, ServiceConfig
from harness.targets.tasker_config import render_worker_toml

Toml = dict[str, Any]
ROOT = Path(__file__).resolve().parents[2]
KEY = "pZ4kQ0vT7mN2cX9bL5wR8sJ1hD6fG3yA"
_URL = "https://login.corp.internal"


def worker() -> Toml:
    """A worker's file for production, as it should be."""
    config = ServiceConfig(
        f"{_URL}/",
        f"{_URL}/.well-known/jwks.json",
        "tasker-api",
        strict_validation=True,
        allow_http=False,
        config_endpoint=False,
        api_keys=(ApiKey(KEY, ("worker:templates_read",), "Template browser of team A"),),
    )
    data = tomllib.loads(render_worker_toml(config))
    data["common"]["execution"]["environment"] = "production"
    return data


def orchestration() -> Toml:
    """A file of orchestration for production, as it should be: the worker's settings under its own name."""
    data = tomllib.loads((ROOT / "docker/tasker/orchestration.toml").read_text(encoding="utf-8"))
    data["common"]["execution"]["environment"] = "production"
    data["orchestration"]["web"]["auth"] = worker()["worker"]["web"]["auth"]
    data["orchestration"]["web"]["auth"]["api_keys"][0]["permissions"] = ["tasks:list"]
    data["orchestration"]["web"]["config_endpoint_enabled"] = False
    return data


def changed(data: Toml, more: str = "", without: tuple[str, ...] = ()) -> Toml:
    """The file with the values of `more`, and without some dotted places."""
    result = copy.deepcopy(data)
    for place in without:
        *tables, name = place.split(".")
        table = result
        for one in tables:
            table = table[one]
        del table[name]
    _merge(result, tomllib.loads(more))
    return result


def written(data: Toml, folder: Path, name: str = "worker.toml") -> Path:
    file = folder / name
    file.write_text(tomli_w.dumps(data), encoding="utf-8")
    return file


def findings(data: Toml, folder: Path, service: str | None = None, *, is_part: bool = False) -> list[Finding]:
    """What is found in a file with this content."""
    return judge(readings(ConfigFile(written(data, folder)), service, is_part=is_part))


def _merge(into: Toml, more: Toml) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value
