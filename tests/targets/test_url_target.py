"""A service that runs already is used as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from target_issuer import Issuer

from harness.processes import ports
from harness.targets import ServiceConfig, TargetError
from harness.targets.url import UrlTarget

CONFIG = ServiceConfig("http://idp", "http://idp/jwks", "api")


@pytest.fixture
def base_url(issuer: Issuer) -> str:
    return f"http://127.0.0.1:{issuer.port}"


def test_the_service_is_at_its_address(base_url: str) -> None:
    assert UrlTarget(base_url + "/").start(CONFIG).base_url == base_url


def test_it_has_no_process_that_is_known(base_url: str) -> None:
    service = UrlTarget(base_url).start(CONFIG)
    assert (service.pid, service.rss_bytes(), service.log_tail().raw, service.secrets) == (None, None, "", ())


def test_it_is_alive_while_it_answers(base_url: str) -> None:
    assert UrlTarget(base_url).start(CONFIG).alive()


def test_stopping_leaves_it_running(base_url: str) -> None:
    target = UrlTarget(base_url)
    service = target.start(CONFIG)
    service.stop()
    target.close()
    assert service.alive()


def test_the_same_configuration_may_be_asked_for_again(base_url: str) -> None:
    target = UrlTarget(base_url)
    target.start(CONFIG)
    assert target.start(replace(CONFIG)).alive()


def test_another_configuration_is_refused(base_url: str) -> None:
    target = UrlTarget(base_url)
    target.start(CONFIG)
    with pytest.raises(TargetError, match="can't be given another configuration"):
        target.start(replace(CONFIG, strict_validation=True))


def test_a_service_that_does_not_answer_is_reported_with_the_last_state() -> None:
    with pytest.raises(TargetError, match=r"did not answer GET /health with 200 within 0\.1 s; last state: .*refused"):
        UrlTarget(f"http://127.0.0.1:{ports.free_port()}", wait_seconds=0.1).start(CONFIG)


def test_a_service_that_does_not_answer_is_not_available() -> None:
    reason = UrlTarget(f"http://127.0.0.1:{ports.free_port()}").available()
    assert reason
    assert "does not answer 200" in reason


def test_a_service_that_answers_is_available(base_url: str) -> None:
    assert UrlTarget(base_url).available() is None


@pytest.mark.parametrize("base_url", ["", "127.0.0.1:80", "ftp://host", "http://", "http://host/?q=1"])
def test_what_is_no_address_of_a_service_is_refused(base_url: str) -> None:
    with pytest.raises(TargetError, match="not the address of a service"):
        UrlTarget(base_url)


def test_it_can_t_be_restarted(base_url: str) -> None:
    assert not UrlTarget(base_url).can_restart


def test_the_identity_provider_has_an_https_address_too(base_url: str) -> None:
    target = UrlTarget(base_url, https_base_url="https://idp.example:{port}")
    assert (target.https_base_url(9443), target.can_trust_ca) == ("https://idp.example:9443", False)
