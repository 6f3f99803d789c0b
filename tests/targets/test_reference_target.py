"""The reference service starts from the same configuration as any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests
from target_issuer import READ_PATH, Issuer

from harness.targets import ApiKey, TargetError
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
