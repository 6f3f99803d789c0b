"""The real worker does what `idp-harness lint` says of a configuration file."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
import tomli_w
from target_issuer import READ_PATH, Issuer

from harness.lint.config_file import ConfigFile
from harness.lint.explanation import CLOSED, OPEN, PROTECTED, UNKNOWN, explain
from harness.lint.finding import ERROR
from harness.lint.judge import judge, readings
from harness.lint.layout import Kind, layout
from harness.targets import ServiceConfig, TargetError, tasker_worker
from harness.targets.tasker_config import render_worker_toml
from harness.targets.tasker_wheels import no_wheel_for_this_platform
from harness.targets.tasker_worker import TaskerWorkerTarget

pytestmark = [
    pytest.mark.tasker,
    pytest.mark.skipif(no_wheel_for_this_platform() is not None, reason=str(no_wheel_for_this_platform())),
]
Toml = dict[str, Any]
PROGRAM = Path(__file__).with_name("tasker_refuses.py")
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
CLIENT = ("orchestration_client", "auth")
# What fails when a file is right: nobody listens where the database should be.
AT_THE_DATABASE = "Database error"
# Values of another kind for each kind.
OTHERS: Toml = {
    "boolean": "yes",
    "integer": 1.5,
    "number": "1",
    "text": 7,
    "word": "Sometimes",
    "texts": [7],
    "integers": ["1"],
    "keys": [7],
}


def whole() -> Toml:
    """A file with every table that there is, of both services, so that the worker looks at all of them."""
    data = tomllib.loads(render_worker_toml(ServiceConfig("https://a", "https://a/jwks", "tasker-api")))
    more = tomllib.loads((ROOT / "docker/tasker/orchestration.toml").read_text(encoding="utf-8"))
    data["orchestration"] = more["orchestration"]
    data["orchestration"]["grpc"] = copy.deepcopy(data["worker"]["grpc"])
    for place, table in layout().items():
        below = at(data, place[:-1])
        values = below.setdefault(place[-1], {})
        for name, kind in table.keys.items():
            if not kind.optional:
                values.setdefault(name, good(kind))
    data["common"]["database"]["pool"]["acquire_timeout_seconds"] = 1
    data["common"]["queues"]["backend"] = "pgmq"
    data["worker"]["orchestration_client"]["auth"] |= {"type": "bearer", "token": "a", "key": "a"}
    return data


def good(kind: Kind) -> Any:
    values: dict[str, Any] = {"boolean": False, "text": "a", "texts": ["a"], "integers": [1], "keys": []}
    if kind.words:
        return kind.words[0]
    return values[kind.name] if kind.name in values else int(kind.least or 1) if kind.name == "integer" else kind.least


def at(data: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        data = data[name]
    return data


def without(data: Toml, place: tuple[str, ...]) -> Toml:
    data = copy.deepcopy(data)
    del at(data, place[:-1])[place[-1]]
    return data


def with_value(data: Toml, place: tuple[str, ...], value: Any) -> Toml:
    data = copy.deepcopy(data)
    at(data, place[:-1])[place[-1]] = value
    return data


def outside(kind: Kind) -> list[Any]:
    """Values just beyond the range."""
    step = 1 if kind.name == "integer" else 0.5
    if kind.name in ("integer", "number"):
        below = [kind.least - step] if kind.least is not None else []
        above = [kind.most + step] if kind.most is not None and kind.most < 2**62 else []
        return [int(one) if kind.name == "integer" else one for one in below + above]
    if kind.least:
        return ["" if kind.name == "text" else []]
    return []


def said_to(files: list[Toml]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-P", str(PROGRAM)],
        env=os.environ | {"RUST_LOG": "off"},  # It writes its log to standard output.
        input=json.dumps([tomli_w.dumps(one) for one in files]),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    said: list[str] = json.loads(done.stdout)
    return said


def test_the_layout_is_the_real_one() -> None:
    """No file that lacks something needed, or has a value beyond what is taken, starts; the reason is the one expected.

    Of both services: the worker reads the tables of orchestration, too.
    """
    data = whole()
    files = [without(data, ("worker", "orchestration_client", "auth", "token"))]
    wanted = ["missing field `token`"]
    for place, table in layout().items():
        if not table.optional:
            files.append(without(data, place))
            wanted.append(f"missing field `{place[-1]}`")
        for name, kind in table.keys.items():
            if not kind.optional:
                files.append(without(data, (*place, name)))
                wanted.append(f"missing field `{name}`")
            # A client with a token reads nothing of one with a key.
            if (place[-2:], name) not in {(CLIENT, "key"), (CLIENT, "header_name")}:
                files.append(with_value(data, (*place, name), OTHERS[kind.name]))
                wanted.append("invalid type|unknown variant|invalid value|expected")
            for value in outside(kind):
                files.append(with_value(data, (*place, name), value))
                wanted.append(f"{name}.*(range|length)|invalid value|out of range")
    said = said_to(files)
    wrong = [(want, got[:300]) for want, got in zip(wanted, said, strict=True) if not re.search(want, got, re.DOTALL)]
    assert wrong == []
    assert len(files) > 700


def test_what_may_be_left_out_may_be_left_out() -> None:
    """All of it at once, and every value at an end of its range, and keys that are never read."""
    data = whole()
    less = copy.deepcopy(data)
    for place, table in reversed(layout().items()):
        if table.optional and place != ("worker",):
            del at(less, place[:-1])[place[-1]]
        elif place[0] != "orchestration":
            for name in [name for name, kind in table.keys.items() if kind.optional]:
                at(less, place).pop(name, None)
    ends = copy.deepcopy(data)
    for place, table in layout().items():
        for name, kind in table.keys.items():
            if kind.most is not None and kind.name in ("integer", "number") and name != "acquire_timeout_seconds":
                at(ends, place)[name] = int(kind.most) if kind.name == "integer" else kind.most
    stray = copy.deepcopy(data) | {"web": {"auth": {"enabled": True}}, "auth": {"enabled": True}}
    stray["worker"]["web"]["auth"]["jwt_audiance"] = "a"
    said = said_to([data, less, ends, stray])
    assert [AT_THE_DATABASE in one for one in said] == [True] * 4, said


@pytest.fixture(scope="module")
def shared() -> Iterator[TaskerWorkerTarget]:
    with closing(TaskerWorkerTarget()) as target:
        yield target


class Trial:
    """A worker started with a file, and what lint says of the file."""

    def __init__(self, target: TaskerWorkerTarget, issuer: Issuer, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._target, self._folder, self._patch = target, folder, patch
        self._issuer = issuer
        self.config = issuer.config(target, strict_validation=True)
        self.token = issuer.token(self.config)
        self._url = ""

    def start(self, change: Callable[[Toml], None]) -> str:
        """Start the worker with a changed file; returns how far it is open, as lint says."""
        data = tomllib.loads(render_worker_toml(self.config))
        change(data)
        file = self._folder / "worker.toml"
        file.write_text(tomli_w.dumps(data), encoding="utf-8")
        (reading,) = readings(ConfigFile(file), None)
        self.errors = {one.rule for one in judge([reading]) if one.severity == ERROR}
        self._patch.setattr(tasker_worker, "render_worker_toml", lambda *_: file.read_text(encoding="utf-8"))
        access = explain(reading).access
        if access == UNKNOWN:
            with pytest.raises(TargetError, match="while starting"):
                self._target.start(self.config)
        else:
            self._url = self._target.start(self.config).base_url + READ_PATH
        return access

    def anybody(self) -> int:
        return self._status({})

    def bearer(self) -> int:
        return self._status({"Authorization": f"Bearer {self.token}"})

    def api_key(self, key: str) -> int:
        return self._status({"X-API-Key": key})

    def _status(self, headers: dict[str, str]) -> int:
        return requests.get(self._url, headers=headers, timeout=10, proxies={"no_proxy": "*"}).status_code


@pytest.fixture
def trial(shared: TaskerWorkerTarget, issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    return Trial(shared, issuer, tmp_path, monkeypatch)


def auth(data: Toml, **settings: Any) -> None:
    data["worker"]["web"]["auth"] |= settings


def moved(data: Toml, *place: str) -> None:
    """Put the settings into another table."""
    table = data["worker"]["web"].pop("auth")
    for name in reversed(place):
        table = {name: table}
    data |= table


OPEN_FILES: dict[str, tuple[str, Callable[[Toml], None]]] = {
    "[web.auth]": ("ignored-table", lambda data: moved(data, "web", "auth")),
    "[auth]": ("ignored-table", lambda data: moved(data, "auth")),
    "no table": ("no-auth-table", lambda data: data["worker"]["web"].pop("auth")),
    "switched off": ("", lambda data: auth(data, enabled=False)),
}


@pytest.mark.parametrize("name", OPEN_FILES)
def test_a_service_that_is_called_open_is_open(name: str, trial: Trial) -> None:
    rule, change = OPEN_FILES[name]
    assert trial.start(change) == OPEN
    assert {rule} - {""} <= trial.errors
    assert trial.anybody() == 200


CLOSED_FILES: dict[str, tuple[str, Toml]] = {
    "a method that is none": ("unknown-method", {"jwt_verification_method": "jwks_url"}),
    "no URL": ("no-jwks-url", {"jwks_url": ""}),
    "no URL with a host": ("bad-jwks-url", {"jwks_url": "idp.tasker.test/jwks"}),
    "http": ("http-jwks-url", {"jwks_url_allow_http": False}),
    "a loopback host": ("private-jwks-host", {"jwks_url": "http://127.0.0.1/jwks"}),
    "two families": ("mixed-algorithms", {"jwt_allowed_algorithms": ["RS256", "ES256"]}),
    "lower case": ("no-usable-algorithm", {"jwt_allowed_algorithms": ["rs256"]}),
    "the default method": ("unused-jwks-url", {"jwt_verification_method": "public_key"}),
    "a static key that is none": (
        "unusable-public-key",
        {"jwt_verification_method": "public_key", "jwt_public_key": "-----BEGIN CERTIFICATE-----"},
    ),
}


@pytest.mark.parametrize("name", CLOSED_FILES)
def test_a_service_that_lets_nobody_in_starts_and_lets_nobody_in(name: str, trial: Trial) -> None:
    """With a token that is good."""
    rule, settings = CLOSED_FILES[name]
    assert trial.start(lambda data: auth(data, **settings)) == CLOSED
    assert rule in trial.errors
    assert (trial.anybody(), trial.bearer()) == (401, 401)


def test_a_service_that_is_called_protected_lets_in_who_may(trial: Trial) -> None:
    """The control of all others: the same file, unchanged."""
    assert trial.start(lambda data: None) == PROTECTED
    assert trial.errors == set()
    assert (trial.anybody(), trial.bearer()) == (401, 200)


def test_a_missing_key_stops_the_start(trial: Trial) -> None:
    assert trial.start(lambda data: data["worker"]["web"]["auth"].pop("api_key")) == UNKNOWN
    assert trial.errors == {"missing-key"}


def key(key: str, *permissions: str) -> Toml:
    return {"key": key, "permissions": [*permissions], "description": key}


def test_api_keys_do_what_is_said_of_them(trial: Trial) -> None:
    """`*` and what doesn't exist are 401, what opens nothing 403; of one key twice the last counts."""
    keys = [
        key("good", "worker:templates_read"),
        key("star", "*", "worker:templates_read"),
        key("unknown", "worker:template_read"),
        key("useless", "tasks:read", "tasks:list"),
        key("twice", "tasks:read"),
        key("twice", "worker:*"),
        key("", "worker:templates_read"),
    ]
    assert trial.start(lambda data: auth(data, api_keys_enabled=True, api_keys=keys)) == PROTECTED
    assert trial.errors == {"star-permission", "unknown-permission", "repeated-api-key", "empty-api-key"}
    statuses = {one["key"]: trial.api_key(one["key"]) for one in keys}
    assert statuses == {"good": 200, "star": 401, "unknown": 401, "useless": 403, "twice": 200, "": 200}


def test_without_strict_validation_a_star_opens_nothing(trial: Trial) -> None:
    keys = [key("star", "*"), key("good", "worker:templates_read")]
    change: Toml = {"strict_validation": False, "api_keys_enabled": True, "api_keys": keys}
    assert trial.start(lambda data: auth(data, **change)) == PROTECTED
    assert (trial.api_key("star"), trial.api_key("good")) == (403, 200)


def test_api_keys_that_are_not_switched_on_are_none(trial: Trial) -> None:
    """And the single one opens nothing."""
    keys = [key("listed", "worker:templates_read")]
    change: Toml = {"api_key": "single", "api_keys_enabled": False, "api_keys": keys}
    assert trial.start(lambda data: auth(data, **change)) == PROTECTED
    assert trial.errors == {"unused-api-keys", "single-api-key"}
    assert (trial.api_key("listed"), trial.api_key("single")) == (401, 401)


def test_the_permissions_claim_has_no_effect(trial: Trial) -> None:
    """A token with the claim `permissions` is let in although another one is configured."""
    assert trial.start(lambda data: auth(data, permissions_claim="scp")) == PROTECTED
    assert trial.errors == {"unused-permissions-claim"}
    assert trial.bearer() == 200
