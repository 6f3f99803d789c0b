"""Any command line becomes a service, on a port that is its own."""

from __future__ import annotations

import json
import socket
import sys
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from target_issuer import Issuer
from target_waits import below_this_process, running, wait_for

from harness.declared.profile import find_profile, load_profile
from harness.processes import ports
from harness.targets import ApiKey, ServiceConfig, TargetError, make_target
from harness.targets.grpc_certificate import GrpcCertificate
from harness.targets.process import ProcessTarget
from harness.targets.service_template import SECRET_WORDS, config_words
from harness.targets.within_reach import as_run_by
from harness.wire.grpc_reflection import served_methods

TINY_SERVICE = Path(__file__).with_name("tiny_service.py")
CONFIG = ServiceConfig(
    issuer="http://127.0.0.1:1/i/a b",
    jwks_url="http://127.0.0.1:1/jwks?x=1&y='2'",
    audience="tasker-api",
    strict_validation=True,
    allowed_algorithms=("RS256", "ES256"),
)


def target_of(command: list[str], *more: str, **options: object) -> ProcessTarget:
    return ProcessTarget([*command, *more], **options)  # type: ignore[arg-type]


@pytest.fixture
def target(tiny_command: list[str]) -> Iterator[ProcessTarget]:
    target = target_of(tiny_command, "{issuer}", "{jwks_url}", "{strict_validation}", "{allowed_algorithms}", '{"a":1}')
    yield target
    target.close()


def answer(base_url: str) -> dict[str, object]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{base_url}/arguments", timeout=10) as reply:
        body: dict[str, object] = json.load(reply)
    return body


def test_it_is_healthy_when_start_returns(target: ProcessTarget) -> None:
    assert answer(target.start(CONFIG).base_url)["pid"]


def test_placeholders_are_replaced_and_other_braces_stay(target: ProcessTarget) -> None:
    expected = [CONFIG.issuer, CONFIG.jwks_url, "true", "RS256,ES256", '{"a":1}']
    assert answer(target.start(CONFIG).base_url)["arguments"] == expected


def test_a_command_line_is_split_before_values_are_put_in(tiny_command: list[str]) -> None:
    target = ProcessTarget(" ".join(tiny_command) + " 'one {audience}' {issuer}")
    try:
        assert answer(target.start(CONFIG).base_url)["arguments"] == ["one tasker-api", CONFIG.issuer]
    finally:
        target.close()


def test_its_process_id_is_the_one_that_answers(target: ProcessTarget) -> None:
    service = target.start(CONFIG)
    assert answer(service.base_url)["pid"] == service.pid


def test_its_memory_is_known(target: ProcessTarget) -> None:
    assert target.start(CONFIG).rss_bytes() > 1_000_000


def test_its_output_is_the_log(target: ProcessTarget) -> None:
    assert "tiny service" in target.start(CONFIG).log_tail()


def test_the_log_can_be_read_after_it_was_stopped(target: ProcessTarget) -> None:
    service = target.start(CONFIG)
    service.stop()
    assert "tiny service" in service.log_tail()


def test_several_services_run_side_by_side(target: ProcessTarget) -> None:
    services = [target.start(CONFIG) for _ in range(3)]
    assert {answer(service.base_url)["pid"] for service in services} == {service.pid for service in services}


def test_closing_the_target_stops_every_service(target: ProcessTarget) -> None:
    services = [target.start(CONFIG) for _ in range(2)]
    target.close()
    assert [service.alive() for service in services] == [False, False]


def test_a_closed_target_starts_nothing_more(target: ProcessTarget) -> None:
    """Ctrl-C would wait for a service that another thread starts then, until it is up or its time is over."""
    target.close()
    with pytest.raises(TargetError, match="the target was ended"):
        target.start(CONFIG)


def test_what_the_service_started_is_stopped_with_it(tiny_command: list[str]) -> None:
    target = target_of(tiny_command, "--child")
    child = answer(target.start(CONFIG).base_url)["child"]
    target.close()
    assert isinstance(child, int)
    assert not running([child])


def test_a_service_that_died_is_not_alive(target: ProcessTarget) -> None:
    service = target.start(CONFIG)
    psutil.Process(service.pid).kill()
    assert service._process.wait(10)
    assert not service.alive()


@pytest.mark.parametrize("reaction", [[], ["--deaf"]], ids=["ends", "stays"])
def test_a_port_that_another_process_took_is_not_mistaken_for_the_service(
    issuer: Issuer, tiny_command: list[str], reaction: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    free = ports.free_port()
    offered = iter([issuer.port, free])
    monkeypatch.setattr(ports, "free_port", lambda: next(offered))
    command = [sys.executable, "-c", _DEAF_ON.format(port=issuer.port), *tiny_command[1:]] if reaction else tiny_command
    target = target_of(command)
    try:
        service = target.start(CONFIG)
        assert (service.base_url, answer(service.base_url)["pid"]) == (f"http://127.0.0.1:{free}", service.pid)
    finally:
        target.close()


# Runs the service, but without listening when it was given this port.
_DEAF_ON = """
import os, sys
more = ["--deaf"] if "{port}" in sys.argv else []
os.execv(sys.executable, [sys.executable, *sys.argv[1:], *more])
"""


def test_a_service_that_ends_is_reported_with_its_status_and_log(tiny_command: list[str]) -> None:
    with pytest.raises(TargetError, match=r"(?s)ended with status 3 .*refuses to start"):
        target_of(tiny_command, "--refuse").start(CONFIG)


def test_a_service_that_is_not_healthy_in_time_is_reported_with_its_last_state(
    tiny_command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def until_503(check: Callable[[], str | None], *_: object) -> str | None:
        """The deadline comes with the first answer, however long that takes on a busy machine."""
        return wait_for(check, lambda state: state is not None and state.startswith("503"))

    monkeypatch.setattr("harness.targets.process.wait_until", until_503)
    with pytest.raises(TargetError, match=r"within 0\.5 s; last state: 503.*; --target-option boot_seconds=N"):
        target_of(tiny_command, "--unhealthy", "503", boot_seconds=0.5).start(CONFIG)


def test_a_failed_start_leaves_no_process(tiny_command: list[str]) -> None:
    target = target_of(tiny_command, "--unhealthy", "503", boot_seconds=0.5)
    with pytest.raises(TargetError):
        target.start(CONFIG)
    assert below_this_process(str(TINY_SERVICE)) == []


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(TargetError, match="could not start /nowhere/service"):
        ProcessTarget("/nowhere/service {port}").start(CONFIG)


def test_an_unknown_placeholder_is_refused_with_the_nearest(tiny_command: list[str]) -> None:
    with pytest.raises(TargetError, match=r"\{isuer\}; did you mean 'issuer'"):
        target_of(tiny_command, "{isuer}")


def test_a_command_without_a_port_is_refused() -> None:
    with pytest.raises(TargetError, match=r"no placeholder \{port\}"):
        ProcessTarget("service --issuer {issuer}")


def test_an_empty_command_is_refused() -> None:
    with pytest.raises(TargetError, match="empty"):
        ProcessTarget(" ")


@pytest.mark.parametrize("word", SECRET_WORDS)
def test_an_api_key_can_t_be_put_on_a_command_line(tiny_command: list[str], word: str) -> None:
    with pytest.raises(TargetError, match="everybody on this machine can read API keys in a command line"):
        target_of(tiny_command, f"--keys={{{word}}}")


def test_api_keys_stand_in_its_environment_and_in_its_file(tiny_command: list[str], tmp_path: Path) -> None:
    """As JSON and as one value of TOML, with whatever stands in them, and then they are secrets of the service."""
    keys = (ApiKey("sk-\"1'", ("a:b", "c:*"), "the first\n"), ApiKey("", ()))
    file = tmp_path / "service.toml"
    file.write_text("[auth]\nenabled = {api_keys_enabled}\nkeys = {api_keys_toml}\n")
    more = {"environment": "TINY_KEYS={api_keys_json}", "config": f"{file}:service.toml"}
    target = target_of(tiny_command, "{config_file}", **more)
    expected = [
        {"key": "sk-\"1'", "permissions": ["a:b", "c:*"], "description": "the first\n"},
        {"key": "", "permissions": [], "description": ""},
    ]
    try:
        service = target.start(replace(CONFIG, api_keys=keys))
        [copy] = answer(service.base_url)["arguments"]  # type: ignore[misc]
        assert tomllib.loads(Path(str(copy)).read_text()) == {"auth": {"enabled": True, "keys": expected}}
        assert json.loads(psutil.Process(service.pid).environ()["TINY_KEYS"]) == expected
        assert service.secrets == ("sk-\"1'",)
    finally:
        target.close()


def test_it_knows_the_identity_provider_at_its_own_address(tiny_command: list[str]) -> None:
    assert target_of(tiny_command).jwks_base_url(9400) == "http://127.0.0.1:9400"


def test_another_public_address_can_be_given(tiny_command: list[str]) -> None:
    target = target_of(tiny_command, jwks_base_url="http://idp.example:{port}")
    assert target.jwks_base_url(9400) == "http://idp.example:9400"


def test_an_https_address_can_be_given(tiny_command: list[str]) -> None:
    target = target_of(tiny_command, https_base_url="https://idp.example:{port}")
    assert target.https_base_url(9443) == "https://idp.example:9443"


def test_it_can_trust_a_ca_when_the_command_is_told_which(tiny_command: list[str]) -> None:
    assert [target_of(tiny_command, *more).can_trust_ca for more in ([], ["--ca={ca_file}"])] == [False, True]


def test_its_secrets_are_those_of_the_urls(target: ProcessTarget) -> None:
    config = replace(CONFIG, jwks_url="http://joe:pw@127.0.0.1:1/jwks", api_keys=(ApiKey("sk-1", ()),))
    assert target.start(config).secrets == ("joe:pw", "pw")


def test_logs_are_kept_in_a_folder_when_asked_for(tiny_command: list[str], tmp_path: Path) -> None:
    target = target_of(tiny_command, log_folder=tmp_path)
    target.start(CONFIG)
    target.close()
    [file] = tmp_path.glob("process-*.log")
    assert "tiny service" in file.read_text()


def test_its_port_is_free_again_after_it_was_stopped(target: ProcessTarget) -> None:
    service = target.start(CONFIG)
    service.stop()
    with socket.create_server(("127.0.0.1", int(service.base_url.rpartition(":")[2]))) as listener:
        assert listener


def test_words_stand_in_its_environment_and_in_a_file_of_its_own(tiny_command: list[str], tmp_path: Path) -> None:
    """Each service has a copy of the file, which goes with it; braces around anything else stay."""
    file = tmp_path / "a:b.toml"
    file.write_text("aud = '{audience}'\nother = '{namespace}'\n")
    own = {"environment": "TINY_AUDIENCE='a {audience}'", "config": f"{file}:/etc/tiny.toml"}
    target = target_of(tiny_command, "{config_file}", "{public_key_file}", **own)
    try:
        services = [target.start(replace(CONFIG, public_key_pem="PEM")) for _ in range(2)]
        copies = [[Path(str(one)) for one in answer(service.base_url)["arguments"]] for service in services]  # type: ignore[attr-defined]
        assert [[copy.read_text() for copy in pair] for pair in copies] == [
            ["aud = 'tasker-api'\nother = '{namespace}'\n", "PEM"]
        ] * 2
        assert copies[0][0].name == "tiny.toml"
        assert copies[0][0] != copies[1][0]
        assert psutil.Process(services[0].pid).environ()["TINY_AUDIENCE"] == "a tasker-api"
    finally:
        target.close()
    assert not [copy.parent for pair in copies for copy in pair if copy.parent.exists()]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"config": "service.toml"}, "is not FILE:PATH, such as"),
        ({"config": "/nowhere/service.toml:a.toml"}, "config names the file /nowhere/service.toml, which"),
        ({"config": f"{TINY_SERVICE}:a.toml"}, r"\{config_file\}, where its copy stands, is nowhere in the command"),
        ({"environment": "A={isuer}"}, r"environment has an unknown placeholder \{isuer\}; did you mean 'issuer'"),
        ({"environment": "{issuer}"}, "is not NAME=VALUE"),
    ],
)
def test_a_file_or_an_environment_that_can_t_be_is_refused(
    tiny_command: list[str], options: dict[str, str], problem: str
) -> None:
    with pytest.raises(TargetError, match=problem):
        target_of(tiny_command, **options)


def test_a_setting_for_which_there_is_no_word_can_t_be_judged(tiny_command: list[str]) -> None:
    """The profile that is judged by says so, in words that name the missing one."""
    profile = load_profile(find_profile("reference"))
    told = as_run_by(target_of(tiny_command, "{refresh_seconds}", environment="CA={ca_file}"), profile)
    assert {"refresh", "tls"} & told.cannot_set.keys() == set()
    assert "has no {allowed_algorithms}" in told.cannot_set["allowed_algorithms"]
    assert "there is no word for it" in told.cannot_set["decryption_key"]
    assert "has no {api_keys_json} or {api_keys_toml}" in told.cannot_set["api_keys"]
    for word in SECRET_WORDS:
        keys = as_run_by(target_of(tiny_command, environment=f"KEYS={{{word}}}"), profile)
        assert "api_keys" not in keys.cannot_set
        assert "api-keys" in keys.capabilities


def test_the_provider_s_host_and_port_are_told_apart() -> None:
    """As proxies want them; without a provider that listens somewhere both are empty."""
    words = [config_words(1, replace(CONFIG, idp_address=address)) for address in ("127.0.0.1:9400", "[::1]:9400", "")]
    told = [(each["idp_host"], each["idp_port"]) for each in words]
    assert told == [("127.0.0.1", "9400"), ("::1", "9400"), ("", "")]


def test_keys_that_a_service_is_never_told_are_not_judged(tiny_command: list[str]) -> None:
    """What its profile promises of API keys is skipped, unless the profile says which keys it has by itself."""
    profile = load_profile(find_profile("reference"))
    untold = as_run_by(target_of(tiny_command), profile)
    assert "api-keys" not in untold.capabilities
    assert "has no {api_keys_json}" in untold.lacks["api-keys"]
    own = replace(profile, api_keys={"full": {"key": "k", "permissions": ["a:b"]}})
    assert "api-keys" in as_run_by(target_of(tiny_command), own).capabilities
    assert as_run_by(make_target("reference"), profile).cannot_set == {}


def test_only_a_service_that_runs_already_hides_its_log(tiny_command: list[str]) -> None:
    """What the harness has started it also hears."""
    profile = load_profile(find_profile("reference"))
    assert "sees no log" in as_run_by(make_target("url", {"base-url": "http://127.0.0.1:1"}), profile).log_hidden
    assert as_run_by(make_target("reference"), profile).log_hidden == ""
    assert as_run_by(target_of(tiny_command, "{issuer}"), profile).log_hidden == ""


REFERENCE = """
service = "orchestration"
jwt_issuer = "{issuer}"
jwt_audience = "{audience}"
jwks_url = "{jwks_url}"
jwks_url_allow_http = true
grpc_enabled = true
grpc_port = {grpc_port}
grpc_tls_cert_path = "{grpc_cert_file}"
grpc_tls_key_path = "{grpc_key_file}"
"""


def test_a_service_is_told_where_to_serve_grpc(tmp_path: Path) -> None:
    """The address is that of a server that answers there, over TLS with the certificate that it was given; without the
    word nobody knows it.
    """
    pytest.importorskip("grpc", reason="pip install 'idp-harness[grpc]'")
    file = tmp_path / "settings.toml"
    file.write_text(REFERENCE, encoding="utf-8")
    command = [sys.executable, "-P", "-m", "harness.reference", "--settings", "{config_file}", "--port", "{port}"]
    target = ProcessTarget(command, config=f"{file}:settings.toml")
    try:
        service = target.start(replace(CONFIG, jwks_url="http://127.0.0.1:1/jwks", grpc=True))
        assert target.why_no_grpc == ""
        assert service.grpc_address is not None
        assert service.grpc_address.tls
        assert "/tasker.v1.TaskService/ListTasks" in served_methods(service.grpc_address)
    finally:
        target.close()
    assert ProcessTarget([*command]).why_no_grpc == "its command line, environment or file has no {grpc_port}"


TWO_PORTS = """
import http.server, sys, threading
for port in sys.argv[1:]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever).start()
"""


def test_grpc_that_is_to_speak_tls_and_does_not_is_told_before_anything_is_judged() -> None:
    certificate = GrpcCertificate()
    command = [sys.executable, "-c", TWO_PORTS, "{port}", "{grpc_port}"]
    target = target_of(command, health_path="/", grpc_ca_file=certificate.files().ca)
    try:
        with pytest.raises(TargetError, match=r"gRPC: it speaks no TLS there: .* \(option grpc_ca_file\)"):
            target.start(replace(CONFIG, grpc=True))
    finally:
        target.close()
        certificate.close()
