"""Every kind of mistake in a scenario file is refused with its line and, for a word, the nearest known one."""

from __future__ import annotations

from pathlib import Path

import pytest
from mistakes import EXPECT, MISTAKES
from scenario_files import FIRST_LINE, HEAD, write_scenario

from harness.base.errors import ScenarioFileError
from harness.scenario.loader import load_all, load_file


def refused(file: Path) -> ScenarioFileError:
    with pytest.raises(ScenarioFileError) as caught:
        load_file(file)
    assert str(caught.value).startswith(f"{file}:{caught.value.line}: ")
    return caught.value


@pytest.mark.parametrize(("body", "line", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_has_its_line_and_sentence(tmp_path: Path, body: str, line: int, sentence: str) -> None:
    error = refused(write_scenario(tmp_path, body))
    assert sentence in error.sentence
    assert error.line == FIRST_LINE + line


@pytest.mark.parametrize("key", ["title", "requirement", "level", "severity"])
def test_a_required_key_is_missed(tmp_path: Path, key: str) -> None:
    """The sentence names the key that is missing, the line is the scenario's."""
    head = "".join(line for line in HEAD.splitlines(True)[3:] if not line.startswith(key))
    file = write_scenario(tmp_path, EXPECT, head='title = "A topic"\n\n[a-case]\n' + head)
    error = refused(file)
    assert (error.line, error.sentence) == (3, f'scenario a-case needs {key} = "..."')


@pytest.mark.parametrize(("key", "word", "near"), [("level", "musst", "must"), ("severity", "hihg", "high")])
def test_a_word_of_a_fixed_list_gets_the_nearest_one(tmp_path: Path, key: str, word: str, near: str) -> None:
    head = "\n".join(f'{key} = "{word}"' if line.startswith(key) else line for line in HEAD.splitlines()) + "\n"
    error = refused(write_scenario(tmp_path, EXPECT, head=head))
    assert error.sentence == f"{word!r} is no {key}; did you mean {near!r}?"
    assert head.splitlines()[error.line - 1].startswith(key)


def test_a_positive_control_catches_no_mutants(tmp_path: Path) -> None:
    error = refused(write_scenario(tmp_path, EXPECT, head=HEAD + "positive_control = true\n"))
    assert error.sentence == "scenario a-case has either kills = [mutants] or positive_control = true, not both"


def test_a_slug_is_lower_case_words(tmp_path: Path) -> None:
    error = refused(write_scenario(tmp_path, EXPECT, head=HEAD.replace("[a-case]", "[A_Case]")))
    assert (error.line, "'A_Case' must be words of a-z and 0-9" in error.sentence) == (3, True)


def test_a_scenario_is_a_table(tmp_path: Path) -> None:
    error = refused(write_scenario(tmp_path, "", head='title = "A topic"\na-case = 1\n'))
    assert (error.line, error.sentence) == (2, "scenario a-case must be a table, not 1")


def test_a_file_needs_a_title(tmp_path: Path) -> None:
    error = refused(write_scenario(tmp_path, EXPECT, head=HEAD.split("\n", 1)[1]))
    assert error.sentence.startswith('the file needs a title = "..."')


def test_a_file_needs_a_scenario(tmp_path: Path) -> None:
    assert refused(write_scenario(tmp_path, "", head='title = "A topic"\n')).sentence == "the file has no scenario"


def test_a_duplicate_slug_in_a_file_is_refused(tmp_path: Path) -> None:
    """A second table of that name would silently lose a case."""
    error = refused(write_scenario(tmp_path, EXPECT + "\n[a-case]\n" + EXPECT))
    assert "Cannot declare ('a-case',) twice" in error.sentence
    assert error.line == FIRST_LINE + 2


def test_a_duplicate_id_in_two_directories_is_refused(tmp_path: Path) -> None:
    one, two = write_scenario(tmp_path / "one", EXPECT), write_scenario(tmp_path / "two", EXPECT)
    with pytest.raises(ScenarioFileError) as caught:
        load_all([tmp_path / "one", tmp_path / "two"])
    assert str(caught.value) == f"{two}:3: area/topic/a-case stands in {one} too"


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match="is no directory of scenarios"):
        load_all([tmp_path / "nowhere"])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = write_scenario(tmp_path, EXPECT)
    file.write_bytes(b"\xff\xfe")
    assert refused(file).sentence.startswith("can't be read: ")


def test_a_word_far_from_all_known_ones_gets_the_list(tmp_path: Path) -> None:
    error = refused(write_scenario(tmp_path, 'expect = "zzzzzz"\n'))
    assert "'zzzzzz' is no expectation; known: accept, bad-request, " in error.sentence
