"""Wheel and sdist: what is in them, and that the wheel alone, in a new environment, does what the README shows."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_readme import FAILS_AS_IT_SAYS, commands

from harness.processes.guarded_process import GuardedProcess
from harness.processes.readiness import wait_until
from harness.processes.service_log import ServiceLog

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
# Nobody but who works on this project needs them.
FOR_TESTS_OF_THIS_PROJECT = {"clients", "dev"}
PACKAGES = ("mock_idp", "harness", "idp_harness")
SECONDS = 300
# All of them use one build and one installation.
pytestmark = pytest.mark.xdist_group("packaging")


@dataclass(frozen=True)
class Built:
    """The files that are published, and a wheel built from the sdist in place of the tree."""

    wheel: Path
    sdist: Path
    wheel_of_sdist: Path


def package_of(requirement: str) -> str:
    """The package that a requirement names."""
    return requirement.partition("[")[0].partition(">")[0].partition("=")[0].strip().lower()


def build(source: Path, into: Path, kind: str) -> Path:
    """Build one package without network. Returns its file."""
    command = [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", str(into), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=into.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = into.iterdir()
    return file


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("packages")
    sdist = build(ROOT, folder / "sdist", "sdist")
    # Python's own way to do it safely came with 3.11.4, and Debian 12 has 3.11.2.
    (folder / "unpacked").mkdir()
    subprocess.run(["tar", "-xzf", sdist, "-C", folder / "unpacked"], check=True)
    (unpacked,) = (folder / "unpacked").iterdir()
    return Built(build(ROOT, folder / "wheel", "wheel"), sdist, build(unpacked, folder / "again", "wheel"))


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel but for RECORD, which lists them."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def sources() -> set[str]:
    """What of the tree belongs into the wheel, by the name it has there."""
    places = {ROOT / package: package for package in PACKAGES} | {ROOT / "scenarios": "harness/_scenarios"}
    return {
        f"{name}/{file.relative_to(folder).as_posix()}"
        for folder, name in places.items()
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }


def test_the_wheel_holds_the_packages_and_the_scenarios(built: Built) -> None:
    """All of them and nothing else: no test, no cache, no file of the repository's top."""
    inside = {name for name in contents(built.wheel) if ".dist-info/" not in name}
    assert inside == sources()
    typed = ("mock_idp/py.typed", "harness/py.typed")
    for needed in (*typed, "mock_idp/oauth/templates/login.html", "mock_idp/words.json"):
        assert needed in inside
    for needed in ("harness/_scenarios/schema.json", "harness/_scenarios/profiles/tasker-worker.toml"):
        assert needed in inside


def test_the_wheel_carries_the_licence(built: Built) -> None:
    """Word for word."""
    (licence,) = [data for name, data in contents(built.wheel).items() if name.endswith("/licenses/LICENSE")]
    assert licence == (ROOT / "LICENSE").read_bytes()


def test_the_sdist_is_enough_to_build_the_wheel(built: Built) -> None:
    """What is built from it is the same, file by file."""
    assert contents(built.wheel_of_sdist) == contents(built.wheel)


def test_the_sdist_holds_sources_only(built: Built) -> None:
    """Tests and documentation too, but no wheels, reports or caches: it stays below two and a half megabytes."""
    with tarfile.open(built.sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert {"tests/test_packaging.py", "docs/scenarios.md", "CHANGELOG.md", "Makefile.toml"} <= set(names)
    assert [name for name in names if re.search(r"\.(pyc|whl|jsonl)$|__pycache__|\.venv", name)] == []
    assert built.sdist.stat().st_size < 2_500_000


@dataclass(frozen=True)
class Installation:
    """An environment in which nothing is installed but the wheel and what it needs."""

    folder: Path

    def run(self, line: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
        """A line of a shell, without one; its program is one of the environment's."""
        program, *arguments = shlex.split(line)
        return subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            cwd=cwd,
            env=self.environment() | environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def environment(self) -> dict[str, str]:
        """This process's variables without those that lead to the tree or to another server."""
        strange = re.compile(r"(PYTHON|PYTEST_|MOCK_IDP_|TASKER_)\w+|VIRTUAL_ENV")
        return {name: value for name, value in os.environ.items() if not strange.fullmatch(name)}


@pytest.fixture(scope="session")
def installation(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installation")
    # Debian's pip leaves its certificates in the temporary folder.
    variables = os.environ | {"TMPDIR": str(tmp_path_factory.mktemp("venv"))}
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, env=variables)
    made = Installation(folder)
    done = made.run(f"pip install -q --disable-pip-version-check {built.wheel}", folder)
    assert done.returncode == 0, done.stderr
    return made


def test_a_plain_installation_is_light(installation: Installation, tmp_path: Path) -> None:
    """What only an extra or a developer needs isn't in it, and it stays below 100 MB without pip."""
    listed = json.loads(installation.run("pip list --format json --disable-pip-version-check", tmp_path).stdout)
    names = {one["name"].lower() for one in listed} - {"pip", "setuptools"}
    optional = {package_of(line) for lines in EXTRAS.values() for line in lines}
    assert names & (optional - {"idp-harness"} - {package_of(line) for line in PROJECT["dependencies"]}) == set()
    (site,) = installation.folder.glob("lib/python*/site-packages")
    kept = [
        file
        for file in site.rglob("*")
        if file.is_file() and not re.match(r"pip|setuptools", file.relative_to(site).parts[0])
    ]
    megabytes = sum(file.stat().st_size for file in kept) / 1e6
    print(f"plain installation: {len(names)} packages, {megabytes:.0f} MB")
    assert megabytes < 100


def test_the_readme_works_without_the_source_tree(installation: Installation, tmp_path: Path) -> None:
    """Each `idp-harness` line, from another folder; without the real worker the reference service is judged."""
    for line in commands("idp-harness"):
        done = installation.run(line, tmp_path)
        assert done.returncode == (1 if FAILS_AS_IT_SAYS in line else 0), f"{line}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "report" / "junit.xml").is_file()


@pytest.fixture
def served(installation: Installation, tmp_path: Path) -> Iterator[str]:
    """The README's `mock-idp serve`, on a free port; its URL."""
    (line,) = [line for line in commands("mock-idp") if " serve " in line]
    program, *arguments = shlex.split(line.replace("--port 9400", "--port 0"))
    ready = tmp_path / "ready.json"
    command = [str(installation.folder / "bin" / program), *arguments, "--ready-file", str(ready)]
    log = ServiceLog("packaging")
    process = GuardedProcess(command, environment=installation.environment(), log=log)
    try:
        missing = wait_until(lambda: None if ready.exists() else "it is not ready", process.wait, 30)
        assert missing is None, log.tail()
        yield json.loads(ready.read_text())["url"]
    finally:
        process.stop()
        log.close()


def test_the_local_identity_provider_works(served: str, installation: Installation, tmp_path: Path) -> None:
    """Each `mock-idp` line of the README, against the server that the first one started."""
    for line in (line for line in commands("mock-idp") if " serve " not in line):
        done = installation.run(line, tmp_path, MOCK_IDP_URL=served)
        assert (done.returncode, bool(done.stdout.strip())) == (0, True), f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        ("idp-harness run --target tasker-worker baseline", "tasker"),
        ("idp-harness run --target container baseline", "docker"),
        ("idp-harness doctor --grpc 127.0.0.1:1", "grpc"),
    ],
)
def test_a_missing_extra_is_named(line: str, extra: str, installation: Installation, tmp_path: Path) -> None:
    """With the command that installs it, and exit status 3."""
    done = installation.run(line, tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"pip install 'idp-harness[{extra}]'" in done.stderr


def test_doctor_names_the_extras(installation: Installation, tmp_path: Path) -> None:
    """Those that are missing are in nobody's way: the exit status is 0."""
    done = installation.run("idp-harness doctor", tmp_path)
    assert done.returncode == 0
    for extra in set(EXTRAS) - FOR_TESTS_OF_THIS_PROJECT:
        assert f"pip install 'idp-harness[{extra}]'" in done.stdout


USER_FILE = """\
from collections.abc import Iterator

import pytest

from harness.idp.mock_issuer import MockIssuer
from mock_idp.embed import EmbeddedIdp


@pytest.fixture
def url() -> Iterator[str]:
    with EmbeddedIdp() as idp:
        yield idp.url


def test_a_token_is_text(issuer: MockIssuer, url: str) -> None:
    token: str = issuer.token(["tasks:list"])
    assert token and issuer.broken_token("alg-none") and url
"""


def type_check(text: str, installation: Installation, folder: Path) -> subprocess.CompletedProcess[str]:
    """What mypy says of a user's file, who has the wheel and not the tree."""
    (folder / "test_users.py").write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache")]
    command += ["--python-executable", str(installation.folder / "bin" / "python"), "test_users.py"]
    return subprocess.run(
        command, cwd=folder, env=installation.environment(), capture_output=True, text=True, timeout=SECONDS
    )


def test_users_get_types(installation: Installation, tmp_path: Path) -> None:
    """`mypy --strict` knows both packages, and what is wrong with a call, for which it reads only the call anew."""
    good = type_check(USER_FILE, installation, tmp_path)
    assert good.returncode == 0, good.stdout
    bad = type_check(USER_FILE.replace("token: str", "token: int"), installation, tmp_path)
    assert (bad.returncode, "[assignment]" in bad.stdout) == (1, True)


def test_the_users_file_runs_too(installation: Installation, tmp_path: Path) -> None:
    """The plugin is found by its entry point."""
    (tmp_path / "test_users.py").write_text(USER_FILE)
    done = installation.run("pytest -q -p no:cacheprovider test_users.py", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
