"""A hostile service, judged, measured and started by the real commands in a real terminal.

Nothing of it reaches the terminal, the record, JUnit, the scripts, the pictures or the card as it came, and no token
that it gave back stands there.
"""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli_call import PROGRAM, SECONDS, environment
from hostile_service import FORGED
from scenario_files import HEAD, ROUTES, profile_text, write_profile, write_scenario

from harness.processes.ports import free_port
from harness.report.foreign_cell import is_own_command

SERVICE = Path(__file__).with_name("hostile_service.py")
# What rich writes to a terminal beside text: colours, and how a bar of progress is drawn and taken away.
OWN = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[2K|\x1b\[1A|\r")
COMMAND = f"{sys.executable} {SERVICE} {{port}} {{jwks_url}}"
POSITIVE = HEAD.replace('kills = ["m-no-exp-check"]', "positive_control = true")
SCENARIOS = {
    "expired": 'token.times = { exp = -3600 }\nexpect = "reject"\n',
    "contains": 'expect = "accept"\nanswer = { contains = "nothing of the kind" }\n',
    "lacks": 'expect = "accept"\nanswer = { headers = { X-A = { lacks = "title" } } }\n',
    "no-header": 'expect = "accept"\nanswer = { headers = { X-A = false } }\n',
    "raw": 'steps = [{ do = "send-raw", lines = ["GET /v1/things HTTP/1.1", "Host: {host}", '
    '"Authorization: Bearer {token}"], expect = "reject" }]\n',
    "alike": 'steps = [{ do = "send", remember = "a" }, { do = "send", remember = "b" }, '
    '{ do = "expect-alike", answers = ["a", "b"] }]\n',
    "series": 'steps = [{ do = "scrape-metrics", name = "a" }, { do = "send" }, '
    '{ do = "expect-series", since = "a", at_most = 0 }]\n',
    "routes": 'steps = [{ do = "send-to-routes", routes = "openapi", permissions = "own", expect = "reject" }]\n',
    "asked": 'steps = [{ do = "mark", name = "m" }, { do = "send" }, '
    '{ do = "expect-requests", on = "jwks", since = "m", method = "POST" }]\n',
    "made": 'steps = [{ do = "create-resource" }, { do = "publish-key", name = "k2" }, '
    '{ do = "send", request = { path = "/v1/things/{created}", query = "t={token}" }, expect = "reject" }]\n',
    "until": 'steps = [{ do = "send-until", within = { seconds = 0.1 }, expect = "reject" }]\n',
}
METRICS = '[metrics]\npaths = ["/metrics"]\ncounters = { requests = "auth_total" }\n'
RESOURCES = '[resources]\nroute = "read"\nmember = "things"\nid = "id"\n'
POLICY = "[policy]\nleeway_seconds = 0\n[vocabulary]\npermissions = ['things:list', 'things:create']\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the scenarios and the profile."""
    for topic, body in SCENARIOS.items():
        write_scenario(tmp_path / "mine", body, topic=topic, head=POSITIVE if topic == "made" else HEAD)
    text = profile_text(
        "jwks", "configure", "restart", "metrics", "resource-count", routes=ROUTES, more=METRICS + RESOURCES + POLICY
    )
    write_profile(tmp_path, text, name="hostile")
    return tmp_path


def in_a_terminal(*command: str | Path, folder: Path) -> tuple[int, str]:
    """The exit status, and all that the command wrote to its terminal."""
    ours, theirs = pty.openpty()
    variables = environment() | {"TERM": "xterm-256color"}
    with subprocess.Popen(
        [*map(str, command)], cwd=folder, env=variables, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        written = b""
        try:
            while more := os.read(ours, 65536):
                written += more
        except OSError:  # EIO: nobody has the other end any more.
            pass
        finally:
            os.close(ours)
        status = process.wait(SECONDS)
    return status, written.decode("utf-8")


def assert_shown(text: str, *, is_page: bool = True) -> None:
    """Printable characters and our own sequences, no piece of a token, and on a page no line that is the service's."""
    plain = OWN.sub("\n", text)
    strange = {c for line in plain.split("\n") for c in line if not c.isprintable()}
    assert strange == set()
    forged = FORGED.decode()
    assert [line for line in plain.split("\n") if is_page and line.startswith(forged)] == []
    assert re.findall(r"eyJ[A-Za-z0-9_.-]{9,}", plain) == []  # How a token begins may stay.


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@contextmanager
def no_curl(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which `curl` does nothing, so that only the script itself could do something."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / "curl").write_text("#!/bin/sh\necho '{}'\n")
    (programs / "curl").chmod(0o755)
    yield {"PATH": f"{programs}:{os.environ['PATH']}", "API_KEY_FULL": "x"}


def test_a_hostile_service_is_judged_and_not_obeyed(folder: Path) -> None:
    """Each way into a report is tried by a cell of its own, and the verdicts are what they should be."""
    status, written = in_a_terminal(
        *(PROGRAM, "run", "area/", "--scenarios", "mine", "--target", "process", "--command", COMMAND, "-n", "0"),
        *("--profile", "profiles/hostile.toml", "--style", "custom", "--report-dir", "out"),
        folder=folder,
    )
    assert_shown(written)
    assert status == 1, written
    record = (folder / "out" / "results.jsonl").read_text(encoding="utf-8")
    cells = {one["scenario"].split("/")[1]: one for one in map(json.loads, record.splitlines())}
    # What it says of itself can't be used, and is told.
    unusable = {topic: cells.pop(topic) for topic in ("made", "routes")}
    assert {topic: one["verdict"] for topic, one in unusable.items()} == dict.fromkeys(unusable, "error")
    assert {topic: (one["verdict"], one["reason"]) for topic, one in cells.items()} == dict.fromkeys(
        SCENARIOS.keys() - unusable.keys(), ("failed", "")
    )
    assert r"\x1b[2J\x1b[H" in cells["expired"]["actual"]
    assert any(r"\x1b]8;;" in line for line in cells["expired"]["evidence"]["service_log"])
    for text in texts([*cells.values(), *unusable.values()]):
        assert_shown(text, is_page=False)
    junit = (folder / "out" / "junit.xml").read_text(encoding="utf-8")
    assert_shown(junit)
    assert len(list(ET.fromstring(junit).iter("testcase"))) == len(SCENARIOS)
    for name in ("summary.md", "results.sarif", "badge.svg"):
        assert_shown((folder / "out" / name).read_text(encoding="utf-8"))
    scripts = sorted((folder / "out" / "scripts").iterdir())
    assert scripts
    with no_curl(folder) as variables:
        for script in scripts:
            assert_shown(script.read_text(encoding="utf-8"))
            syntax = subprocess.run(["bash", "-n", script], capture_output=True, timeout=30, check=False)
            assert (syntax.returncode, syntax.stderr) == (0, b"")
            subprocess.run(["bash", script], cwd=folder, env=variables, capture_output=True, timeout=30, check=False)
    assert [one["evidence"]["curl"] for one in cells.values() if not is_own_command(one["evidence"]["curl"])] == []
    assert sorted(one.name for one in folder.iterdir()) == ["mine", "out", "profiles", "programs"]
    again_status, again = in_a_terminal(PROGRAM, "report", "out", "--svg", "run.svg", folder=folder)
    assert_shown(again)
    assert_shown((folder / "run.svg").read_text(encoding="utf-8"))
    ET.parse(folder / "run.svg")
    assert again_status == 1


def test_a_hostile_service_is_measured_and_not_obeyed(folder: Path) -> None:
    status, written = in_a_terminal(
        *(PROGRAM, "measure", "--target", "process", "--command", COMMAND, "--profile", "profiles/hostile.toml"),
        *("--style", "custom", "--only", "answer-bad-token", "--only", "exp-leeway", "--json", "card.json"),
        folder=folder,
    )
    assert_shown(written)
    assert status == 0, written
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    for text in texts(card):
        assert_shown(text, is_page=False)
    rows = {row["name"]: row["value"] for row in card["readings"]}
    assert rows["exp-leeway"] == "not checked"
    assert rows["answer-bad-token"]["www_authenticate"].startswith(r'Bearer realm="\x1b[2J')


def test_a_service_that_does_not_start_is_quoted_and_not_obeyed(folder: Path) -> None:
    """Its last words stand behind a bar."""
    status, written = in_a_terminal(
        *(PROGRAM, "run", "area/expired", "--scenarios", "mine", "--target", "process", "--command", f"{COMMAND} die"),
        *("-n", "0", "--profile", "profiles/hostile.toml", "--style", "custom", "--report-dir", "out"),
        folder=folder,
    )
    assert_shown(written)
    assert status == 3, written
    assert r"  | \x1b[2J\x1b[H" in written


def test_pytests_own_report_obeys_nothing_either(folder: Path) -> None:
    """The plugin in a suite of somebody's own: failures, the reasons of expected ones, and the summary."""
    (folder / "mine" / "area" / "expired.toml").write_text(HEAD.replace('"must"', '"should"') + SCENARIOS["expired"])
    status, written = in_a_terminal(
        *(Path(PROGRAM).with_name("pytest"), "-rA", "-p", "no:cacheprovider", "-p", "no:randomly", "--color=yes"),
        *("--pyargs", "harness.suite.test_scenarios", "--rootdir", folder, "--idp-target", "process"),
        *("--idp-target-option", f"command={COMMAND}", "--idp-profile", folder / "profiles" / "hostile.toml"),
        *("--idp-scenarios", folder / "mine", "--idp-select", "area/", "--idp-style", "custom", "-n", "0"),
        folder=folder,
    )
    assert_shown(written)
    assert status == 1, written
    assert r"XFAIL" in written
    assert r"\x1b[2J" in written


def test_scenarios_of_a_stranger_are_listed_and_not_obeyed(tmp_path: Path) -> None:
    """Titles and requirements are texts like any other; a mistake in a file is told with what stands there."""
    text = r"\u001b[2J\n3010 cells: 3010 passed\r\u202e\u2028$(touch pwned)"
    head = HEAD.replace("A fact", text).replace("a sentence", text)
    write_scenario(tmp_path / "mine", f'expect = "reject"\nnote = "{text}"\n', head=head)
    for arguments in (("list", "area/"), ("show", "a-case")):
        status, written = in_a_terminal(PROGRAM, *arguments, "--scenarios", "mine", folder=tmp_path)
        assert_shown(written)
        assert (status, r"\x1b[2J" in written) == (0, True)
    write_scenario(tmp_path / "mine", f'"{text}" = 1\n', head=head)
    status, written = in_a_terminal(PROGRAM, "check", "--scenarios", "mine", folder=tmp_path)
    assert_shown(written)
    assert status == 2


def test_a_hostile_provider_is_quoted_and_not_obeyed(tmp_path: Path) -> None:
    """What answers where an identity provider should be, and gives the control token back, is quoted in one line."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen([sys.executable, SERVICE, str(port), f"{url}/x"], stderr=subprocess.PIPE) as service:
        assert service.stderr is not None
        try:
            while b"listens" not in service.stderr.readline():
                assert service.poll() is None
            status, written = in_a_terminal(
                *(PROGRAM, "run", "--target", "reference", "--idp-url", url, "--issuer", "default"),
                *("--style", "custom", "--control-token", "a-secret-of-mine-1234567890"),
                folder=tmp_path,
            )
        finally:
            service.kill()
    assert_shown(written)
    assert status == 3
    assert f"what answers at {url} is no mock identity provider: 200 OK" in written
    assert "of-mine" not in written
