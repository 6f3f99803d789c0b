"""`idp-harness client`: exit statuses, what it shows and what it must not show, and programs that are odd."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import small_client
from click.testing import CliRunner, Result

from harness.base.errors import ScenarioFileError, UsageError
from harness.cli import cli
from harness.client.case_file import load_cases

SMALL = [sys.executable, str(small_client.__file__)]
GLOBAL = ("--case", "client-global-token")
# Calls an API with whatever `headers` is, then does `after`.
CALLER = """
import os, sys, time, urllib.request
url = os.environ["TASKER_ORCHESTRATION_URL"] + "/v1/tasks"
token = os.environ["TASKER_AUTH_TOKEN"]
urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": "Bearer " + token})).read()
"""


def client(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["client", *map(str, words)], standalone_mode=False)


def status(result: Result) -> int:
    """As the program ends; what it says instead of a report is raised."""
    assert result.exception is None, result.exception
    assert isinstance(result.return_value, int)
    return result.return_value


def python(text: str) -> list[str]:
    return ["--", sys.executable, "-c", text]


def case_file(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return file


MINE = """
title = "mine"
apis = ["shop"]
environment = { SHOP = "{shop}" }

[case.key-alone]
title = "The key is sent"
requirement = "House rule 1"
level = "LEVEL"
severity = "high"
environment = { SHOP_KEY = "{key.a}" }
expect = { X-Shop-Key = "{key.a}" }
"""


def test_a_good_client_is_exit_status_0() -> None:
    result = client(*GLOBAL, "--", *SMALL)
    assert (status(result), "1 passed" in result.output) == (0, True)


def test_a_deviation_is_exit_status_1_with_both_sides_and_the_call_that_repeats_it() -> None:
    result = client("--case", "client-global-before-api-key", "--", *SMALL, "key-beside-token")
    assert status(result) == 1
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "expected Authorization: Bearer <token.global>" in lines
    assert any(
        line.startswith("actual Authorization: Bearer <token.global>, X-API-Key: <key.service>") for line in lines
    )
    again = next(line for line in lines if line.startswith("again"))
    assert "--case client-global-before-api-key -- " in again
    assert again.endswith("key-beside-token")


@pytest.mark.parametrize(("strict", "wanted"), [((), 0), (("--strict",), 1)])
def test_a_should_counts_when_strict(strict: tuple[str, ...], wanted: int) -> None:
    assert status(client(*strict, "--case", "client-token-with-scheme", "--", *SMALL, "scheme-twice")) == wanted


def test_a_program_that_calls_nobody_is_inconclusive_with_its_last_words() -> None:
    """As one that fails at its start; what it prints of a credential is cut."""
    result = client(
        *GLOBAL, *python("import os; print('no luck', os.environ['TASKER_AUTH_TOKEN']); raise SystemExit(7)")
    )
    assert status(result) == 3
    assert "it called nobody and ended with 7" in result.output
    assert "| no luck" in result.output
    assert not re.search(r"[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}", result.output)


def test_a_refusal_is_right_only_where_the_case_says_so() -> None:
    """And no program that ends well without a call has refused anything."""
    assert status(client("--case", "client-none", *python("raise SystemExit(2)"))) == 0
    assert status(client("--case", "client-none", *python("pass"))) == 3
    assert status(client(*GLOBAL, *python("raise SystemExit(2)"))) == 3


def test_a_program_that_never_ends_is_judged_by_what_it_sent_and_is_ended() -> None:
    began = time.time()
    result = client(*GLOBAL, "--seconds", "12", *python(CALLER + "time.sleep(600)  # outlives-nothing"))
    assert status(result) == 0
    mine = [one for one in psutil.process_iter(["cmdline", "create_time"]) if one.info["create_time"] >= began - 1]
    assert not [one for one in mine if "# outlives-nothing" in " ".join(one.info["cmdline"] or ())]


def test_a_program_that_hangs_before_its_call_is_inconclusive() -> None:
    result = client(*GLOBAL, "--seconds", "0.5", *python("import time; time.sleep(600)"))
    assert (status(result), "was still running at the end of its time" in result.output) == (3, True)


def test_a_client_that_speaks_http_2_is_not_read() -> None:
    """Where nobody asked for it; nothing is said about what it sends."""
    preface = "import os, socket, urllib.parse as p; u = p.urlsplit(os.environ['TASKER_WORKER_URL'])\n"
    preface += "socket.create_connection((u.hostname, u.port)).sendall(b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n')"
    result = client(*GLOBAL, *python(preface))
    assert (status(result), "let it speak HTTP/1.1" in result.output) == (3, True)
    assert status(client("--case", "client-grpc", *python(preface))) == 3


def test_public_calls_alone_prove_nothing() -> None:
    result = client(*GLOBAL, *python(CALLER.replace("/v1/tasks", "/health")))
    assert (status(result), "public paths only" in result.output) == (3, True)


def test_a_public_call_may_come_without_the_credential() -> None:
    call = "urllib.request.urlopen(os.environ['TASKER_WORKER_URL'] + '/health').read()"
    assert status(client(*GLOBAL, *python(CALLER + call))) == 0


def test_no_credential_of_a_deviation_is_shown_and_none_that_is_unknown() -> None:
    text = CALLER.replace('"Bearer " + token', '"Bearer " + "s3cr3t-of-somebody-else-altogether"')
    result = client(*GLOBAL, *python(text))
    assert status(result) == 1
    assert "actual      Authorization: Bearer s3cr… (34 characters)" in result.output


def test_the_results_are_written_as_json(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    assert status(client(*GLOBAL, "--json", file, "--", *SMALL)) == 0
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    (result,) = document["results"]
    assert (document["version"], result["scenario"], result["verdict"]) == (1, "client-global-token", "passed")
    assert result["evidence"]["called"] == 3
    assert result["evidence"]["calls"][1] == (
        "Authorization: Bearer <token.global> with GET /v1/tasks at orchestration over http/1.1"
    )


def test_only_the_case_s_variables_reach_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not those of this process, unless that is said; and no configuration of a home folder."""
    for name in ("TASKER_API_KEY", "HTTP_PROXY", "MINE"):
        monkeypatch.setenv(name, "x")
    print_all = "import os; print(*sorted(os.environ)); print(os.environ['HOME'])"
    output = client(*GLOBAL, "--env", "MINE", "--env", "A=b", *python(print_all)).output
    assert "TASKER_API_KEY" not in output
    assert "HTTP_PROXY" not in output
    assert re.search(r"\| A .* MINE ", output)
    assert str(Path.home()) + "\n" not in output


def test_words_of_the_command_stand_for_addresses() -> None:
    """And other braces are the program's own."""
    code = "import sys, urllib.request as r; assert sys.argv[2:] == ['{}', '{x}'], sys.argv; r.urlopen(sys.argv[1])"
    result = client("--case", "client-none", *python(code), "{worker}/v1/templates", "{}", "{x}")
    assert status(result) == 0


@pytest.mark.parametrize(("level", "wanted"), [("must", 1), ("should", 0)])
def test_cases_of_one_s_own(level: str, wanted: int, tmp_path: Path) -> None:
    file = case_file(tmp_path, MINE.replace("LEVEL", level))
    call = "import os, urllib.request as r; r.urlopen(r.Request(os.environ['SHOP'], headers={'X-Shop-Key': KEY}))"
    good = client("--cases", file, *python(call.replace("KEY}", "os.environ['SHOP_KEY']}")))
    bad = client("--cases", file, *python(call.replace("KEY}", "'sk-another'}")))
    assert (status(good), status(bad)) == (0, wanted)


def test_what_is_known_is_a_finding_and_what_is_gone_is_stale(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text('[[finding]]\ncases = ["client-global-token"]\nrequirement = "r"\nreason = "as seen"\n')
    found = client(*GLOBAL, "--expected", known, "--", *SMALL, "no-global-token")
    assert (status(found), "1 finding" in found.output, "as seen" in found.output) == (0, True, True)
    gone = client(*GLOBAL, "--expected", known, "--", *SMALL)
    assert (status(gone), "1 stale" in gone.output) == (1, True)


def test_the_cases_are_listed() -> None:
    result = client("--list")
    assert status(result) == 0
    assert "client-private-key " in result.output
    assert "client-grpc" not in result.output
    assert "client-grpc" in client("--list", "--grpc").output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "which program is to be started"),
        (["--", "no-such-program-anywhere"], "there is no program no-such-program-anywhere"),
        (["--case", "client-global-tokn", "--", "true"], "did you mean 'client-global-token'"),
        (["--cases", "nowhere", "--", "true"], "there is no file nowhere"),
        (["--expected", "nobody", "--", "true"], "there is no file nobody"),
        (["--env", "NOT_SET_ANYWHERE", "--", "true"], "no such variable is set here"),
    ],
)
def test_what_can_t_be_is_said(words: list[str], problem: str) -> None:
    result = client(*words)
    assert problem in (getattr(result.exception, "message", None) or str(result.exception))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("apis", "apsi", "has no key 'apsi'; did you mean 'apis'"),
        ('apis = ["shop"]', "apis = []", "apis must be a list of names, one at least"),
        ("{key.a}", "{kye.a}", "{kye.a} stands for nothing"),
        ('"{shop}"', '"{shpo}"', "{shpo} stands for nothing"),
        ('"{shop}"', "1", "environment must be a table of variables"),
        ("LEVEL", "maybe", "'maybe' is no level"),
        ('title = "The key is sent"', "", "the case key-alone needs title"),
        ("expect =", "expected =", "has no key 'expected'"),
        ("{ X-Shop-Key =", '{ "X Shop Key" =', "expect must be a table of headers"),
        ('severity = "high"', 'severity = "high"\nexpect_at.market = {}', "has no key 'market'"),
        ('severity = "high"', 'severity = "high"\ntransport = "smoke"', "'smoke' is no transport"),
        ("[case.key-alone]", "[cases.key-alone]", "has no key 'cases'"),
        ('expect = { X-Shop-Key = "{key.a}" }', "expect = 1", "expect must be a table of headers"),
    ],
)
def test_a_mistake_in_a_file_of_cases_is_told_with_its_line(
    before: str, after: str, problem: str, tmp_path: Path
) -> None:
    assert before in MINE
    file = case_file(tmp_path, MINE.replace(before, after).replace("LEVEL", "must"))
    with pytest.raises(ScenarioFileError) as told:
        load_cases(file)
    assert problem in str(told.value)
    assert re.match(rf"{re.escape(str(file))}:\d+: ", str(told.value))


def test_a_known_deviation_of_a_case_that_isn_t_there_is_refused(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    known.write_text('[[finding]]\ncases = ["client-gone"]\nrequirement = "r"\nreason = "as seen"\n')
    assert isinstance(client("--expected", known, "--", *SMALL).exception, (ScenarioFileError, UsageError))
