"""The real Tasker worker comes up, trusts the issuer it is given, and leaves nothing."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from target_issuer import READ_PATH, READ_PERMISSION, Issuer, running_issuer
from target_tls import running_tls_front
from target_waits import below_this_process, running

from harness.processes import ports
from harness.static_key import pem_files
from harness.static_key.tokens import Grant, issue
from harness.targets import DEFECTS, ApiKey, ServiceConfig, TargetError
from harness.targets.tasker_wheels import no_wheel_for_this_platform
from harness.targets.tasker_worker import TaskerWorkerTarget

pytestmark = [
    pytest.mark.tasker,
    pytest.mark.skipif(no_wheel_for_this_platform() is not None, reason=str(no_wheel_for_this_platform())),
]


@pytest.fixture(scope="module")
def shared() -> Iterator[TaskerWorkerTarget]:
    """One target for the tests that need no more than a worker: its PostgreSQL starts once."""
    with closing(TaskerWorkerTarget()) as target:
        yield target


def status(url: str, token: str | None = None, **headers: str) -> int:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return requests.get(url, headers=headers, timeout=10, proxies={"no_proxy": "*"}).status_code


def test_a_token_of_its_issuer_is_let_in(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    config = issuer.config(shared)
    assert status(shared.start(config).base_url + READ_PATH, issuer.token(config)) == 200


def test_nobody_is_let_in_without_credentials(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    assert status(shared.start(issuer.config(shared)).base_url + READ_PATH) == 401


def test_keys_are_fetched_in_absolute_form_through_the_identity_provider(shared: TaskerWorkerTarget) -> None:
    with running_issuer() as issuer:
        shared.start(issuer.config(shared))
    assert issuer.requests == ["http://idp.tasker.test/jwks.json"]


def test_a_fixed_public_key_is_verified_with(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    config = issuer.config(shared, jwks_url="", verification="public_key", public_key_pem=issuer.public_pem())
    assert status(shared.start(config).base_url + READ_PATH, issuer.token(config)) == 200


def test_keys_and_tokens_of_one_s_own_open_it(shared: TaskerWorkerTarget, issuer: Issuer, tmp_path: Path) -> None:
    """What `idp-harness keys generate` and `token generate` make is what the real service takes."""
    pair = pem_files.generate(tmp_path)
    pem = pair.public.read_text()
    config = issuer.config(shared, jwks_url="", verification="public_key", public_key_pem=pem)
    grant = Grant(config.issuer, config.audience, "me", (READ_PERMISSION,))
    key = pem_files.read_private_key(pair.private)
    good = issue(key, grant, now=time.time(), lifetime_seconds=600)
    nothing = issue(key, replace(grant, permissions=()), now=time.time(), lifetime_seconds=600)
    url = shared.start(config).base_url + READ_PATH
    assert [status(url, good), status(url, nothing)] == [200, 403]


def test_an_api_key_is_let_in_under_the_header_of_the_configuration(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    keys = (ApiKey("sk-${HOME}-\"'\\1", (READ_PERMISSION,), "one"),)
    service = shared.start(issuer.config(shared, api_keys=keys, api_key_header="X-Other-Key"))
    assert status(service.base_url + READ_PATH, **{"X-Other-Key": keys[0].key}) == 200


def test_strict_validation_follows_the_configuration(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    strict, lax = (issuer.config(shared, strict_validation=value) for value in (True, False))
    token = issuer.token(strict, permissions=[READ_PERMISSION, "unknown:permission"])
    assert [status(shared.start(config).base_url + READ_PATH, token) for config in (strict, lax)] == [401, 200]


def test_the_config_endpoint_follows_the_configuration(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    on, off = (issuer.config(shared, config_endpoint=value) for value in (True, False))
    token = issuer.token(on, permissions=["worker:config_read"])
    assert [status(shared.start(config).base_url + "/config", token) for config in (on, off)] == [200, 404]


def test_settings_of_this_process_do_not_reach_it(
    shared: TaskerWorkerTarget, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TASKER_CONFIG_PATH", "DATABASE_URL", "TASKER_WEB_BIND_ADDRESS", "http_proxy", "RUST_LOG"):
        monkeypatch.setenv(name, "nonsense")
    service = shared.start(issuer.config(shared))
    assert "nonsense" not in psutil.Process(service.pid).environ().values()


def test_its_configuration_is_readable_by_the_owner_only(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    service = shared.start(issuer.config(shared))
    file = Path(psutil.Process(service.pid).environ()["TASKER_CONFIG_PATH"])
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file.parent, file)]
    assert modes == [0o700, 0o600]


def test_no_secret_is_on_a_command_line(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    service = shared.start(issuer.config(shared, api_keys=(ApiKey("sk-secret", ()),)))
    worker = psutil.Process(service.pid)
    guard = worker.parent()
    assert guard
    assert "sk-secret" not in str([worker.cmdline(), guard.cmdline()])


def test_a_worker_that_runs_writes_no_error(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    service = shared.start(issuer.config(shared))
    assert "ERROR" not in service.log_tail()


def test_its_memory_is_known(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    used = shared.start(issuer.config(shared)).rss_bytes()
    assert used
    assert used > 10_000_000


def test_several_threads_start_workers_at_once(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    config, answers = issuer.config(shared), []

    def start() -> None:
        answers.append(status(shared.start(config).base_url + READ_PATH, issuer.token(config)))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4


PROCESS = """
import sys
from harness.targets import ServiceConfig, make_target
target = make_target("tasker-worker")
url, address = target.jwks_base_url(0), sys.argv[1]
service = target.start(ServiceConfig(url, url + "/jwks.json", "tasker-api", idp_address=address))
print(service.alive(), flush=True)
sys.stdin.read()
target.close()
"""


def test_several_processes_start_workers_side_by_side(issuer: Issuer, temporary_base: Path) -> None:
    line = [sys.executable, "-c", PROCESS, f"127.0.0.1:{issuer.port}"]
    makers = [subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    alive = [maker.stdout.readline() for maker in makers if maker.stdout]
    for maker in makers:
        maker.communicate()
    assert alive == ["True\n"] * 3


def test_stopping_it_leaves_neither_process_nor_file(issuer: Issuer, temporary_base: Path) -> None:
    with closing(TaskerWorkerTarget()) as target:
        target.start(issuer.config(target))
        started = below_this_process(str(temporary_base))
    assert started
    assert (running(started), list(temporary_base.iterdir())) == ([], [])


def test_an_exception_leaves_neither_process_nor_file(
    issuer: Issuer, temporary_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(TaskerWorkerTarget()) as target:
        target.start(issuer.config(target))
        monkeypatch.setattr("harness.targets.tasker_service.wait_until_healthy", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            target.start(issuer.config(target))
    assert (running(below_this_process(str(temporary_base))), list(temporary_base.iterdir())) == ([], [])


def test_a_target_can_be_used_again_after_it_was_closed(issuer: Issuer, temporary_base: Path) -> None:
    target = TaskerWorkerTarget()
    target.start(issuer.config(target))
    target.close()
    with closing(target):
        assert target.start(issuer.config(target)).alive()


def test_a_database_that_died_is_replaced(issuer: Issuer, temporary_base: Path) -> None:
    with closing(TaskerWorkerTarget()) as target:
        target.start(issuer.config(target))
        database = target._postgres
        assert database
        psutil.Process(database.pid).send_signal(3)  # SIGQUIT: at once, but it lets go of its shared memory.
        assert database._process.wait(10)
        assert target.start(issuer.config(target)).alive()


def test_logs_are_kept_in_a_folder_when_asked_for(issuer: Issuer, tmp_path: Path, temporary_base: Path) -> None:
    with closing(TaskerWorkerTarget(log_folder=tmp_path)) as target:
        target.start(issuer.config(target))
    assert sorted(file.name.rpartition("-")[0] for file in tmp_path.iterdir()) == ["postgres", "tasker-worker"]


def test_a_given_port_is_listened_on(issuer: Issuer, temporary_base: Path) -> None:
    port = ports.free_port()
    with closing(TaskerWorkerTarget(port=port)) as target:
        assert target.start(issuer.config(target)).base_url == f"http://127.0.0.1:{port}"


def test_a_given_port_that_is_taken_is_told_with_its_holder(issuer: Issuer) -> None:
    target = TaskerWorkerTarget(port=issuer.port)
    with pytest.raises(TargetError, match=rf"port {issuer.port} is taken by .*\(pid {os.getpid()}\)"):
        target.start(issuer.config(target))


def test_a_given_port_that_is_taken_meanwhile_is_told(
    shared: TaskerWorkerTarget, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_port", issuer.port)
    monkeypatch.setattr(ports, "is_free", lambda _: True)
    with pytest.raises(TargetError, match=rf"(?s)port {issuer.port} was taken by .* while .*Address already in use"):
        shared.start(issuer.config(shared))


def test_a_worker_that_refuses_its_configuration_is_reported_with_its_log(
    shared: TaskerWorkerTarget, issuer: Issuer
) -> None:
    with pytest.raises(TargetError, match=r"(?s)ended with status 1 .*jwks_refresh_interval_seconds"):
        shared.start(issuer.config(shared, refresh_seconds=-1))


def test_a_worker_that_is_not_healthy_in_time_is_reported_with_its_last_state(
    shared: TaskerWorkerTarget, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_boot_seconds", 0.0)
    with pytest.raises(TargetError, match=r"within 0 s; last state: it listens on no port yet"):
        shared.start(issuer.config(shared))


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "10.0.0.1", "169.254.169.254"])
def test_a_host_on_the_worker_s_own_list_is_left_to_the_worker(
    shared: TaskerWorkerTarget, issuer: Issuer, host: str
) -> None:
    config = issuer.config(shared, jwks_url=f"https://{host}/jwks.json")
    assert status(shared.start(config).base_url + READ_PATH, issuer.token(config)) == 401


def test_an_https_jwks_url_without_a_tls_front_is_refused(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    with pytest.raises(TargetError, match="tls_address is empty"):
        shared.start(issuer.config(shared, jwks_url="https://idp.tasker.test/jwks.json"))


def test_an_https_jwks_url_is_fetched_through_the_tls_front(
    shared: TaskerWorkerTarget, issuer: Issuer, tmp_path: Path
) -> None:
    with running_tls_front(issuer, "idp.tasker.test") as front:
        url, address = shared.https_base_url(front.port), f"127.0.0.1:{front.port}"
        shared.start(issuer.config(shared, jwks_url=f"{url}/jwks.json", tls_address=address))
    assert front.requests == ["CONNECT idp.tasker.test:443"]


def test_a_ca_that_a_configuration_names_is_not_trusted(
    shared: TaskerWorkerTarget, issuer: Issuer, tmp_path: Path
) -> None:
    """The day this fails, `can_trust_ca` can become true."""
    with running_tls_front(issuer, "idp.tasker.test") as front:
        config = issuer.config(
            shared,
            jwks_url=f"{shared.https_base_url(front.port)}/jwks.json",
            tls_address=f"127.0.0.1:{front.port}",
            ca_file=front.ca_file(tmp_path),
        )
        answer = status(shared.start(config).base_url + READ_PATH, issuer.token(config))
    assert (answer, shared.can_trust_ca) == (401, False)


def test_plain_http_follows_the_configuration(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    config = issuer.config(shared, allow_http=False)
    assert status(shared.start(config).base_url + READ_PATH, issuer.token(config)) == 401


def test_its_secrets_are_what_was_planted_and_the_database_password(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    config = issuer.config(
        shared, jwks_url="http://joe:hidden@idp.tasker.test/jwks.json", api_keys=(ApiKey("sk-1", ()),)
    )
    service = shared.start(config)
    password = urlsplit(psutil.Process(service.pid).environ()["DATABASE_URL"]).password
    assert set(service.secrets) == {"sk-1", "joe:hidden", "hidden", f"tasker:{password}", password}


@pytest.mark.parametrize("setting", ["discovery_url", "second_issuer"])
def test_a_setting_that_tasker_does_not_have_is_refused(
    shared: TaskerWorkerTarget, issuer: Issuer, setting: str
) -> None:
    config = issuer.config(shared, discovery_url="http://idp.tasker.test/x")
    if setting == "second_issuer":
        config = issuer.config(shared, second_issuer="b", second_jwks_url="http://idp.tasker.test/b")
    with pytest.raises(TargetError, match=f"no setting for {setting}"):
        shared.start(config)


def test_a_private_key_of_its_own_does_not_keep_it_from_starting(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    config = issuer.config(shared, decryption_key_pem=issuer.private_pem())
    assert status(shared.start(config).base_url + READ_PATH, issuer.token(config)) == 200


@pytest.mark.parametrize("defect", sorted({*DEFECTS} - {"misspelt-audience"}))
def test_a_worker_starts_with_a_defect_and_is_judged_as_it_runs(
    shared: TaskerWorkerTarget, issuer: Issuer, defect: str
) -> None:
    assert shared.start(issuer.config(shared, defect=defect)).alive()


def test_a_worker_that_a_defect_stops_is_reported_with_the_setting(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    with pytest.raises(TargetError, match=r"(?s)ended with status 1 .*jwt_audience"):
        shared.start(issuer.config(shared, defect="misspelt-audience"))


def test_a_missing_identity_provider_is_told(shared: TaskerWorkerTarget, issuer: Issuer) -> None:
    with pytest.raises(TargetError, match="idp_address is empty"):
        shared.start(replace(issuer.config(shared), idp_address=""))


def test_keys_are_fetched_directly_from_a_name_that_leads_to_this_machine(temporary_base: Path) -> None:
    name = socket.gethostname()
    try:
        target = TaskerWorkerTarget(jwks_host=name)
    except TargetError as error:
        pytest.skip(f"this machine's name can't be used: {error}")
    with closing(target), running_issuer() as issuer:
        config = issuer.config(target)
        assert config.jwks_url == f"http://{name}:{issuer.port}/jwks.json"
        token = issuer.token(config)
        assert (status(target.start(config).base_url + READ_PATH, token), issuer.requests) == (200, ["/jwks.json"])


def test_with_a_jwks_host_another_host_is_refused(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.targets.tasker_service.check_jwks_host", lambda _: None)
    target = TaskerWorkerTarget(jwks_host="my-machine")
    with pytest.raises(TargetError, match="is not at my-machine"):
        target.start(ServiceConfig("i", "http://idp.example.com/jwks", "a", idp_address="127.0.0.1:1"))
