"""The reference service starts from the same configuration as any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from target_issuer import READ_PATH, Issuer
from target_tls import running_tls_front

from harness.targets import DEFECTS, ApiKey, TargetError
from harness.targets.reference import ReferenceTarget


@pytest.fixture
def target() -> Iterator[ReferenceTarget]:
    target = ReferenceTarget(service="worker")
    yield target
    target.close()


def status(url: str, **headers: str) -> int:
    return requests.get(url, headers=headers, timeout=10, proxies={"no_proxy": "*"}).status_code


def test_a_token_of_its_issuer_is_let_in(target: ReferenceTarget, issuer: Issuer) -> None:
    config = issuer.config(target)
    service = target.start(config)
    assert status(service.base_url + READ_PATH, Authorization=f"Bearer {issuer.token(config)}") == 200


def test_a_token_is_let_in_with_a_fixed_public_key(target: ReferenceTarget, issuer: Issuer) -> None:
    config = issuer.config(target, jwks_url="", verification="public_key", public_key_pem=issuer.public_pem())
    service = target.start(config)
    assert status(service.base_url + READ_PATH, Authorization=f"Bearer {issuer.token(config)}") == 200


def test_a_services_log_is_its_own(issuer: Issuer) -> None:
    """Several run in one process, and none shows what another has written."""
    with closing(ReferenceTarget(service="worker", faults=["m-token-logged"])) as target:
        config = issuer.config(target)
        asked, other = target.start(config), target.start(config)
        token = issuer.token(config)
        assert status(asked.base_url + READ_PATH, Authorization=f"Bearer {token}") == 200
        assert token in asked.log_tail().as_it_came
        assert other.log_tail().as_it_came == ""


def test_nobody_is_let_in_without_credentials(target: ReferenceTarget, issuer: Issuer) -> None:
    assert status(target.start(issuer.config(target)).base_url + READ_PATH) == 401


def test_an_api_key_is_let_in_under_the_header_of_the_configuration(target: ReferenceTarget, issuer: Issuer) -> None:
    config = issuer.config(target, api_keys=(ApiKey("sk-1", ("worker:*",)),), api_key_header="X-Other-Key")
    service = target.start(config)
    assert status(service.base_url + READ_PATH, **{"X-Other-Key": "sk-1"}) == 200


def test_orchestration_is_the_default(issuer: Issuer) -> None:
    target = ReferenceTarget()
    try:
        service = target.start(issuer.config(target))
        assert status(service.base_url + "/v1/tasks") == 401
    finally:
        target.close()


def test_it_has_no_process_of_its_own(target: ReferenceTarget, issuer: Issuer) -> None:
    service = target.start(issuer.config(target))
    assert (service.pid, service.rss_bytes()) == (None, None)


def test_it_is_gone_when_it_was_stopped(target: ReferenceTarget, issuer: Issuer) -> None:
    service = target.start(issuer.config(target))
    service.stop()
    with pytest.raises(requests.ConnectionError):
        status(service.base_url + "/health")


def test_it_is_alive_until_it_was_stopped(target: ReferenceTarget, issuer: Issuer) -> None:
    service = target.start(issuer.config(target))
    before = service.alive()
    target.close()
    assert (before, service.alive()) == (True, False)


def test_settings_it_refuses_are_told(target: ReferenceTarget, issuer: Issuer) -> None:
    with pytest.raises(TargetError, match="jwks_refresh_interval_seconds"):
        target.start(replace(issuer.config(target), refresh_seconds=0))


def test_an_unknown_service_is_told(issuer: Issuer) -> None:
    target = ReferenceTarget(service="nothing")
    with pytest.raises(TargetError, match="orchestration, worker"):
        target.start(issuer.config(target))


def test_an_unknown_fault_is_told(issuer: Issuer) -> None:
    target = ReferenceTarget(faults=["m-of-no-such-name"])
    with pytest.raises(TargetError, match="m-of-no-such-name"):
        target.start(issuer.config(target))


def test_its_secrets_are_what_was_planted(target: ReferenceTarget, issuer: Issuer) -> None:
    config = issuer.config(target, api_keys=(ApiKey("sk-1", ()),))
    assert target.start(config).secrets == ("sk-1",)


@pytest.mark.parametrize(
    ("defect", "named"),
    [
        ("auth-table", "auth: is no setting"),
        ("web-auth-table", r"web.auth.public_key_pem: is no setting"),
        ("unknown-method", "verification_method: 'jwks_url' is none of"),
        ("no-jwks-url", "jwks_url: is empty"),
        ("no-algorithms", "jwt_allowed_algorithms: is empty"),
        ("lower-case-algorithm", "jwt_allowed_algorithms: 'rs256' is none of"),
        ("misspelt-audience", "jwt_audiance: is no setting; did you mean jwt_audience"),
    ],
)
def test_a_defect_keeps_it_from_starting_and_is_named(
    target: ReferenceTarget, issuer: Issuer, defect: str, named: str
) -> None:
    with pytest.raises(TargetError, match=named):
        target.start(issuer.config(target, defect=defect))


def test_every_defect_is_tried_here() -> None:
    """The list above is the list."""
    (mark,) = test_a_defect_keeps_it_from_starting_and_is_named.pytestmark  # type: ignore[attr-defined]
    assert [defect for defect, _ in mark.args[1]] == list(DEFECTS)


def test_keys_are_fetched_over_https_with_a_ca_of_its_own(
    target: ReferenceTarget, issuer: Issuer, tmp_path: Path
) -> None:
    with running_tls_front(issuer, "localhost") as front:
        url = target.https_base_url(front.port) + "/jwks.json"
        config = issuer.config(target, jwks_url=url, allow_http=False, ca_file=front.ca_file(tmp_path))
        service = target.start(config)
        assert status(service.base_url + READ_PATH, Authorization=f"Bearer {issuer.token(config)}") == 200


def test_without_that_ca_they_are_not(target: ReferenceTarget, issuer: Issuer) -> None:
    with running_tls_front(issuer, "localhost") as front:
        config = issuer.config(target, jwks_url=target.https_base_url(front.port) + "/jwks.json")
        service = target.start(config)
        assert status(service.base_url + READ_PATH, Authorization=f"Bearer {issuer.token(config)}") == 401


@pytest.fixture
def apart() -> Iterator[ReferenceTarget]:
    """A target whose services are processes of their own."""
    target = ReferenceTarget(service="worker", own_process=True)
    yield target
    target.close()


def test_in_a_process_of_its_own_its_memory_is_known(apart: ReferenceTarget, issuer: Issuer) -> None:
    service = apart.start(issuer.config(apart))
    assert service.pid
    assert service.rss_bytes() > 10_000_000


def test_in_a_process_of_its_own_it_works_as_ever(apart: ReferenceTarget, issuer: Issuer) -> None:
    keys = (ApiKey('sk-"1"', ("worker:*",)), ApiKey("sk-2", ()))
    config = issuer.config(apart, api_keys=keys, refresh_seconds=2)
    url = apart.start(config).base_url + READ_PATH
    answers = [status(url, **{"X-API-Key": key.key}) for key in keys]
    assert [*answers, status(url, Authorization=f"Bearer {issuer.token(config)}")] == [200, 403, 200]


def test_in_a_process_of_its_own_it_has_its_faults(issuer: Issuer) -> None:
    target = ReferenceTarget(service="worker", own_process=True, faults=["m-aud-ignored"])
    try:
        config = issuer.config(target)
        url = target.start(config).base_url + READ_PATH
        assert status(url, Authorization=f"Bearer {issuer.token(config, aud='other')}") == 200
    finally:
        target.close()


@pytest.mark.parametrize(
    ("defect", "named"), [("web-auth-table", r"web.auth.public_key_pem: is no setting"), ("no-algorithms", "is empty")]
)
def test_in_a_process_of_its_own_a_defect_is_in_the_log(
    apart: ReferenceTarget, issuer: Issuer, defect: str, named: str
) -> None:
    with pytest.raises(TargetError, match=rf"(?s)exit status 2.*{named}"):
        apart.start(issuer.config(apart, defect=defect))
