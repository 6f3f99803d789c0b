"""`idp-harness run --target url`: a service and an identity provider that run already and belong to somebody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness
from scenario_files import HEAD, profile_text, write_profile, write_scenario
from small_service import Answer, Behaviour, Call, SmallService, honest

from harness.idp.client import IdpClient, IssuerClient

POSITIVE = HEAD.replace('kills = ["m-no-exp-check"]', "positive_control = true")
SCENARIOS = {
    "missing": (POSITIVE + "preflight = true\n", 'request.anonymous = true\nexpect = "reject"\n'),
    "expired": (HEAD, 'token.times = { exp = -3600 }\nexpect = "reject"\n'),
    "attacker": (HEAD, 'token.key = "attacker"\ntoken.permissions = []\nexpect = "deny"\n'),
    "plain": (POSITIVE, 'expect = "accept"\nsteps = [{ do = "publish-key", name = "k2" }, { do = "send" }]\n'),
    "strict": (HEAD, 'config.strict_validation = true\nexpect = "accept"\n'),
}


@pytest.fixture
def issuer(idp_client: IdpClient) -> Iterator[IssuerClient]:
    issuer = idp_client.create_issuer("custom", audience="things-api")
    yield issuer
    issuer.delete()


def run(
    folder: Path, behaviour: Behaviour, issuer: IssuerClient, *arguments: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit status, and the record of each topic."""
    for topic, (head, body) in SCENARIOS.items():
        write_scenario(folder / "mine", body, topic=topic, head=head)
    profile = write_profile(folder, profile_text("jwks", "configure", "restart", more="[policy]\nleeway_seconds = 0\n"))
    with SmallService(behaviour) as service:
        done = idp_harness(
            *("run", "area/", "--scenarios", "mine", "--target", "url", "--base-url", service.url),
            *("--profile", profile, "--idp-url", issuer.idp.url, "--issuer", issuer.id, "--report-dir", "out"),
            *(arguments or ("--style", "custom")),
            folder=folder,
        )
    assert "Traceback" not in done.stderr
    records = [json.loads(line) for line in (folder / "out" / "results.jsonl").read_text().splitlines()]
    return done.returncode, {one["scenario"].split("/")[1]: one for one in records}


def verdicts(records: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {topic: one["verdict"] for topic, one in sorted(records.items())}


def test_an_honest_service_passes_again_and_again(tmp_path: Path, issuer: IssuerClient) -> None:
    """What it can't be configured for is skipped; the second run finds the issuer as the first one did."""
    before = [(key["kid"], key["state"]) for key in issuer.key_list() if key["state"] != "hidden"]
    for _ in range(2):
        status, records = run(tmp_path, honest, issuer)
        assert verdicts(records) == {**dict.fromkeys(SCENARIOS, "passed"), "strict": "skipped"}
        assert status == 0
    assert [(key["kid"], key["state"]) for key in issuer.key_list() if key["state"] != "hidden"] == before


def test_a_service_that_lets_everything_in_is_found_out(tmp_path: Path, issuer: IssuerClient) -> None:
    """The pre-flight scenario fails, and nothing else claims to have been proved."""
    status, records = run(tmp_path, lambda _: Answer(200), issuer)
    expected = {**dict.fromkeys(SCENARIOS, "inconclusive"), "missing": "failed", "strict": "skipped"}
    assert (status, verdicts(records)) == (1, expected)


def test_a_service_that_refuses_everything_is_found_out(tmp_path: Path, issuer: IssuerClient) -> None:
    def refuses(_: Call) -> Answer:
        return Answer(401)

    status, records = run(tmp_path, refuses, issuer)
    expected = {**dict.fromkeys(SCENARIOS, "inconclusive"), "missing": "passed", "plain": "failed", "strict": "skipped"}
    assert (status, verdicts(records)) == (1, expected)


def test_a_style_that_is_not_the_issuers_is_an_error(tmp_path: Path, issuer: IssuerClient) -> None:
    status, records = run(tmp_path, honest, issuer, "--style", "okta")
    assert status == 3
    assert "issues tokens in the style custom: run with --style custom" in records["plain"]["reason"]
