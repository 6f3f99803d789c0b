"""What docs/other-languages.md shows works: its snippets in their own languages, and the workflow to be called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from doc_pages import PAGES

from harness.idp import embedded
from harness.idp.client import IdpClient
from harness.processes.ports import free_port
from harness.reference.server import ReferenceServer
from harness.reference.settings import ReferenceSettings

PAGE = PAGES["other-languages.md"]
WORKFLOW_FILE = Path(__file__).parent.parent / ".github" / "workflows" / "jwks-e2e.yml"
# YAML 1.1 reads the word `on` as a boolean.
WORKFLOW: dict[Any, Any] = yaml.safe_load(WORKFLOW_FILE.read_text(encoding="utf-8"))
INPUTS: dict[str, dict[str, str]] = WORKFLOW[True]["workflow_call"]["inputs"]
JOB: dict[str, Any] = WORKFLOW["jobs"]["jwks-e2e"]
STEPS: dict[str, dict[str, Any]] = {step.get("name", step.get("uses")): step for step in JOB["steps"]}
SECONDS = 240


@pytest.fixture
def places() -> Iterator[dict[str, str]]:
    """An identity provider with the issuer `default`, and a service that trusts it: the reference as a worker."""
    idp = embedded.start()
    client = IdpClient(idp.url)
    about = client.call("POST", "/_mock/issuers", {"id": "default", "style": "custom", "audience": "tasker-api"})
    settings = ReferenceSettings(
        "worker", about["issuer"], "tasker-api", jwks_url=about["jwks_uri"], jwks_url_allow_http=True
    )
    service = ReferenceServer(settings)
    service.start()
    yield {"MOCK_IDP_URL": idp.url, "SERVICE_URL": service.base_url}
    service.stop()
    client.close()
    idp.close()


def snippet(kind: str, folder: Path) -> list[str]:
    """Write the page's block in a language as the file that its first line names; the command that runs it."""
    (block,) = [block for block in PAGE.blocks if block.kind == kind]
    found = re.fullmatch(r"// (\S+): (.+)", block.lines[0])
    assert found
    (folder / found[1]).write_text(block.text, encoding="utf-8")
    return found[2].split()


@pytest.mark.parametrize("kind", ["go", "js"])
def test_a_snippet_passes_against_a_good_service(kind: str, places: dict[str, str], tmp_path: Path) -> None:
    """As its users would run it."""
    done = run_snippet(kind, tmp_path, places)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["go", "js"])
def test_a_snippet_fails_against_a_service_that_lets_nobody_in(
    kind: str, places: dict[str, str], tmp_path: Path
) -> None:
    """Its assertions are some: here the provider stands where the service should."""
    done = run_snippet(kind, tmp_path, places | {"SERVICE_URL": places["MOCK_IDP_URL"]})
    assert done.returncode != 0
    assert "404" in done.stdout


def run_snippet(kind: str, folder: Path, places: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = snippet(kind, folder)
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    # The compiler of Go keeps a cache at home; no module is fetched.
    variables = os.environ | places | {"GOFLAGS": "-mod=mod", "GOPROXY": "off"}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=SECONDS)


def test_an_input_has_a_type_and_a_default() -> None:
    """So that a caller may leave out each of them."""
    assert {name for name, about in INPUTS.items() if about["type"] != "string" or "default" not in about} == set()


def test_the_inputs_that_are_read_are_those_that_are_declared() -> None:
    """A misspelt one would be empty, without a word."""
    read = re.findall(r"inputs\.([\w-]+)", WORKFLOW_FILE.read_text(encoding="utf-8"))
    assert set(read) == set(INPUTS)


def test_the_inputs_are_those_of_the_page() -> None:
    """No more, no less, with their defaults."""
    table = PAGE.table("In GitHub Actions", "input")
    assert sorted(word for row in table for word in row.words(0)) == sorted(INPUTS)
    shown = {word for row in table for word in row.words(1)}
    assert {about["default"] for about in INPUTS.values()} - {""} - shown == set()


def test_the_pages_caller_uses_inputs_that_exist() -> None:
    """And the file that is there."""
    (block,) = [block for block in PAGE.blocks if block.kind == "yaml"]
    call = yaml.safe_load(block.text)["jobs"]["jwks-e2e"]
    assert set(call["with"]) <= set(INPUTS)
    assert call["uses"].partition("@")[0].endswith(str(WORKFLOW_FILE.relative_to(WORKFLOW_FILE.parents[2])))


def test_no_input_becomes_part_of_a_script() -> None:
    """Values reach scripts as variables: nothing that a caller passes is run by accident."""
    assert [name for name, step in STEPS.items() if "${{" in step.get("run", "")] == []
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_the_report_is_published_whatever_happens() -> None:
    """Also when the verdict is bad, and the identity provider ends."""
    upload = STEPS["actions/upload-artifact@v4"]
    assert (upload["if"], upload["with"]["path"]) == ("always()", "report/")
    assert "--report-dir report" in STEPS["Judge"]["run"]
    assert STEPS["Stop the identity provider"]["if"] == "always()"


def test_actionlint_finds_nothing() -> None:
    """Where it is installed."""
    if shutil.which("actionlint") is None:
        pytest.skip("actionlint is not installed: go install github.com/rhysd/actionlint/cmd/actionlint@latest")
    done = subprocess.run(["actionlint", str(WORKFLOW_FILE)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


SERVICE = """\
cat > settings.toml <<'END'
service = "worker"
jwt_issuer = "http://idp.tasker.test:{idp}"
jwt_audience = "tasker-api"
jwks_url = "http://127.0.0.1:{idp}/.well-known/jwks.json"
jwks_url_allow_http = true
END
nohup {python} -P -m harness.reference --settings settings.toml --port {port} > service.log 2>&1 &
echo $! > service.pid
curl -fsS -o /dev/null --retry 60 --retry-connrefused --retry-delay 1 http://127.0.0.1:{port}/health
"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="the service is waited for with curl")
def test_the_steps_of_the_workflow_judge_a_service(tmp_path: Path) -> None:
    """All that need neither GitHub nor root: the provider starts, the service starts, the verdict is there."""
    idp, port = free_port(), free_port()
    given = {
        "worker-url": f"http://127.0.0.1:{port}",
        "style": "custom",
        "idp-port": str(idp),
        "scenarios": "signature/none baseline/plain-tokens",
        "start": SERVICE.format(idp=idp, port=port, python=sys.executable),
    }
    try:
        for name in ("Start the identity provider", "Start the service", "Judge"):
            done = run_step(name, given, tmp_path)
            assert done.returncode == 0, f"{name}\n{done.stdout}\n{done.stderr}"
        assert "that is TASKER_TEST_WORKER_URL" in done.stdout
        assert (tmp_path / "report" / "junit.xml").is_file()
    finally:
        stopped = run_step("Stop the identity provider", given, tmp_path)
        if (tmp_path / "service.pid").exists():
            os.kill(int((tmp_path / "service.pid").read_text()), 15)
    assert "Stopped the mock-idp" in stopped.stdout


def run_step(name: str, given: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a step's script as GitHub does: the inputs filled in where variables are set, and nowhere else."""

    def filled(text: str) -> str:
        return re.sub(
            r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given.get(found[1], INPUTS[found[1]]["default"]), text
        )

    step = STEPS[name]
    variables = {key: filled(text) for key, text in {**JOB["env"], **step.get("env", {})}.items()}
    clean = {key: text for key, text in os.environ.items() if not re.match("MOCK_IDP_|TASKER_|PYTEST_", key)}
    path = os.pathsep.join([str(Path(sys.executable).parent), clean["PATH"]])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=clean | variables | {"PATH": path, "RUNNER_TEMP": str(folder)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
