"""A portrait becomes a profile that loads, in which nothing doubtful is declared."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cell.environment import Options
from harness.declared.expected import ExpectedFinding, load_expected
from harness.declared.permissions import Permissions
from harness.declared.profile import load_profile
from harness.declared.quantities import QUANTITIES
from harness.grammar.model import Route
from harness.grammar.policies import known_knobs
from harness.grammar.vocabulary import CAPABILITIES
from harness.measure.finding import AT_LEAST, Finding
from harness.measure.reading import Reading, make_reading
from harness.scenario.chosen import load_chosen
from harness.survey.fetch_limit import FetchLimit, comparable_lines, instead_of, lines_of_limit
from harness.survey.portrait import FoundRoute, Misdeed, Portrait, Seen
from harness.survey.rows import key_set_is_quick, lines_of
from harness.survey.writing import findings_text, is_only_proposed, misdeed_lines, profile_text, style_in

KNOBS = known_knobs()
READ = FoundRoute(Route("read", "GET", "/notes", "notes:list"), "401 without a token\nand 200 with one")


def portrait(**more: Any) -> Portrait:
    lacks = {name: 'why "not"' for name in CAPABILITIES if name != "jwks"}
    said: dict[str, Any] = {"capabilities": {"jwks": "it fetched them"}, "lacks": lacks, "routes": {"read": READ}}
    return Portrait("Notes $1", "custom", "notes-api", "the issuer's", **{**said, **more})


def reading(name: str, value: Any, bound: str = "") -> Reading:
    return make_reading(QUANTITIES[name], Finding(value, bound), None, None, lambda _: 0.0)


def test_the_profile_loads(tmp_path: Path) -> None:
    """With all capabilities, its routes and its lines, whatever stands in the evidence."""
    text = profile_text(
        portrait(
            place=Permissions("realm_access.roles", "array"),
            place_evidence="it opened \x1b[31mit",
            seen=(Seen("policy", "leeway_seconds", 60, "59 s ± 1"), Seen("refusal", "bad_token", [401], "401")),
            unknown={"kid_required": "Nobody asked.", "duplicate_kid": "Nobody asked.", "jwks_bytes_at_most": "No."},
            permissions=("notes:list",),
            public=(Route("/health", "GET", "/health"), Route("/ready", "GET", "/ready", success=(204,))),
        ),
        KNOBS,
    )
    profile = load_profile(tmp_path / "notes.toml", text=text)
    assert (profile.title, profile.audience) == ("Notes $1", "notes-api")
    assert profile.capabilities == {"jwks"}
    assert profile.lacks.keys() == CAPABILITIES.keys() - {"jwks"}
    assert profile.routes["read"].permission == "notes:list"
    assert profile.permissions_place.claim == "realm_access.roles"
    assert dict(profile.policy) == {"leeway_seconds": 60, "nbf_leeway_seconds": 60, "permissions_form": "array"}
    assert profile.refusal.bad_token == (401,)
    assert [(one.path, one.success) for one in profile.public] == [("/health", (200,)), ("/ready", (204,))]
    assert all(line.isprintable() for line in text.splitlines())


def test_what_is_doubtful_or_unknown_is_no_line(tmp_path: Path) -> None:
    """It stands there all the same, as a comment that becomes a line."""
    seen = (Seen("policy", "exp_required", False, "iss, aud", "Is that meant?"),)
    text = profile_text(portrait(seen=seen, unknown={"kid_required": "Nobody asked."}), KNOBS)
    assert "policy" not in tomllib.loads(text) or not tomllib.loads(text)["policy"]
    assert "# doubtful: iss, aud. Is that meant?\n# exp_required = false\n" in text
    assert "# kid_required = true or false\n" in text
    assert "# of no account" not in text
    moot = profile_text(portrait(moot=("timed_refresh", "empty_set")), KNOBS)
    assert "\n#   timed_refresh, empty_set\n" in moot
    meant = load_profile(tmp_path / "x.toml", text=text.replace("# exp_required", "exp_required"))
    assert meant.policy["exp_required"] is False


def test_a_finding_stands_in_the_head_and_nowhere_else() -> None:
    misdeed = Misdeed("signature/none/sig-alg-none", "No none", "RFC 8725 §3.2", "critical", ("a", "b"), "200 OK")
    text = profile_text(portrait(misdeeds=(misdeed,)), KNOBS)
    assert "#   critical signature/none/sig-alg-none: No none (2 cells)\n#     RFC 8725 §3.2; got 200 OK\n" in text
    assert tomllib.loads(text).keys() == tomllib.loads(profile_text(portrait(), KNOBS)).keys()


def test_the_style_is_read_again() -> None:
    assert style_in(profile_text(portrait(), KNOBS)) == "custom"
    assert style_in("# with tokens of the style okta.") == "okta"
    assert style_in("# with tokens of the style ..\x00.") == "custom"


@pytest.mark.parametrize(
    ("name", "value", "doubtful"),
    [
        ("exp-leeway", 60, []),
        ("exp-leeway", 3600, ["leeway_seconds"]),
        ("required-claims", ["iss", "aud", "sub"], ["exp_required"]),
        ("required-claims", ["iss", "aud", "exp"], []),
        ("nbf-leeway", "not checked", ["nbf_checked"]),
        ("answer-bad-token", {"status": 401}, []),
        ("answer-bad-token", {"status": 403}, ["bad_token"]),
        ("answer-no-permission", {"status": 403}, []),
        ("accepted-typ", ["JWT"], []),
    ],
)
def test_what_lets_more_in_than_it_has_to_is_doubtful(name: str, value: Any, doubtful: list[str]) -> None:
    """Or says no in another way than RFC 6750 has it; a choice that harms nobody is not."""
    assert [one.name for one in lines_of([reading(name, value)], KNOBS) if one.doubt] == doubtful


def test_key_sets_are_quick_where_nothing_rests() -> None:
    none, one = reading("fetches-unknown-kid", 0), reading("fetches-unknown-kid", 1)
    assert key_set_is_quick([one, reading("cool-down", 0.0)])
    assert not key_set_is_quick([one, reading("cool-down", 5.0, AT_LEAST)])
    assert not key_set_is_quick([none])
    assert lines_of([reading("cool-down", 0.0)], KNOBS) == []


def test_a_ration_of_fetches_is_a_rest_to_declare() -> None:
    """Where nobody saw its end, a person has to say how long it is, as a service that fetches once never did before."""
    rested = lines_of_limit(FetchLimit(5, 11.9))
    assert [(one.name, one.value) for one in rested] == [
        ("unknown_kid_refetches", True),
        ("unknown_kid_cooldown_seconds", 12.0),
    ]
    assert (
        rested[0].evidence
        == "5 unknown kids in a row caused a fetch each, then none did until 12 s after the last fetch"
    )
    assert comparable_lines(FetchLimit(5, 11.9)) == rested[:1]
    assert len(comparable_lines(FetchLimit(1, 30.0))) == 2
    endless = lines_of_limit(FetchLimit(1, None, 62.0))
    assert [(one.value, bool(one.doubt)) for one in endless] == [(True, True)]
    assert [(one.value, one.doubt) for one in lines_of_limit(FetchLimit(0, None, 35.0))] == [(False, "")]
    assert lines_of_limit(FetchLimit(30, 0.0)) == []
    none = lines_of([reading("fetches-unknown-kid", 0)], KNOBS)
    assert instead_of(none, rested) == tuple(rested)


def test_a_service_that_fell_over_is_told_from_one_that_let_somebody_in() -> None:
    """The requirement is broken in both, and only one of them is a way in."""
    error = "500 Internal Server Error"
    misdeed = Misdeed("signature/hmac/sig-a", "No HMAC", "RFC 8725 §3.5", "critical", ("a",), error)
    assert "An error of the service: nobody is let in" in misdeed_lines(misdeed)[1]
    assert "nobody is let in" not in misdeed_lines(replace(misdeed, actual="200 OK"))[1]


MISDEEDS = (
    Misdeed("time/expiry/time-exp-past", "An expired token", "RFC 7519 §4.1.4: it must not", "critical", ("a",), "200"),
    Misdeed(
        *("signature/none/sig-alg-none", "No\n[[finding]]", "RFC 8725 §3.2: \u202e not", "catastrophic"),
        *(("b", "c"), "200 OK", ("no-third-part",)),
    ),
)


def test_findings_are_proposed_and_none_counts(tmp_path: Path) -> None:
    """Until somebody takes the signs away and writes the reason; such a file is never one of init's again."""
    text = findings_text(portrait(misdeeds=MISDEEDS))
    assert tomllib.loads(text) == {}
    assert all(line.isprintable() for line in text.splitlines())
    assert is_only_proposed(text.encode())
    head, *entries = text.split("\n\n")
    assert len(entries) == len(MISDEEDS)
    decided = [re.sub(r"^# (?=\[\[|\w+ = )", "", one, flags=re.MULTILINE) for one in entries]
    decided = [one.replace('reason = ""', 'reason = "known"') for one in decided]
    file = tmp_path / "expected" / "notes.toml"
    file.parent.mkdir()
    file.write_text("\n\n".join([head, *decided]), encoding="utf-8")
    assert not is_only_proposed(file.read_bytes())
    scenarios = load_chosen([], ["time-exp-past", "sig-alg-none"])
    found = load_expected("notes", scenarios, Options(profile=str(tmp_path / "notes.toml")).expected_folders())
    assert [(one.scenario, one.variants) for one in found if isinstance(one, ExpectedFinding)] == [
        ("time/expiry/time-exp-past", ()),
        ("signature/none/sig-alg-none", ("no-third-part",)),
    ]
