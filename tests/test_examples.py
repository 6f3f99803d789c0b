"""The examples: whole and pinned, with profiles and findings that the judge can read; and the tool that runs them."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from examples.__main__ import main
from examples.tool.coarse import coarse
from examples.tool.example import FILES_OF_THE_JUDGE, Example, load_example, names
from examples.tool.findings import findings
from examples.tool.judging import arguments, judge_again
from examples.tool.measured import measured, take_over
from examples.tool.needs import missing
from examples.tool.page import known_findings, statement
from examples.tool.preparing import prepared
from examples.tool.selection import HANDFUL, quick_selection
from examples.tool.versions import with_version
from harness.base.errors import HarnessError, UsageError
from harness.declared.expected import load_expected
from harness.declared.profile import load_profile
from harness.declared.quantities import QUANTITIES
from harness.measure.record import VERSION
from harness.scenario.loader import load_all
from harness.scenario.plan import select
from harness.targets.process import ProcessTarget

EXAMPLES = [load_example(name) for name in names()]
# What a lock file names when it was written elsewhere than at the default registry.
REGISTRIES = re.compile(
    r"https?://(?!registry\.npmjs\.org/|repo\.maven\.apache\.org/|github\.com/rust-lang/crates\.io-index)"
)
LOCK_FILES = ("requirements.txt", "package-lock.json", "go.sum", "Cargo.lock", "pom.xml")
A_LINK = re.compile(r'"(funding|url|homepage)"|xsi?:|xmlns')


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_an_example_is_whole(example: Example, tmp_path: Path) -> None:
    """The judge can read what it is given, and the command has the words of the process target."""
    told = arguments(example, tmp_path)
    assert load_profile(tmp_path / "profiles" / f"{example.name}.toml").title
    assert len(load_expected(example.name, load_all(), [tmp_path])) == len(findings(example))
    assert ProcessTarget(told[told.index("--command") + 1], **_typed(example)).words >= {"port"}
    assert example.documentation.startswith("https://")
    assert not [line for line in example.prepare if not shlex.split(line)]


def _typed(example: Example) -> dict[str, Any]:
    """The options that need no conversion; the file of `config` stands in the example's folder."""
    plain = {
        key: example.options[key] for key in ("environment", "health_path", "jwks_base_url") if key in example.options
    }
    config = example.options.get("config")
    return {**plain, **({"config": f"{example.folder}/{config}"} if config else {})}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_an_example_is_pinned(example: Example) -> None:
    """Its version is that of a lock file, which names no registry but the default one."""
    locks = [example.file(name) for name in LOCK_FILES if example.file(name).is_file()]
    texts = [lock.read_text(encoding="utf-8") for lock in locks]
    assert any(example.version in text for text in texts) or not texts
    for text in texts:
        assert [line for line in text.splitlines() if REGISTRIES.search(line) and not A_LINK.search(line)] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_what_was_measured_is_of_this_version(example: Example) -> None:
    """Nothing failed in it that isn't among the findings, and its rows are those of the card."""
    if (data := measured(example)) is None:
        return
    assert (data["library"], data["version"]) == (example.library, example.version)
    assert set(data["verdicts"]) <= {"passed", "finding", "withheld", "inconclusive", "skipped", "undeclared"}
    assert {one["name"] for one in data["readings"]} <= set(QUANTITIES)
    assert not data["verdicts"] or ("finding" in data["verdicts"]) is bool(findings(example))


def test_findings_with_one_reason_stand_together() -> None:
    """No two lines of the page say the same of one example."""
    _, cells = known_findings()
    said = [(example, *rest) for example, _, *rest in cells]
    assert len(said) == len(set(said))


def test_what_is_withheld_is_counted(tmp_path: Path) -> None:
    """As many cells as the example says, and none of them by its name; one more is a failed one."""
    example, build = some_example(tmp_path, withheld={"cells": 1}), tmp_path / "build"
    write_run(build, "passed", "failed")
    take_over(example, build)
    assert (measured(example) or {})["verdicts"] == {"passed": 1, "withheld": 1}
    write_run(build, "passed", "failed", "failed")
    take_over(example, build)
    assert (measured(example) or {})["verdicts"] == {"failed": 2, "passed": 1}


def test_the_quick_selection_selects_something() -> None:
    """Every word of it is the name of a scenario, or the beginning of its id."""
    words = {word for example in EXAMPLES for word in quick_selection(example)} | set(HANDFUL)
    assert select(load_all(), sorted(words))


def test_the_quick_selection_has_a_finding_of_each_area_that_is_quick(tmp_path: Path) -> None:
    """The first one of each, by its name, so that what begins alike isn't chosen with it."""
    example = some_example(tmp_path)
    known = ("rotation/retirement/rot-retire", "signature/none/sig-alg-none", "signature/none/sig-alg-none-case")
    lines = (f'[[finding]]\nscenario = "{one}"\nrequirement = "RFC 7519"\nreason = "so"\n' for one in known)
    example.file("expected.toml").write_text("".join(lines), encoding="utf-8")
    assert quick_selection(example)[len(HANDFUL) :] == ("sig-alg-none",)


def reading(name: str, value: Any, **more: Any) -> dict[str, Any]:
    about = {"name": name, "status": "measured", "value": value, "bound": "", "unit": "s", "resolution": 0.25}
    return {**about, "counts": {}, "reason": "", **more}


@pytest.mark.parametrize(
    ("name", "value", "counts", "stated"),
    [
        ("cool-down", 0.05, {}, (0, 1.0)),
        ("cool-down", 30.21, {}, (30, 3.0)),
        ("pick-up-seconds", 5.4, {}, (5, 1.0)),
        ("fetches-unknown-kid-crowd", 17, {}, ("a fetch each, or nearly", 0.25)),
        ("fetches-unknown-kid-crowd", 4, {}, ("some fetches", 0.25)),
        ("coalescing-new-kid", 1, {"accepted": 10}, ("one fetch", 0.25, "all let in")),
        ("coalescing-new-kid", 1, {"accepted": 1}, ("one fetch", 0.25, "some refused")),
        ("exp-leeway", 60, {}, (60, 0.25)),
        ("clock", "its own", {}, ("its own", 0.25)),
    ],
)
def test_a_reading_is_stated_coarsely(name: str, value: Any, counts: dict[str, int], stated: tuple[Any, ...]) -> None:
    kept = coarse(reading(name, value, counts=counts))
    assert (kept["value"], kept["resolution"], *([kept["note"]] if "note" in kept else [])) == stated


def test_an_answer_is_stated_without_its_texts() -> None:
    told = 'Bearer realm="x", error="invalid_token", error_description="at 12:01"'
    value = {"status": 401, "content_type": "application/json; charset=utf-8", "www_authenticate": told, "body": {}}
    assert coarse(reading("answer-bad-token", value))["value"] == {
        "status": 401,
        "content_type": "application/json",
        "challenge": 'Bearer error="invalid_token"',
    }


def some_example(folder: Path, **more: Any) -> Example:
    """One of our own, whose files are in `folder`."""
    (folder / "service.txt").write_text("a service")
    for name in ("example.toml", "expected.toml"):
        (folder / name).write_text("")
    about: dict[str, Any] = {"language": "none", "library": "none", "version": "1", "documentation": "https://example"}
    about |= {"title": "Ours", "needs": (), "prepare": (), "command": "", "ci": False}
    return replace(Example(name="ours", **about), place=folder, **more)


def test_an_example_is_prepared_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of the cache with the files of the service; another service, another folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "ours").mkdir()
    said: list[str] = []
    example = some_example(tmp_path / "ours", prepare=("mkdir made",))
    folder = prepared(example, said.append)
    assert sorted(path.name for path in folder.iterdir()) == ["made", "service.txt"]
    assert prepared(example, said.append) == folder
    assert len(said) == 1
    (tmp_path / "ours" / "service.txt").write_text("another service")
    assert prepared(example, said.append) != folder


def test_a_preparation_that_fails_says_why_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "ours").mkdir()
    example = some_example(tmp_path / "ours", prepare=("ls no-such-file",))
    with pytest.raises(HarnessError, match=r"ls no-such-file ended with status \d+\n.*no-such-file"):
        prepared(example, str)
    assert [path.suffix for path in (tmp_path / "cache" / "idp-harness" / "examples").iterdir()] == [".lock"]


def test_what_a_machine_lacks_is_said() -> None:
    assert missing(["sh"]) == []
    assert missing(["no-such-program>=3"]) == ["no-such-program is not installed"]
    (said,) = missing(["python3>=99"])
    assert re.fullmatch(r"python3 is 3\.[\d.]+, 99 is needed", said)


def write_run(
    build: Path, *verdicts: str, cool_down: float = 30.0, ended: str = "complete", card: bool = True, **row: Any
) -> None:
    (build / "report").mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"scenario": "a/b/c", "variant": "", "verdict": one}) for one in verdicts)
    (build / "report" / "results.jsonl").write_text("".join(f"{line}\n" for line in lines))
    (build / "report" / "manifest.jsonl").write_text(json.dumps({"ended": ended}) + "\n")
    measurement = {"version": VERSION, "target": "process", "readings": [reading("cool-down", cool_down, **row)]}
    if card:
        (build / "card.json").write_text(json.dumps(measurement))


def test_a_run_is_taken_over(tmp_path: Path) -> None:
    """What differs by no more than the resolution stays as it was, and says so by saying nothing."""
    example, build = some_example(tmp_path), tmp_path / "build"
    with pytest.raises(HarnessError, match="there is no run of ours yet"):
        take_over(example, build)
    write_run(build, "passed", "finding", cool_down=30.4)
    take_over(example, build)
    write_run(build, "passed", "finding", cool_down=31.4)
    assert take_over(example, build) == []
    write_run(build, "passed", "passed", cool_down=5.2)
    first, second = take_over(example, build)
    assert first == "verdicts {'finding': 1, 'passed': 1} -> {'passed': 2}"
    assert second == "cool-down: 30 -> 5"
    assert (measured(example) or {})["readings"][0]["value"] == 5
    (build / "card.json").unlink()
    write_run(build, "passed", "passed", card=False)
    assert take_over(example, build) == []
    write_run(build, "passed", ended="interrupted", cool_down=5.2)
    assert take_over(example, build) == []
    assert (measured(example) or {})["verdicts"] == {"passed": 2}
    take_over(replace(example, version="2"), build)
    assert (measured(example) or {})["verdicts"] == {}


def test_a_row_that_could_not_be_measured_before_is_taken_over(tmp_path: Path) -> None:
    """Such a row says nothing, so no difference from it is told either."""
    example, build = some_example(tmp_path), tmp_path / "build"
    write_run(build, "passed", status="error", reason="the experiment was not done within 30 s")
    assert take_over(example, build)[-1] == "cool-down could not be measured: the experiment was not done within 30 s"
    write_run(build, "passed", cool_down=5.2)
    assert take_over(example, build) == []
    assert (measured(example) or {})["readings"][0]["value"] == 5


def test_what_was_undecided_is_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those cells alone, and their new verdicts take the place of the old ones; with nothing undecided nothing runs."""
    example, build, asked = some_example(tmp_path), tmp_path / "build", []

    def cells(folder: Path, **verdicts: str) -> None:
        (folder / "report").mkdir(parents=True, exist_ok=True)
        lines = (json.dumps({"id": name, "verdict": verdict}) for name, verdict in verdicts.items())
        (folder / "report" / "results.jsonl").write_text("".join(f"{line}\n" for line in lines))

    def judged(example: Example, prepared: Path, build: Path, *, scenarios: list[str], more: list[str]) -> int:
        asked.append(scenarios)
        cells(build, c="failed", b="passed")
        return 1

    monkeypatch.setattr("examples.tool.judging.judge", judged)
    with pytest.raises(HarnessError, match="there is no run of ours yet"):
        judge_again(example, tmp_path, build)
    cells(build, a="passed", b="error", c="inconclusive")
    assert judge_again(example, tmp_path, build) == 1
    lines = map(json.loads, (build / "report" / "results.jsonl").read_text().splitlines())
    assert {line["id"]: line["verdict"] for line in lines} == {"a": "passed", "b": "passed", "c": "failed"}
    assert judge_again(example, tmp_path, build) == 0
    assert asked == [["b", "c"]]


def test_the_command_says_what_is_wrong() -> None:
    """An example that doesn't exist, and none at all."""
    assert isinstance(CliRunner().invoke(main, ["run", "no-such-example"]).exception, UsageError)
    assert CliRunner().invoke(main, ["run"]).exit_code == 2
    assert all(name in CliRunner().invoke(main, ["list"]).output for name in names())


def test_no_file_of_the_judge_is_the_service_s() -> None:
    for example in EXAMPLES:
        assert not {file.name for file in example.service_files()} & set(FILES_OF_THE_JUDGE)
        assert example.service_files()


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (None, "–"),
        (reading("cool-down", 30, resolution=3.0), "30 s"),
        (reading("pick-up-seconds", 0, resolution=1.0), "at once"),
        (reading("pick-up-seconds", 10, bound="at least", resolution=1.0), "at least 10 s"),
        (reading("cool-down", "an unknown kid causes no fetch"), "an unknown kid causes no fetch"),
        (reading("fetches-unknown-kid", 1, unit="fetches"), "1"),
        (reading("coalescing-new-kid", "one fetch", note="some refused"), "one fetch, some refused"),
        (reading("required-claims", ["iss", "aud"]), "`iss`, `aud`"),
        (reading("required-claims", []), "none"),
        (reading("answer-bad-token", {"status": 401, "challenge": "Bearer"}), "401, no body, `Bearer`"),
        (reading("stale-window", None, status="not measured"), "not measured"),
    ],
)
def test_a_table_says_what_was_measured(stated: dict[str, Any] | None, said: str) -> None:
    assert statement(stated) == said


def test_another_version_is_installed_over_the_pinned_one() -> None:
    """By the package manager of the language, after everything else; what can't be had so is refused."""
    python, node, go = (load_example(name) for name in ("fastapi-pyjwt", "node-jose", "go-oidc"))
    assert with_version(python, "pyjwt==2.13.0").prepare[:-1] == python.prepare
    assert with_version(python, "pyjwt==2.13.0").prepare[-1].endswith(" pyjwt==2.13.0")
    assert with_version(node, "jose==6.0.0").prepare[-1].endswith(" jose@6.0.0")
    for example, package in ((go, "oidc==3.0.0"), (python, "pyjwt"), (python, "--index-url==x"), (python, "a==1 b")):
        with pytest.raises(UsageError):
            with_version(example, package)


def test_two_versions_are_compared_by_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is judged and measured first; a difference is the exit status, and what couldn't be judged another one."""
    asked: list[tuple[str, ...]] = []
    statuses = {"run": 1, "measure": 0, "compare": 1}

    def idp_harness(folder: Path, *arguments: str) -> int:
        asked.append(arguments)
        return statuses[arguments[0]]

    monkeypatch.setattr("examples.tool.judging._idp_harness", idp_harness)
    monkeypatch.setattr("examples.tool.judging.BUILD", tmp_path)
    monkeypatch.setattr("examples.tool.versions.prepared", lambda *_: tmp_path)
    said = ["compare", "fastapi-pyjwt", "pyjwt==2.13.0", "--scenario", "time", "--row", "cool-down"]
    assert CliRunner().invoke(main, said).exit_code == 1
    assert [one[0] for one in asked] == ["run", "measure", "run", "measure", "compare", "compare"]
    folder = tmp_path / "fastapi-pyjwt" / "versions"
    pinned = f"PyJWT-{load_example('fastapi-pyjwt').version}"
    assert asked[-1][1:] == tuple(str(folder / name / "card.json") for name in ("pyjwt==2.13.0", pinned))
    statuses["measure"] = 3
    assert CliRunner().invoke(main, said).exit_code == 3
    assert CliRunner().invoke(main, said[:3]).exit_code == 2
