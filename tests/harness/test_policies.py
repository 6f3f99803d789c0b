"""The knobs of policies: `policies.toml` says what there is to declare and to ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import HEAD, policy_text, profile_text, write_policies, write_profile, write_scenario

from harness.base.errors import ScenarioFileError
from harness.declared.profile import load_profile
from harness.grammar.policies import Knob, known_knobs
from harness.scenario.loader import load_all, load_file

ASKS = "policy = {{ knob = '{}', {}, then = 'reject', otherwise = 'accept' }}\n"


def refused(file: Path) -> str:
    """What is said of a profile or a scenario; the line is that of the knob."""
    with pytest.raises(ScenarioFileError) as caught:
        load_profile(file) if file.parent.name == "profiles" else load_file(file)
    assert caught.value.file == file
    return caught.value.sentence


def test_every_bundled_knob_is_asked_for() -> None:
    """By a scenario, or for times that are counted in leeways."""
    asked = {knob for scenario in load_all() for variant in scenario.variants for knob in variant.knobs}
    assert asked == known_knobs().keys()


def test_a_knob_says_what_it_means() -> None:
    """In a sentence, with the document that leaves it open."""
    for knob in known_knobs().values():
        assert knob.sentence.endswith(".")
        assert knob.source
    assert known_knobs()["kid_required"].type == "flag"


def test_the_leeway_is_that_of_nbf_unless_it_is_declared_apart(tmp_path: Path) -> None:
    """Some libraries forgive minutes for the one and nothing for the other."""
    for declared, leeways in (
        ("", {}),
        ("leeway_seconds = 60", {"leeway_seconds": 60, "nbf_leeway_seconds": 60}),
        ("leeway_seconds = 0\nnbf_leeway_seconds = 300", {"leeway_seconds": 0, "nbf_leeway_seconds": 300}),
    ):
        file = write_profile(tmp_path, profile_text("jwks", more=f"[policy]\n{declared}\n"))
        assert load_profile(file).policy == leeways


def test_who_always_wants_a_kid_wants_it_among_several_keys(tmp_path: Path) -> None:
    """And nothing follows the other way round: many need it only where there is a choice."""
    among = "kid_required_among_several_keys"
    for declared, policy in (
        ("kid_required = true", {"kid_required": True, among: True}),
        ("kid_required = false", {"kid_required": False}),
        (f"kid_required = false\n{among} = true", {"kid_required": False, among: True}),
    ):
        file = write_profile(tmp_path, profile_text("jwks", more=f"[policy]\n{declared}\n"))
        assert load_profile(file).policy == policy


def test_a_misspelt_knob_of_a_profile_is_refused(tmp_path: Path) -> None:
    """It would leave its cases undeclared."""
    file = write_profile(tmp_path, profile_text("jwks", more="[policy]\nkid_requird = true\n"))
    assert "'kid_requird' is no policy of a policies.toml; did you mean 'kid_required'?" in refused(file)


def test_a_misspelt_knob_of_a_scenario_is_refused(tmp_path: Path) -> None:
    """The same, wherever it is asked for."""
    sentence = "'kid_requird' is no policy of a policies.toml; did you mean 'kid_required'?"
    asks = ASKS.format("kid_requird", "is = true")
    assert refused(write_scenario(tmp_path, asks)) == sentence
    assert refused(write_scenario(tmp_path, f"steps = [{{ do = 'send', {asks.strip()} }}]\n")) == sentence


@pytest.mark.parametrize(
    ("knob", "compared", "sentence"),
    [
        ("kid_required", "is = 'yes'", "kid_required must be true or false, not 'yes'"),
        ("kid_required", "at_least = 1", "kid_required is a flag, and no number that could be at least one"),
        (
            "empty_set",
            "is = 'autoritative'",
            "'autoritative' is no empty_set of a policy; did you mean 'authoritative'?",
        ),
        ("empty_set", "at_least = 1", "empty_set is a word, and no number"),
        ("leeway_seconds", "is = true", "leeway_seconds must be a number from 0"),
    ],
)
def test_a_knob_is_compared_with_what_it_can_be(tmp_path: Path, knob: str, compared: str, sentence: str) -> None:
    """Anything else would decide every case the same way."""
    assert sentence in refused(write_scenario(tmp_path, ASKS.format(knob, compared)))


@pytest.mark.parametrize(
    ("knob", "value"),
    [("house_rule", "true"), ("house_word", '"loose"'), ("house_count", "3"), ("house_number", "2.5")],
)
def test_a_directory_may_declare_knobs_of_its_own(tmp_path: Path, knob: str, value: str) -> None:
    """For its scenarios, for its profiles, and for a profile elsewhere that is used with it."""
    write_policies(
        tmp_path,
        policy_text("house_rule", "flag")
        + policy_text("house_word", "word", 'words = ["strict", "loose"]\n')
        + policy_text("house_count", "count")
        + policy_text("house_number", "number"),
    )
    text = profile_text("jwks", more=f"[policy]\n{knob} = {value}\n")
    assert load_profile(write_profile(tmp_path, text)).policy.keys() == {knob}
    assert load_all([write_scenario(tmp_path, ASKS.format(knob, f"is = {value}")).parents[1]])
    elsewhere = write_profile(tmp_path / "elsewhere", text)
    assert load_profile(elsewhere, [tmp_path]).policy.keys() == {knob}
    assert f"{knob!r} is no policy of a policies.toml" in refused(elsewhere)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (policy_text("house_rule", "flg"), "'flg' is no type of a policy; did you mean 'flag'?"),
        (policy_text("house_rule", "word"), 'policy house_rule has words = [...] with type = "word", and only then'),
        (policy_text("house_rule", "flag", 'words = ["a"]\n'), "and only then"),
        (policy_text("house_rule", "flag").replace("source", "sourc"), "did you mean 'source'?"),
        ('[house_rule]\ntype = "flag"\nsource = "x"\n', "policy house_rule needs sentence"),
        ("house_rule = true\n", "policy house_rule must be a table, not True"),
        (policy_text("kid_required", "flag"), "the policy 'kid_required' stands among the bundled ones"),
    ],
)
def test_a_mistake_in_a_file_of_policies_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    """With its file and line, whatever is read there."""
    file = write_policies(tmp_path, text)
    write_scenario(tmp_path, 'expect = "reject"\n', head=HEAD)
    with pytest.raises(ScenarioFileError) as caught:
        load_all([tmp_path])
    assert (caught.value.file.resolve(), sentence in caught.value.sentence) == (file.resolve(), True)


def test_a_directory_that_is_named_twice_declares_its_knobs_once(tmp_path: Path) -> None:
    """Also by another spelling of its path."""
    write_policies(tmp_path, policy_text("house_rule", "flag"))
    knobs = known_knobs([tmp_path, tmp_path / ".." / tmp_path.name])
    assert knobs["house_rule"] == Knob("house_rule", "flag", "A sentence.", "House rule 1")
