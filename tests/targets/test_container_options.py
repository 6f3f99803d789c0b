"""The target `container` before any container: its options, its profile, what it can't judge. Needs no engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.base.errors import UsageError
from harness.cell.environment import Options
from harness.declared.profile import find_profile, load_profile
from harness.targets import ServiceConfig, make_target
from harness.targets.container_spec import any_service, tasker_worker
from harness.targets.within_reach import as_run_by

OWN = {"service": "own", "image": "mine:1", "port": "8080"}
CONFIG = ServiceConfig("http://mock-idp:9400/", "http://mock-idp:9400/jwks", "orders")
DATABASE = "postgresql://tasker:pw-1@postgres:5432/tasker"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"service": "mine"}, "service .* must be 'tasker-worker' or 'own', not 'mine'"),
        ({"environment": "A=1"}, "environment is for a service of your own.* service=own"),
        ({"service": "own", "image": "mine:1"}, "needs image, and port"),
        ({"service": "own", "port": "8080"}, "needs image, and port"),
        (OWN | {"environment": "A"}, "'A', which is not NAME=VALUE"),
        (OWN | {"command": "serve {isuer}"}, r"unknown placeholder \{isuer\}; did you mean 'issuer'"),
        (OWN | {"environment": "A={isuer}"}, r"environment has an unknown placeholder \{isuer\}"),
        (OWN | {"config": "service.toml"}, "is not FILE:PATH"),
        (
            OWN | {"config": "/nowhere/service.toml:/etc/service.toml"},
            "/nowhere/service.toml, which can't be read",
        ),
    ],
)
def test_options_that_do_not_work_are_refused(options: dict[str, str], said: str) -> None:
    """Before anything is started."""
    with pytest.raises(UsageError, match=said):
        make_target("container", options)


def test_the_worker_is_judged_by_its_own_profile_and_findings() -> None:
    options = Options(target="container")
    assert (options.profile_name(), options.expected_names()) == ("tasker-worker", ("container", "tasker-worker"))


def test_a_service_of_ones_own_has_no_profile_but_the_one_that_is_named(tmp_path: Path) -> None:
    settings = tuple(OWN.items())
    assert Options(target="container", target_options=settings).profile_name() == "container"
    named = Options(target="container", target_options=settings, profile=str(tmp_path / "notes.toml"))
    assert named.expected_names() == ("container", "notes")


def test_what_needs_a_listener_of_this_machine_can_not_be_judged() -> None:
    """The attacker's address and the TLS front are on loopback, which a container has of its own."""
    profile = as_run_by(make_target("container"), load_profile(find_profile("reference")))
    assert {"attacker-listener", "tls"} & profile.capabilities == set()
    assert "reach no listener on this machine" in profile.lacks["attacker-listener"]
    assert {"configure", "restart"} <= profile.capabilities


def test_making_the_target_loads_no_testcontainers() -> None:
    """So that every other command works without the extra."""
    code = "import sys; from harness.targets import make_target; make_target('container'); "
    code += "print({'testcontainers', 'docker'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_without_the_extra_the_reason_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert make_target("container").available() == "testcontainers is not installed: pip install 'idp-harness[docker]'"


def test_a_worker_fetches_from_its_provider_directly_and_all_else_through_it() -> None:
    """What it should have refused to fetch must not leave the network."""
    spec = tasker_worker("mock-idp", "http://mock-idp:9400")(CONFIG, DATABASE)
    proxies = [spec.environment[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")]
    assert proxies == ["http://mock-idp:9400", "http://mock-idp:9400", "127.0.0.1,mock-idp"]


def test_a_worker_has_its_secrets_in_its_file_and_none_in_its_repr() -> None:
    spec = tasker_worker("mock-idp", "http://mock-idp:9400")(CONFIG, DATABASE)
    assert 'jwt_audience = "orders"' in spec.files["/tasker/worker.toml"]
    assert spec.secrets == ("tasker:pw-1", "pw-1")
    assert "pw" not in repr(spec).replace(str(spec.secrets), "")


def test_words_are_filled_in_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "a:b.toml"
    file.write_text("iss = '{issuer}'\nother = '{namespace}_queue'\n")
    builder = any_service("serve --port {port}", "DB={database_url} AUD='a {audience}'", f"{file}:/etc/a.toml", 80)
    spec = builder(CONFIG, DATABASE)
    assert spec.command == ["serve", "--port", "80"]
    assert spec.environment == {"DB": DATABASE, "AUD": "a orders"}
    assert spec.files == {"/etc/a.toml": "iss = 'http://mock-idp:9400/'\nother = '{namespace}_queue'\n"}


def test_without_a_command_the_image_has_its_own() -> None:
    assert any_service("", "", "", 80)(CONFIG, "").command is None
