"""Services that verify with one configured key, fetch over TLS alone, or look into the metadata, judged as they are."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness
from scenario_files import load_scenario, profile_text, write_profile

from harness.base.errors import ScenarioFileError
from harness.declared.profile import load_profile
from harness.scenario.plan import plan

SERVICE = Path(__file__).parent / "pyjwt_service.py"
TLS, DISCOVERY = "[usual]\ntls = true\n", "[usual]\ndiscovery = true\n"
ROUTES = """
[routes.read]
method = "GET"
path = "/things"
permission = "things.list"
"""
POLICY = """
[permissions]
form = "array"
[refusal]
without_credentials = [401]
bad_token = [401]
no_permission = [403]
[timing]
refresh_seconds = 2
[policy]
leeway_seconds = 60
nbf_checked = true
audience_required = true
iss_required = true
exp_required = true
kid_required = true
unknown_kid_refetches = true
"""
OPTIONS = "--port {port} --issuer {issuer} --audience {audience}"


def judged(folder: Path, capabilities: tuple[str, ...], usual: str, words: str, *areas: str) -> list[dict[str, Any]]:
    """The records of the service, told `words`."""
    profile = write_profile(
        folder, profile_text("configure", "restart", *capabilities, routes=ROUTES, more=POLICY + usual)
    )
    command = f"{shlex.quote(sys.executable)} {shlex.quote(str(SERVICE))} {OPTIONS} {words}"
    done = idp_harness(
        *("run", *areas, "--target", "process", "--command", command, "--target-option", "health_path=/health"),
        *("-n", "0", "--style", "custom", "--profile", profile, "--report-dir", "out"),
        folder=folder,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [json.loads(line) for line in (folder / "out" / "results.jsonl").read_text().splitlines()]


def short(records: list[dict[str, Any]], *verdicts: str) -> list[str]:
    """The cells with these verdicts, and what is said of each."""
    return [
        f"{one['verdict']} {one['id']}: {one.get('actual') or one.get('reason')}"
        for one in records
        if one["verdict"] in verdicts
    ]


def test_a_verifier_with_one_configured_key_is_judged(tmp_path: Path) -> None:
    """By all that doesn't depend on a key set; the rest says why it is left out."""
    areas = (
        "baseline",
        "signature/algorithm",
        "signature/wrong-key",
        "identity/audience",
        "time/expiry",
        "kid/selection",
    )
    records = judged(tmp_path, ("static-key",), "", "--public-key-file {public_key_file}", *areas)
    assert short(records, "failed", "inconclusive", "error") == []
    assert Counter(one["verdict"] for one in records)["passed"] >= 35
    assert {one["reason"] for one in records if "jwks" in (one.get("reason") or "")} == {
        "the target lacks jwks: no jwks here"
    }


def test_a_configured_key_that_the_service_is_not_told_of_is_no_verdict(tmp_path: Path) -> None:
    done = idp_harness(
        *("run", "baseline/plain-tokens", "--target", "process", "--command", "service --port {port}"),
        *("--profile", write_profile(tmp_path, profile_text("static-key", "configure", "restart", routes=ROUTES))),
        folder=tmp_path,
    )
    assert done.returncode == 3
    assert "nothing tells the service verification: its command line, environment or file has no {public_key}" in (
        " ".join(done.stdout.split())
    )


def test_a_service_that_fetches_over_tls_alone_is_judged(tmp_path: Path) -> None:
    """Every issuer of its run is behind TLS, and the service is told whom to trust."""
    words = "--jwks-url {jwks_url} --ca-file {ca_file}"
    areas = ("baseline/plain-tokens", "rotation/pick-up", "jwks-http/tls", "signature/wrong-key")
    records = judged(tmp_path, ("jwks", "tls"), TLS, words, *areas)
    assert short(records, "failed", "inconclusive", "error") == []
    assert Counter(one["verdict"] for one in records)["passed"] >= 12


@pytest.mark.parametrize(
    ("capabilities", "usual", "said"),
    [
        (("jwks",), TLS, "usual.tls needs 'tls' among the capabilities"),
        (("jwks",), DISCOVERY, "usual.discovery needs 'discovery' among the capabilities"),
        (("jwks",), '[usual]\nverification = "public_key"', "needs 'static-key' among the capabilities"),
        (("jwks",), '[usual]\nverification = "pem"', 'must be "jwks" or "public_key"'),
        (("jwks",), "[usual]\nTLS = true", "TLS"),
        (
            ("static-key", "tls"),
            '[usual]\nverification = "public_key"\ntls = true',
            "a service that verifies with one configured key fetches none",
        ),
    ],
)
def test_what_can_not_be_usual_is_refused(tmp_path: Path, capabilities: tuple[str, ...], usual: str, said: str) -> None:
    file = write_profile(tmp_path, profile_text(*capabilities, routes=ROUTES, more=usual))
    with pytest.raises(ScenarioFileError, match=said):
        load_profile(file)


def test_who_can_not_fetch_is_told_its_key(tmp_path: Path) -> None:
    profile = load_profile(write_profile(tmp_path, profile_text("static-key", routes=ROUTES)))
    assert profile.usual == {"verification": "public_key"}


KEY = '[usual]\nverification = "public_key"\n'
EXPIRED = 'token.times = { exp = -3600 }\nexpect = "reject"\n'
ROTATED = EXPIRED + 'steps = [{ do = "publish-key", name = "second" }, { do = "send" }]\n'
FETCHED = EXPIRED + "fetches = { at_most = 1 }\n"
URL = EXPIRED + 'config.jwks_url = "http://127.0.0.1:9/jwks.json"\n'
PEM = EXPIRED + 'config.verification = "public_key"\n'


@pytest.mark.parametrize(
    ("usual", "body", "reason"),
    [
        (KEY, EXPIRED, ""),
        (KEY, PEM, ""),
        (KEY, ROTATED, "the target lacks jwks: no jwks here"),
        (KEY, FETCHED, "the target lacks jwks: no jwks here"),
        (KEY, URL, "the target lacks jwks: no jwks here"),
        (TLS, EXPIRED, ""),
        (TLS, ROTATED, ""),
        (TLS, PEM, ""),
        (DISCOVERY, EXPIRED, ""),
        (DISCOVERY, ROTATED, ""),
        (DISCOVERY, URL, "it says where the keys are, and services of the profile thing look into the metadata"),
    ],
)
def test_a_case_is_for_who_gets_its_keys_so(tmp_path: Path, usual: str, body: str, reason: str) -> None:
    keys = () if usual == KEY else ("jwks",)
    capabilities = (*keys, "static-key", "configure", "restart", "tls", "discovery")
    profile = load_profile(write_profile(tmp_path, profile_text(*capabilities, routes=ROUTES, more=usual)))
    [cell] = plan([load_scenario(tmp_path, body)], profile, "thing", ("okta",))
    assert cell.reason == reason
