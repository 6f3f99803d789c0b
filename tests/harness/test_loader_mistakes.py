"""Every kind of mistake in a scenario file is refused with its line and, for a word, the nearest known one."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import FIRST_LINE, HEAD, write_scenario

from harness.errors import ScenarioFileError
from harness.loader import load_all, load_file

EXPECT = 'expect = "reject"\n'


def refused(file: Path) -> ScenarioFileError:
    with pytest.raises(ScenarioFileError) as caught:
        load_file(file)
    assert str(caught.value).startswith(f"{file}:{caught.value.line}: ")
    return caught.value


# What is written below the scenario's head; the number of the wrong line there, from 0; what the sentence says.
MISTAKES = {
    "scenario-key": ('expct = "reject"\n', 0, "no key 'expct'; did you mean 'expect'?"),
    "style": (EXPECT + 'styles = ["auth0", "oktta"]\n', 1, "'oktta' is no style; did you mean 'okta'?"),
    "capability": (EXPECT + 'needs = ["jwk"]\n', 1, "'jwk' is no capability; did you mean 'jwks'?"),
    "config-key": (EXPECT + "config.strict_validaton = true\n", 1, "did you mean 'strict_validation'?"),
    "config-word": (EXPECT + 'config.refresh = "shrt"\n', 1, "'shrt' is no refresh; did you mean 'short'?"),
    "token-key": (EXPECT + "token.clams = { exp = 1 }\n", 1, "token has no key 'clams'; did you mean 'claims'?"),
    "token-table": (EXPECT + 'token = "plain"\n', 1, "token must be a table, not 'plain'"),
    "token-times": (EXPECT + "token.times = 3\n", 1, "times must be a table, not 3"),
    "token-time-key": (EXPECT + "token.times.exp = { leeway = 1 }\n", 1, "did you mean 'leeways'?"),
    "token-time-text": (EXPECT + 'token.times.exp = "soon"\n', 1, "must be a number, not 'soon'"),
    "request-key": (EXPECT + 'request.pth = "/"\n', 1, "request has no key 'pth'; did you mean 'path'?"),
    "request-value": (EXPECT + "request.path = 1\n", 1, "path must be a text, not 1"),
    "request-header": (EXPECT + "request.headers = { X-A = 1 }\n", 1, "header X-A must be a text or a list of texts"),
    "expectation": ('expect = "rejct"\n', 0, "'rejct' is no expectation; did you mean 'reject'?"),
    "expectation-list": ('expect = [401, "clsed"]\n', 0, 'a word or a list such as [401, 404] or [413, "closed"]'),
    "expectation-empty": ("expect = []\n", 0, "expect is a word or a list"),
    "policy-key": ('policy = { knob = "k", is = 1, then = "reject", othrwise = "accept" }\n', 0, "'otherwise'?"),
    "policy-word": ('policy = { knob = "k", is = 1, then = "rejct", otherwise = "accept" }\n', 0, "'reject'?"),
    "policy-half": ('policy = { knob = "k", then = "reject", otherwise = "accept" }\n', 0, "either is or at_least"),
    "policy-and-expect": (
        EXPECT + 'policy = { knob = "k", is = 1, then = "reject", otherwise = "accept" }\n',
        1,
        "expect or policy, not both",
    ),
    "control-key": (EXPECT + "control = { tokn = {} }\n", 1, "no key 'tokn'; did you mean 'token'?"),
    "fetches-key": (EXPECT + "fetches = { at_mots = 1 }\n", 1, "fetches has no key 'at_mots'; did you mean 'at_most'?"),
    "fetches-value": (EXPECT + 'fetches = { at_most = "1" }\n', 1, "at_most must be a whole number from 0, not '1'"),
    "flag": (EXPECT + 'timed = "yes"\n', 1, "timed must be true or false, not 'yes'"),
    "start": (EXPECT + 'start = "manuel"\n', 1, "'manuel' is no way to start; did you mean 'manual'?"),
    "no-styles": (EXPECT + "styles = []\n", 1, "styles must be a list of words, not []"),
    "no-steps": ("steps = []\n", 0, "steps must be a list with something in it, not []"),
    "steps-table": ('steps = { do = "send" }\n', 0, "steps must be a list with something in it"),
    "step-without-do": ('steps = [{ expect = "reject" }]\n', 0, 'each step is a table with do = "..."'),
    "step-word": (
        'steps = [\n  { do = "send" },\n  { do = "sned" },\n]\n',
        2,
        "'sned' is no step; did you mean 'send'?",
    ),
    "step-key": ('steps = [\n  { do = "send" },\n  { do = "send", repat = 2 },\n]\n', 2, "did you mean 'repeat'?"),
    "step-needs": ('steps = [\n  { do = "send" },\n  { do = "make-key" },\n]\n', 2, "step make-key needs name"),
    "step-count": ('steps = [{ do = "send", repeat = 0 }]\n', 0, "repeat must be a whole number from 1, not 0"),
    "step-rate": (
        'steps = [{ do = "start-traffic", name = "t", rate = 0 }, { do = "stop-traffic", name = "t" }]\n',
        0,
        "rate must be a number above 0, not 0",
    ),
    "step-connection": (
        'steps = [{ do = "send", connection = "smae" }]\n',
        0,
        "connection must be \"same\", not 'smae'",
    ),
    "step-expectation": ('steps = [\n  { do = "send" },\n  { do = "send", expect = "acept" },\n]\n', 2, "'accept'?"),
    "step-expect-and-policy": (
        'steps = [{ do = "send", expect = "accept", policy = { knob = "k", is = 1, then = "reject", '
        'otherwise = "accept" } }]\n',
        0,
        "expect or policy, not both",
    ),
    "wait-key": ('steps = [{ do = "wait", refreshs = 1 }]\n', 0, "did you mean 'refresh'?"),
    "wait-value": ('steps = [{ do = "wait", refresh = "1" }]\n', 0, "refresh must be a number, not '1'"),
    "within": ('steps = [{ do = "send-until", within = { second = 1 } }]\n', 0, "did you mean 'seconds'?"),
    "fetch-within": ('steps = [{ do = "wait-for-fetch", on = "jwks", within = { second = 1 } }]\n', 0, "'seconds'?"),
    "route-set": (
        'steps = [{ do = "send-to-routes", routes = "resourc", permissions = "own", expect = "accept" }]\n',
        0,
        "'resourc' is no set of routes; did you mean 'resource'?",
    ),
    "permission-set": (
        'steps = [{ do = "send-to-routes", routes = "resource", permissions = "owm", expect = "accept" }]\n',
        0,
        "'owm' is no set of permissions; did you mean 'own'?",
    ),
    "jwks-key": ('jwks.befor = []\nsteps = [{ do = "edit-jwks" }]\n', 0, "did you mean 'before'?"),
    "fault-without-kind": ('steps = [{ do = "fault", on = "jwks" }]\n', 0, "a fault needs on and kind"),
    "unknown-mark": (
        'steps = [{ do = "mark", name = "down" }, { do = "expect-fetches", since = "dwn" }]\n',
        0,
        "'dwn' is no name that an earlier mark gave; did you mean 'down'?",
    ),
    "unknown-kept-token": (
        'steps = [{ do = "send", resend = "old" }]\n',
        0,
        "'old' is no name that an earlier keep gave",
    ),
    "unknown-job": ('steps = [{ do = "join", name = "job" }]\n', 0, "'job' is no name that an earlier"),
    "unjoined-job": (
        'steps = [\n  { do = "send" },\n  { do = "send-in-background", name = "job" },\n]\n',
        2,
        "send-in-background 'job' is never judged: it needs a join step",
    ),
    "unstopped-traffic": (
        'steps = [{ do = "start-traffic", name = "clients", rate = 5 }]\n',
        0,
        "start-traffic 'clients' is never judged: it needs a stop-traffic step",
    ),
    "placeholder": (
        EXPECT + 'token.claims = { iss = "{isuer}" }\n',
        1,
        "{isuer} is no placeholder; did you mean 'issuer'?",
    ),
    "route-part": (
        EXPECT + 'request.path = "{read.pth}"\n',
        1,
        "{read.pth} is no placeholder; did you mean 'read.path'?",
    ),
    "placeholder-in-key": (
        EXPECT + 'token.claims = { "{permissionsclaim}" = [] }\n',
        1,
        "did you mean 'permissions_claim'?",
    ),
    "placeholder-in-fault": (
        'fault = { on = "jwks", kind = "body", body = "{isuer}" }\nsteps = [{ do = "fault" }, { do = "send" }]\n',
        0,
        "did you mean 'issuer'?",
    ),
    "filter": (EXPECT + 'token.claims = { sub = "{issuer|uper}" }\n', 1, "|uper is no filter; did you mean 'upper'?"),
    "no-expectation": ('token.claims = { sub = "x" }\n', -6, "a scenario without steps needs expect or policy"),
    "variants-list": (EXPECT + "variants = [1]\n", 1, "variants must be a table with one entry for each variant"),
    "variants-none": (EXPECT + "variants = {}\n", 1, "variants must be a table with one entry for each variant"),
    "variant-name": (EXPECT + "[a-case.variants]\nTwo_Words = {}\n", 2, "the variant 'Two_Words' must be words of a-z"),
    "variant-key": (
        EXPECT + "[a-case.variants]\none = { tokn = {} }\n",
        2,
        "variant one has no key 'tokn'; did you mean 'token'?",
    ),
    "variant-table": (EXPECT + "[a-case.variants]\none = 1\n", 2, "variant one must be a table, not 1"),
    "variant-of-the-fact": (
        EXPECT + "[a-case.variants]\none = { timed = true }\n",
        2,
        "variant one has no key 'timed'",
    ),
    "variant-value": (
        EXPECT + "[a-case.variants]\none = {}\ntwo = { token = { clams = {} } }\n",
        3,
        "did you mean 'claims'?",
    ),
    "variant-in-a-table-of-its-own": (
        EXPECT + '[a-case.variants.one]\nrequest = "read"\n[a-case.variants.two]\nrequest = { pth = "/" }\n',
        4,
        "did you mean 'path'?",
    ),
    "duplicate-key": (EXPECT + EXPECT, 1, "Cannot overwrite a value"),
    "no-toml": ("expect = reject\n", 0, "Invalid value"),
}


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
