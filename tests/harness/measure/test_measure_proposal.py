"""What was seen becomes lines for a profile, which the harness takes as it stands."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness

from harness.base.bundled import bundled_directory
from harness.declared.profile import load_profile
from harness.declared.quantities import QUANTITIES
from harness.grammar.policies import known_knobs
from harness.measure.finding import AT_LEAST, Finding, unmeasured
from harness.measure.proposal import propose_profile, proposed_lines
from harness.measure.reading import Reading, make_reading

AMONG = "token-without-kid-several-keys"


def reading(name: str, value: Any, bound: str = "") -> Reading:
    finding = unmeasured("not today") if value is None else Finding(value, bound)
    return make_reading(QUANTITIES[name], finding, None, None, lambda _: 0.0)


def proposed(name: str, value: Any, bound: str = "") -> dict[str, Any]:
    knobs = {*known_knobs(), "nbf_checked", "nbf_leeway_seconds", "iat_in_future_refused"}
    return tomllib.loads(propose_profile([reading(name, value, bound)], knobs))


@pytest.mark.parametrize(
    ("name", "value", "bound", "lines"),
    [
        ("fetches-unknown-kid", 0, "", {"policy": {"unknown_kid_refetches": False}}),
        ("fetches-unknown-kid", 1, "", {"policy": {"unknown_kid_refetches": True}}),
        ("revocation-lag-timer", "no refresh by the timer was seen", "", {"policy": {"timed_refresh": False}}),
        ("revocation-lag-timer", 2.0, "", {"policy": {"timed_refresh": True}}),
        ("stale-window", 0.1, "", {"policy": {"stale_keys_during_outage": False}}),
        ("stale-window", 4.2, "", {"policy": {"stale_keys_during_outage": True, "stale_keys_dropped": True}}),
        ("stale-window", 7.0, AT_LEAST, {"policy": {"stale_keys_during_outage": True, "stale_keys_dropped": False}}),
        ("bad-refresh-empty", "kept", "", {"policy": {"empty_set": "failed-refresh"}}),
        ("exp-leeway", 59, "", {"policy": {"leeway_seconds": 60}}),
        ("exp-leeway", 0, "", {"policy": {"leeway_seconds": 0}}),
        ("exp-leeway", 7, "", {"policy": {"leeway_seconds": 7}}),
        ("exp-leeway", "not checked", "", {"policy": {}}),
        ("nbf-leeway", "not checked", "", {"policy": {"nbf_checked": False}}),
        ("nbf-leeway", 300, "", {"policy": {"nbf_checked": True, "nbf_leeway_seconds": 300}}),
        ("iat-leeway", "not checked", "", {"policy": {"iat_in_future_refused": False}}),
        ("token-without-kid", "refused", "", {"policy": {"kid_required": True}}),
        (AMONG, "refused", "", {"policy": {"kid_required_among_several_keys": True}}),
        (AMONG, "accepted", "", {"policy": {"kid_required_among_several_keys": False}}),
        (AMONG, "accepted when one of the keys has signed it", "", {"policy": {}}),
        ("credential-precedence", "the API key", "", {"policy": {"credential_precedence": "api-key"}}),
        ("cool-down", 0.52, "", {"timing": {"unknown_kid_cooldown_seconds": 0.52}}),
        ("cool-down", 5.0, AT_LEAST, {"timing": {}}),
        ("cool-down", None, "", {"timing": {}}),
        ("answer-no-credentials", {"status": 403}, "", {"refusal": {"without_credentials": [403]}}),
        ("answer-no-permission", {"status": None}, "", {"refusal": {}}),
    ],
)
def test_a_row_becomes_lines(name: str, value: Any, bound: str, lines: dict[str, Any]) -> None:
    """Only what was measured, and not what is merely a bound."""
    assert {table: said for table, said in proposed(name, value, bound).items() if said or table in lines} == lines


def test_a_refusal_among_several_keys_tells_nothing_of_one() -> None:
    """Some styles publish several keys from the start."""
    for value, lines in (("refused", {}), ("accepted", {"kid_required": False})):
        found = Finding(value, counts={"published_keys": 2})
        row = make_reading(QUANTITIES["token-without-kid"], found, None, None, lambda _: 0.0)
        assert proposed_lines(row, known_knobs()).get("policy", {}) == lines


def test_required_claims_are_told_one_by_one() -> None:
    policy = proposed("required-claims", ["iss", "aud", "jti"])["policy"]
    assert policy == {"exp_required": False, "iss_required": True, "audience_required": True, "sub_required": False}


def test_a_knob_that_is_not_there_is_left_out() -> None:
    assert tomllib.loads(propose_profile([reading("fetches-unknown-kid", 1)], []))["policy"] == {}


def test_what_is_proposed_for_the_reference_is_what_it_declares(tmp_path: Path) -> None:
    """A profile with these lines in place of its own loads, and says the same."""
    rows = ("exp-leeway", "required-claims", "fetches-unknown-kid", "answer-bad-token")
    only = [word for row in rows for word in ("--only", row)]
    done = idp_harness(
        "measure", "--target", "reference", *only, "-n", "1", "--propose-profile", "seen.toml", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    seen = tomllib.loads((tmp_path / "seen.toml").read_text(encoding="utf-8"))
    declared = load_profile(bundled_directory() / "profiles" / "reference.toml")
    assert {**declared.policy, **seen["policy"]} == {**declared.policy, "iss_required": True, "exp_required": True}
    assert seen["refusal"] == {"bad_token": [401]}


def test_a_file_that_was_not_proposed_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[policy]\n", encoding="utf-8")
    done = idp_harness(
        "measure", "--target", "reference", "--only", "exp-leeway", "--propose-profile", "mine.toml", folder=tmp_path
    )
    assert done.returncode == 2
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "[policy]\n"
