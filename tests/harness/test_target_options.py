"""The services of Tasker's own end-to-end tests, which the environment names, are those that are judged."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_call import PROGRAM, SECONDS, environment

from harness.cell.environment import Options
from harness.cli.target_options import TargetOptions
from harness.idp import embedded
from harness.idp.client import IdpClient, IssuerClient
from harness.reference.server import ReferenceServer
from harness.reference.settings import ReferenceSettings

WORKER, ORCHESTRATION = "TASKER_TEST_WORKER_URL", "TASKER_TEST_ORCHESTRATION_URL"
PROFILES = {WORKER: "tasker-worker", ORCHESTRATION: "tasker-orchestration"}
# No deviation of the Tasker worker is recorded here.
SCENARIO = "signature/none"
# A wildcard that the real services don't know, as recorded; without it the entry would be stale.
REAL_DEVIATION = ("m-config-wildcard-unsupported",)


@pytest.fixture(scope="module")
def issuer() -> Iterator[IssuerClient]:
    """The issuer `default` of an identity provider of its own; it is Okta's, so that no default fits by chance."""
    server = embedded.start()
    client = IdpClient(server.url)
    permissions = {"permissions_claim": "permissions"}
    description = client.call("POST", "/_mock/issuers", {"id": "default", "style": "okta", **permissions})
    yield IssuerClient(client, description)
    client.close()
    server.close()


@pytest.fixture(scope="module")
def services(issuer: IssuerClient) -> Iterator[dict[str, str]]:
    """The reference service in both of its shapes, as the variables would name them."""
    servers = {
        variable: ReferenceServer(
            ReferenceSettings(
                service,
                issuer.issuer,
                issuer.audience,
                jwks_url=issuer.jwks_uri,
                jwks_url_allow_http=True,
                permissions_claim="permissions",
                config_endpoint_enabled=True,
            ),
            REAL_DEVIATION,
        )
        for variable, service in ((WORKER, "worker"), (ORCHESTRATION, "orchestration"))
    }
    for server in servers.values():
        server.start()
    yield {variable: server.base_url for variable, server in servers.items()}
    for server in servers.values():
        server.stop()


def idp_harness(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The program, with these variables and no others of Tasker's tests."""
    ours = {name: value for name, value in environment().items() if name not in (*PROFILES, "MOCK_IDP_URL")}
    return subprocess.run(
        [PROGRAM, *arguments], cwd=folder, env=ours | variables, capture_output=True, text=True, timeout=SECONDS
    )


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "report" / "results.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("variable", PROFILES)
def test_the_service_that_a_variable_names_is_judged(
    variable: str, services: dict[str, str], issuer: IssuerClient, tmp_path: Path
) -> None:
    """With the profile of its kind, by tokens of the issuer `default` in that issuer's style."""
    done = idp_harness(tmp_path, "run", SCENARIO, MOCK_IDP_URL=issuer.idp.url, **{variable: services[variable]})
    assert done.returncode == 0, done.stdout + done.stderr
    origin = f"Judging the service at {services[variable]}: that is {variable}."
    assert done.stdout.startswith(origin)
    cells = records(tmp_path)
    assert {(cell["target"], cell["style"], cell["verdict"]) for cell in cells} == {("url", "okta", "passed")}


def test_the_orchestration_passes_what_can_be_judged_of_a_running_service(
    services: dict[str, str], issuer: IssuerClient, tmp_path: Path
) -> None:
    """Its profile fits its routes: nothing fails, and nothing is inconclusive."""
    where = {ORCHESTRATION: services[ORCHESTRATION], "MOCK_IDP_URL": issuer.idp.url}
    done = idp_harness(tmp_path, "run", "baseline", "permissions", "precedence", "public", "config-endpoint", **where)
    assert done.returncode == 0, done.stdout
    findings = [cell["scenario"] for cell in records(tmp_path) if cell["verdict"] == "finding"]
    assert findings == ["permissions/wildcards/perm-config-wildcard"]
    assert {cell["verdict"] for cell in records(tmp_path)} <= {"passed", "skipped", "undeclared", "finding"}


def test_with_both_variables_the_worker_is_judged(
    services: dict[str, str], issuer: IssuerClient, tmp_path: Path
) -> None:
    """The output says how to judge the other one, and that works."""
    both = services | {"MOCK_IDP_URL": issuer.idp.url}
    first = idp_harness(tmp_path, "run", SCENARIO, **both)
    assert f"that is {WORKER}." in first.stdout
    assert f"{ORCHESTRATION} is set too: --profile tasker-orchestration judges that one." in first.stdout
    second = idp_harness(tmp_path, "run", SCENARIO, "--profile", "tasker-orchestration", **both)
    assert (second.returncode, f"that is {ORCHESTRATION}." in second.stdout) == (0, True)


def test_a_recorded_finding_of_the_worker_counts_at_an_address_too(
    services: dict[str, str], issuer: IssuerClient, tmp_path: Path
) -> None:
    """The reference keeps what the worker breaks: the entry is stale, so it was read."""
    where = {WORKER: services[WORKER], "MOCK_IDP_URL": issuer.idp.url}
    done = idp_harness(tmp_path, "run", "time/not-before/time-nbf-future", **where)
    assert done.returncode == 1
    assert {cell["verdict"] for cell in records(tmp_path)} == {"stale"}


def test_the_behaviour_card_is_that_of_the_service_too(
    services: dict[str, str], issuer: IssuerClient, tmp_path: Path
) -> None:
    """`measure` finds the service in the same way."""
    where = {ORCHESTRATION: services[ORCHESTRATION], "MOCK_IDP_URL": issuer.idp.url}
    done = idp_harness(tmp_path, "measure", "--only", "answer-no-permission", **where)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"that is {ORCHESTRATION}." in done.stdout
    assert "rows of Tasker orchestration 0.1.8, style okta" in done.stdout


def test_without_an_identity_provider_one_sentence_says_so(tmp_path: Path) -> None:
    """Nothing is run: a service whose issuer isn't there can't be judged."""
    nobody = "http://127.0.0.1:1"
    done = idp_harness(tmp_path, "run", SCENARIO, MOCK_IDP_URL=nobody, **{WORKER: "http://127.0.0.1:2"})
    assert done.returncode == 3
    assert f"no mock identity provider answers at {nobody}" in done.stderr
    assert not (tmp_path / "report").exists()


BOTH = {WORKER: "http://127.0.0.1:1", ORCHESTRATION: "http://127.0.0.1:2"}
OTHERS = {
    "another target": TargetOptions("reference", None),
    "a command": TargetOptions(None, None, (("command", "service {port}"),)),
    "an address": TargetOptions("url", None, (("base-url", "http://127.0.0.1:3"),)),
    "an address as an option of the target": TargetOptions("url", None, (("base_url", "http://127.0.0.1:3"),)),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_an_option_names_goes_before(what: str) -> None:
    """The variables then count for nothing, and nothing is asked of an identity provider."""
    assert OTHERS[what].or_from_environment(BOTH) is OTHERS[what]


@pytest.mark.parametrize("environ", [{}, {WORKER: ""}, {"TASKER_TEST_URL": "http://127.0.0.1:1"}])
def test_without_a_variable_nothing_changes(environ: dict[str, str]) -> None:
    """An empty one is none."""
    assert TargetOptions("url", None).or_from_environment(environ) == TargetOptions("url", None)


@pytest.mark.parametrize(
    ("target", "profile", "names"),
    [
        ("url", "tasker-worker", ("url", "tasker-worker")),
        ("process", f"here{os.sep}notes.toml", ("process", "notes")),
        ("url", None, ("url",)),
        ("reference", "tasker-worker", ("reference",)),
    ],
)
def test_the_findings_are_those_of_the_target_and_of_the_profile(
    target: str, profile: str | None, names: tuple[str, ...]
) -> None:
    """Of the profile where the target can be any service."""
    assert Options(target=target, profile=profile).expected_names() == names
