"""`MockIdpContainer`, as a suite of somebody else's uses it: real containers, no Ryuk unless a test says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import jwt
import pytest
import requests
from engine_look import in_engine, needs_testcontainers

from harness.base.errors import TargetError, UsageError
from harness.idp.client import IdpError

if TYPE_CHECKING:
    from harness.container import MockIdpContainer

pytestmark = needs_testcontainers
ISSUERS = """
[[issuers]]
id = "partner"
style = "okta"
audience = "partner-api"
"""


@pytest.fixture(autouse=True)
def _without_ryuk(monkeypatch: pytest.MonkeyPatch, mock_idp_image: str) -> None:
    from testcontainers.core.config import testcontainers_config as settings

    monkeypatch.setattr(settings, "_ryuk_disabled", True)
    monkeypatch.setenv("MOCK_IDP_IMAGE", mock_idp_image)


@pytest.fixture(scope="module")
def _for_the_module(mock_idp_image: str) -> Iterator[None]:
    from testcontainers.core.config import testcontainers_config as settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "_ryuk_disabled", True)
        yield


@pytest.fixture(scope="module")
def idp(_for_the_module: None, mock_idp_image: str) -> Iterator[MockIdpContainer]:
    """One for the tests that only look at it."""
    from harness.container import MockIdpContainer

    with MockIdpContainer(mock_idp_image, style="auth0") as container:
        yield container


@pytest.fixture(scope="module")
def in_network(_for_the_module: None, mock_idp_image: str) -> Iterator[MockIdpContainer]:
    """One in a network."""
    from testcontainers.core.network import Network

    from harness.container import MockIdpContainer

    network = Network()
    with network, MockIdpContainer(mock_idp_image, style="keycloak", network=network) as container:
        yield container
    network._docker.client.close()


def claims(token: str, jwks_uri: str, **expected: str) -> dict[str, object]:
    """The claims of a token whose signature and `iss` and `aud` are as they should be."""
    keys = jwt.PyJWKSet.from_dict(requests.get(jwks_uri, timeout=10).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    verified: dict[str, object] = jwt.decode(token, key, algorithms=["RS256"], **expected)
    return verified


def test_its_tokens_verify_with_the_keys_that_it_serves(idp: MockIdpContainer) -> None:
    issuer = idp.issuer()
    token = issuer.token(["tasks:list"])
    assert claims(token, issuer.jwks_uri, issuer=issuer.url, audience=issuer.audience)["permissions"] == ["tasks:list"]


def test_its_first_issuer_has_the_vendors_own_layout_at_the_address_for_this_machine(idp: MockIdpContainer) -> None:
    issuer = idp.issuer()
    assert (issuer.url, issuer.jwks_uri) == (f"{idp.url}/", f"{idp.url}/.well-known/jwks.json")


def test_an_issuer_rotates_breaks_tokens_misbehaves_and_remembers_as_in_the_plugin(idp: MockIdpContainer) -> None:
    issuer = idp.new_issuer("okta", token_lifetime_seconds=60)
    kid = issuer.rotate()
    assert jwt.get_unverified_header(issuer.token())["kid"] == kid
    assert jwt.get_unverified_header(issuer.broken_token("alg-none"))["alg"] == "none"
    issuer.fault("jwks", "status", status=503, times=1)
    assert [requests.get(issuer.jwks_uri, timeout=10).status_code for _ in range(2)] == [503, 200]
    assert [one["status"] for one in issuer.wait_for_requests("jwks", 2)] == [503, 200]


def test_its_control_api_asks_for_the_token(idp: MockIdpContainer) -> None:
    answers = [
        requests.get(f"{idp.url}/_mock/issuers", headers=headers, timeout=10).status_code
        for headers in ({}, {"Authorization": f"Bearer {idp.control_token}"})
    ]
    assert answers == [401, 200]


def test_the_control_token_is_not_in_its_repr(idp: MockIdpContainer) -> None:
    assert idp.control_token not in repr(idp)


def test_an_issuer_that_is_not_there_is_named(idp: MockIdpContainer) -> None:
    with pytest.raises(IdpError, match="nobody"):
        idp.issuer("nobody")


def test_in_a_network_issuers_are_known_by_its_name_there(in_network: MockIdpContainer) -> None:
    issuer = in_network.issuer()
    assert in_network.internal_url == "http://mock-idp:9400"
    assert issuer.url == "http://mock-idp:9400/realms/tasker"
    assert requests.get(f"{in_network.url}/realms/tasker/protocol/openid-connect/certs", timeout=10).ok


def test_another_container_in_the_network_fetches_the_keys(in_network: MockIdpContainer) -> None:
    issuer = in_network.issuer()
    code = f"import urllib.request as web; print(web.urlopen('{issuer.jwks_uri}', timeout=10).read().decode())"
    assert in_network._network
    command = ["docker", "run", "--rm", "--network", in_network._network.name, "--entrypoint", "python"]
    done = subprocess.run([*command, in_network.image, "-c", code], capture_output=True, text=True, timeout=60)
    assert jwt.get_unverified_header(issuer.token())["kid"] in [key["kid"] for key in json.loads(done.stdout)["keys"]]


def test_an_issuer_in_a_network_may_be_for_this_machine(in_network: MockIdpContainer) -> None:
    issuer = in_network.new_issuer("auth0", public_url=in_network.url)
    assert claims(issuer.token(), issuer.jwks_uri, issuer=issuer.url, audience=issuer.audience)


@pytest.mark.parametrize("as_file", [True, False])
def test_it_starts_with_the_issuers_of_a_file(tmp_path: Path, as_file: bool) -> None:
    """A path, or the text itself."""
    from harness.container import MockIdpContainer

    file = tmp_path / "issuers.toml"
    file.write_text(ISSUERS)
    with MockIdpContainer(issuers=file if as_file else ISSUERS) as idp:
        assert idp.issuer("partner").url == f"{idp.url}/i/partner/oauth2/default"
        assert idp.issuer("partner").audience == "partner-api"


def test_a_public_url_of_ones_own_stands_in_documents() -> None:
    from harness.container import MockIdpContainer

    with MockIdpContainer(style="auth0", audience="orders", public_url="https://idp.example") as idp:
        assert (idp.issuer().url, idp.issuer().audience) == ("https://idp.example/", "orders")
        assert requests.get(f"{idp.url}/.well-known/jwks.json", timeout=10).json()["keys"]


def test_nothing_is_left_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it was stopped within the block, and started again."""
    from harness.container import MockIdpContainer

    monkeypatch.setenv("IDP_HARNESS_RUN_ID", run_id := os.urandom(8).hex())
    with MockIdpContainer() as idp:
        first = in_engine(run_id)
        idp.stop()
        assert (len(first), in_engine(run_id)) == (1, [])
        idp.start()
        assert len(in_engine(run_id)) == 1
    assert in_engine(run_id) == []


def test_one_that_does_not_start_shows_its_log_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.container import MockIdpContainer

    monkeypatch.setenv("IDP_HARNESS_RUN_ID", run_id := os.urandom(8).hex())
    with pytest.raises(
        TargetError, match=r"ended with status 2 while starting\n--- end of .* log ---\n(.|\n)*'nobody'"
    ):
        MockIdpContainer(style="nobody").start()
    assert in_engine(run_id) == []


def test_one_that_ends_at_once_is_said_to_have_ended() -> None:
    """Although the engine no longer knows its ports."""
    from harness.container import MockIdpContainer

    with pytest.raises(TargetError, match="ended with status 1 while starting"):
        MockIdpContainer(entrypoint=["false"]).start()


def test_one_that_is_not_ready_in_time_says_what_was_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.container import MockIdpContainer

    monkeypatch.setenv("IDP_HARNESS_RUN_ID", run_id := os.urandom(8).hex())
    asleep = ["python", "-uc", "print('asleep'); import time; time.sleep(60)"]
    with pytest.raises(TargetError, match=r"not ready within 1 s; last state: .*Refused(.|\n)*asleep"):
        MockIdpContainer(entrypoint=asleep, boot_seconds=1).start()
    assert in_engine(run_id) == []


def test_a_missing_image_is_named_with_what_to_do() -> None:
    from harness.container import MockIdpContainer

    with pytest.raises(TargetError, match=r"image nowhere\.invalid/mock:1 is not on this machine: docker pull nowhere"):
        MockIdpContainer("nowhere.invalid/mock:1").start()


def test_ryuk_that_is_not_there_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    from testcontainers.core.config import testcontainers_config as settings

    from harness.container import MockIdpContainer

    monkeypatch.setattr(settings, "_ryuk_disabled", False)
    monkeypatch.setattr(settings, "ryuk_image", "nowhere.invalid/ryuk:1")
    with pytest.raises(TargetError, match=r"nowhere\.invalid/ryuk:1 .* or TESTCONTAINERS_RYUK_DISABLED=true"):
        MockIdpContainer().start()


def test_one_without_a_network_has_no_internal_url() -> None:
    from harness.container import MockIdpContainer

    with pytest.raises(UsageError, match="give it network=Network"):
        _ = MockIdpContainer().internal_url


def test_one_that_does_not_run_has_no_issuers() -> None:
    from harness.container import MockIdpContainer

    with pytest.raises(UsageError, match="use it in a with block"):
        MockIdpContainer().issuer()


def run_python(code: str, **variables: str) -> str:
    """What a program of its own says on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | variables, capture_output=True, text=True, timeout=60
    )
    return done.stderr


def test_without_the_extra_it_is_named() -> None:
    message = run_python("import sys; sys.modules['testcontainers'] = None; import harness.container")
    assert message.endswith("ImportError: harness.container needs testcontainers: pip install 'idp-harness[docker]'\n")


def test_without_an_engine_the_error_says_so() -> None:
    code = "from harness.container import MockIdpContainer; MockIdpContainer()"
    message = run_python(code, DOCKER_HOST="unix:///nowhere/docker.sock")
    assert "no container engine answers" in message
    assert "start Docker, or say in DOCKER_HOST where it is" in message
