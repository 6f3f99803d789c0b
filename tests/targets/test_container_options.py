"""The target `container` before any container: its options, its profile, what it can't judge. Needs no engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.base.errors import UsageError
from harness.cell.environment import Options
from harness.crates.server import BUILD_COMMAND
from harness.declared.profile import find_profile, load_profile
from harness.engine import pulling
from harness.targets import BringsIdp, MayBeBuilt, ServiceConfig, TargetError, make_target, orchestration_ways
from harness.targets.container_spec import any_service, tasker_orchestration, tasker_worker
from harness.targets.orchestration_ways import ways_to_orchestration
from harness.targets.within_reach import as_run_by

OWN = {"service": "own", "image": "mine:1", "port": "8080"}
CONFIG = ServiceConfig("http://mock-idp:9400/", "http://mock-idp:9400/jwks", "orders")
DATABASE = "postgresql://tasker:pw-1@postgres:5432/tasker"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"service": "mine"}, "service .* must be 'tasker-worker' or 'tasker-orchestration' or 'own', not 'mine'"),
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


def test_orchestration_is_one_of_the_services() -> None:
    """With its profile and findings; its image and the one that somebody names are started alike."""
    settings = (("service", "tasker-orchestration"),)
    options = Options(target="container", target_options=settings)
    assert options.profile_name() == "tasker-orchestration"
    assert options.expected_names() == ("container", "tasker-orchestration")
    named = Options(target="tasker-orchestration", target_options=(("image", "registry.example/tasker:1"),))
    target = make_target(named.target, named.target_settings())
    assert (named.profile_name(), target.profile, target.name) == (*["tasker-orchestration"] * 3,)
    assert isinstance(target, BringsIdp)


def test_an_image_and_a_program_are_two_ways() -> None:
    """One of them is taken; the option binary is another name of server."""
    for options, said in (
        ({"image": "tasker:1", "server": "/bin/sh"}, "server and image: one is about a program"),
        ({"postgres": "postgres:18"}, "postgres needs the option image"),
        ({"binary": "/bin/sh", "server": "/bin/ls"}, "binary and server are two names of one option"),
    ):
        with pytest.raises(UsageError, match=said):
            make_target("tasker-orchestration", options)
    assert not isinstance(make_target("tasker-orchestration", {"binary": "/bin/sh"}), BringsIdp)


def test_an_image_that_can_not_be_had_is_told_with_the_other_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no engine, or no such image."""
    monkeypatch.setattr(pulling, "why_not_usable", lambda: "no container engine answers")
    target = make_target("tasker-orchestration", {"image": "ghcr.io/nobody/tasker-orchestration:0"})
    assert isinstance(target, MayBeBuilt)
    with pytest.raises(TargetError, match=r"no container engine answers. .*idp-harness build .*TASKER_SERVER"):
        target.build(print)


def test_doctor_knows_the_ways_to_orchestration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of them there are on this machine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("TASKER_SERVER", "/bin/sh")
    monkeypatch.setattr(orchestration_ways, "why_not_usable", lambda images: f"no {len(images)} images")
    assert [one.reason for one in ways_to_orchestration()] == [None, BUILD_COMMAND, "no 3 images"]
    monkeypatch.setenv("TASKER_SERVER", str(tmp_path / "none"))
    assert ways_to_orchestration()[0].reason == "there is no program"


def test_orchestration_is_told_where_its_database_is_and_to_leave_it_as_it_is() -> None:
    """The published image would apply its migrations once more; the file is its own layout."""
    spec = tasker_orchestration("mock-idp", "http://mock-idp:9400")(CONFIG, DATABASE)
    assert spec.environment["RUN_MIGRATIONS"] == "false"
    assert spec.environment["TASKER_WEB_BIND_ADDRESS"] == "0.0.0.0:8080"
    assert "[orchestration.web.auth]" in spec.files[spec.environment["TASKER_CONFIG_PATH"]]


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
