"""What a profile may say of the card's rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import profile_text, write_profile

from harness.base.errors import ScenarioFileError
from harness.declared.profile import Profile, load_profile

GOOD = """
[documented]
stale-window = { value = { stale = 1 }, source = "The manual, Outages" }
[thresholds]
exp-leeway = { at_most = 60 }
bad-refresh-500.one_of = ["kept"]
"""


def loaded(folder: Path, more: str) -> Profile:
    return load_profile(write_profile(folder, profile_text("jwks", more=more)))


def test_documented_values_and_thresholds_are_read(tmp_path: Path) -> None:
    profile = loaded(tmp_path, GOOD)
    assert profile.documented["stale-window"].source == "The manual, Outages"
    assert profile.documented["stale-window"].value == {"stale": 1}
    assert profile.thresholds == {"exp-leeway": {"at_most": 60}, "bad-refresh-500": {"one_of": ["kept"]}}


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("[documented]\nstale-windw = { value = 1, source = 'x' }", "did you mean 'stale-window'?"),
        ("[documented]\nclock = { value = 'its own' }", "documented clock needs source"),
        ("[documented]\nclock = { value = 'its own', source = ' ' }", "documented clock needs a source in words"),
        ("[documented]\nclock = 'its own'", "documented clock must be a table"),
        ("[thresholds]\ncol-down = { at_most = 1 }", "did you mean 'cool-down'?"),
        ("[thresholds]\ncool-down = { atmost = 1 }", "did you mean 'at_most'?"),
        ("[thresholds]\ncool-down = {}", "threshold cool-down needs one of at_most, at_least, is, one_of"),
        ("[thresholds]\ncool-down = { at_most = 'one' }", "at_most must be a number or a duration, not 'one'"),
        ("[thresholds]\nclock = { one_of = 'its own' }", "one_of must be a list"),
    ],
)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, more: str, sentence: str) -> None:
    """The row with the mistake is named, and the nearest known word."""
    with pytest.raises(ScenarioFileError) as caught:
        loaded(tmp_path, "\n" + more + "\n")
    assert sentence in caught.value.sentence
    text = caught.value.file.read_text().splitlines()
    assert more.splitlines()[1] == text[caught.value.line - 1]
