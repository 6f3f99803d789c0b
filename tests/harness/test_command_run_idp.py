"""`idp-harness run --idp-url`: an identity provider that is not there, or that does not let everybody in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_call import idp_harness
from scenario_files import HEAD, profile_text, write_profile, write_scenario
from small_service import SmallService, honest

from harness.idp.client import IdpClient, IssuerClient
from mock_idp.embed import EmbeddedIdp
from mock_idp.settings import ServerSettings

TOKEN = "open-sesame-41"


@pytest.fixture
def guarded() -> Iterator[IssuerClient]:
    """An issuer on a server whose control API asks for a token."""
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=0, control_token=TOKEN)) as idp:
        client = IdpClient(idp.url, TOKEN)
        yield client.create_issuer("custom", audience="things-api")
        client.close()


def run(folder: Path, url: str, *arguments: str) -> tuple[int, str]:
    """Exit status, and what stands on stderr."""
    write_scenario(folder / "mine", 'token.times = { exp = -3600 }\nexpect = "reject"\n', topic="expired", head=HEAD)
    profile = write_profile(folder, profile_text("jwks", more="[policy]\nleeway_seconds = 0\n"))
    with SmallService(honest) as service:
        done = idp_harness(
            *("run", "area/", "--scenarios", "mine", "--target", "url", "--base-url", service.url),
            *("--profile", profile, "--style", "custom", "--idp-url", url, "--report-dir", "out"),
            *arguments,
            folder=folder,
        )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def verdict_of(folder: Path) -> str:
    (line,) = (folder / "out" / "results.jsonl").read_text().splitlines()
    return str(json.loads(line)["verdict"])


def test_nobody_there(tmp_path: Path) -> None:
    """One sentence, status 3, and nothing was run."""
    with EmbeddedIdp(ServerSettings(port=0, key_pool_size=0)) as idp:
        url = idp.url
    status, said = run(tmp_path, url, "--issuer", "default")
    assert status == 3
    assert said.startswith(f"idp-harness: no mock identity provider answers at {url}: ")
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_somebody_else(tmp_path: Path) -> None:
    """A server that is no identity provider is called so."""
    with SmallService(honest) as other:
        status, said = run(tmp_path, other.url, "--issuer", "default")
    assert (status, len(said.splitlines())) == (3, 1)
    assert "no mock identity provider" in said or "control token" in said


def test_without_the_control_token(tmp_path: Path, guarded: IssuerClient) -> None:
    """The sentence says which option."""
    status, said = run(tmp_path, guarded.idp.url, "--issuer", guarded.id)
    assert (status, len(said.splitlines())) == (3, 1)
    assert "asks for its control token: say --control-token" in said


def test_with_a_wrong_control_token(tmp_path: Path, guarded: IssuerClient) -> None:
    """It is not shown."""
    status, said = run(tmp_path, guarded.idp.url, "--issuer", guarded.id, "--control-token", "wrong-one-41")
    assert status == 3
    assert "does not take this control token" in said
    assert "wrong-one-41" not in said


def test_an_issuer_that_is_not_there(tmp_path: Path, guarded: IssuerClient) -> None:
    """The sentence names those that are."""
    status, said = run(tmp_path, guarded.idp.url, "--issuer", "nobody", "--control-token", TOKEN)
    assert status == 3
    assert "has no issuer 'nobody'" in said
    assert guarded.id in said


def test_with_the_control_token(tmp_path: Path, guarded: IssuerClient) -> None:
    """The run goes on, and the token stands nowhere in its report."""
    status, _ = run(tmp_path, guarded.idp.url, "--issuer", guarded.id, "--control-token", TOKEN)
    assert (status, verdict_of(tmp_path)) == (0, "passed")
    assert not [file for file in (tmp_path / "out").rglob("*") if file.is_file() and TOKEN in file.read_text()]


def test_with_the_control_token_of_the_environment(
    tmp_path: Path, guarded: IssuerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which does not stand in the list of processes."""
    monkeypatch.setenv("MOCK_IDP_CONTROL_TOKEN", TOKEN)
    status, _ = run(tmp_path, guarded.idp.url, "--issuer", guarded.id)
    assert (status, verdict_of(tmp_path)) == (0, "passed")
