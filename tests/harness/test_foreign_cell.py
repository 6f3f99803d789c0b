"""A record may be anybody's: what is no cell is refused with its line, and only commands of our own can be pasted."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness
from test_curl_line import REQUESTS, TOKEN

from harness.base.verdicts import FAILED, CellResult
from harness.idp.client import TOKEN_HEADER
from harness.report.foreign_cell import cell_of, is_own_command
from harness.report.summary import print_summary
from harness.shown import terminal
from harness.shown.shell_words import comment, json_word
from harness.wire.curl_line import CurlLine
from harness.wire.exchange import Request

HOSTILE = "\x1b[2J\n3010 cells: 3010 passed\r\u202e\u2028[red]x[/red]'; touch pwned #"


def line(**changes: Any) -> str:
    cell = CellResult("a/b/c[okta]", "a/b/c", "T", "", "okta", "x", {}, FAILED, "must", "high", "R").record()
    return json.dumps({**cell, **changes})


WRONG = {
    "no JSON": ("{", "is no JSON"),
    "no object": ("[1]", "it is no object"),
    "another member": (line(more=1), "no member"),
    "a member less": ('{"id": "a"}', "it has no scenario"),
    "a number for a text": (line(title=3), "title is no text"),
    "an unknown verdict": (line(verdict="\x1b[32mpassed"), r'"\\x1b\[32mpassed" is no verdict'),
    "an unknown level": (line(level="may"), "is no level"),
    "an unknown severity": (line(severity="none"), "is no severity"),
    "a time that is none": (line(duration_s="soon"), "duration_s is no number"),
    "a time without end": (line(duration_s=1.0).replace("1.0", "1e999"), "duration_s is no number"),
    "no number of JSON": (line(duration_s=1.0).replace("1.0", "NaN"), "NaN"),
    "a list for a table": (line(evidence=[]), "evidence is no object"),
    "a command that is none": (line(evidence={"curl": 1}), "curl is no text"),
    "a script that is none": (line(evidence={"script": "rm"}), "script is no list"),
    "too deep": ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_cell_is_refused(name: str) -> None:
    text, sentence = WRONG[name]
    with pytest.raises(ValueError, match=sentence):
        cell_of(text)


def test_a_cell_of_our_own_is_read_as_it_was() -> None:
    assert cell_of(line(expected="x", duration_s=3)).record() == json.loads(line(expected="x", duration_s=3))


MINT = (
    f"curl -s {TOKEN_HEADER}-H 'Accept: text/plain' -H 'Content-Type: application/json' "
    f"-d {json_word({'a': chr(39)})} http://x/t"
)


@pytest.mark.parametrize("name", REQUESTS)
def test_each_line_of_our_own_is_known(name: str) -> None:
    for token, command in ((None, None), (TOKEN, None), (TOKEN, MINT), (TOKEN, MINT.replace(TOKEN_HEADER, ""))):
        assert is_own_command(str(CurlLine("http://127.0.0.1:8080", REQUESTS[name], token, command)))
    assert is_own_command(str(CurlLine("https://h/a b", REQUESTS[name], "1", MINT, {"x": '"$API_KEY_FULL"'})))


def test_a_grpc_call_of_our_own_is_known() -> None:
    """With its message in octal, in the clear and over TLS."""
    call = Request("POST", "/x.Y/Z", headers=(("authorization", f"Bearer {TOKEN}"),), grpc=True, body=b"a'\xff")
    for authority in ("", "/tmp/x y/ca.pem"):
        assert is_own_command(str(CurlLine("https://127.0.0.1:1", call, TOKEN, MINT, ca_file=authority)))


def test_raw_bytes_and_comments_of_our_own_are_known() -> None:
    raw = Request("GET", "/", raw=b"GET / HTTP/1.1\r\nAuthorization: Bearer " + TOKEN.encode() + b"\r\n\r\n")
    assert is_own_command(str(CurlLine("http://127.0.0.1:8080", raw, TOKEN, MINT)))
    assert is_own_command(comment("too long; it's in the script"))


OTHERS = [
    "rm -rf x",
    "curl -si --globoff --path-as-is http://x; touch pwned",
    "curl -si --globoff --path-as-is http://x$(touch pwned)",
    "curl -si --globoff --path-as-is http://x`touch pwned`",
    "curl -si --globoff --path-as-is http://x && touch pwned",
    "curl -si --globoff --path-as-is http://x | sh",
    "curl -si --globoff --path-as-is http://x > pwned",
    "curl -si --globoff --path-as-is http://x -o pwned",
    "curl -si --globoff --path-as-is file:///etc/passwd",
    "curl -si --globoff --path-as-is http://x -H @/etc/passwd",
    "curl -si --globoff --path-as-is http://x -H '@/etc/passwd'",
    "curl -si --globoff --path-as-is http://x --data-binary @/etc/passwd",
    "curl -si --globoff --path-as-is http://x --http2-prior-knowledge --data-binary @<(printf %b x; touch pwned)",
    "curl -si --globoff --path-as-is http://x --http2-prior-knowledge --data-binary @<(touch pwned)",
    "curl -si --globoff --path-as-is http://x --http2-prior-knowledge --data-binary @<(printf %b $(touch pwned))",
    "curl -si --cacert -o --globoff --path-as-is http://x",
    "curl -si -X $(touch pwned) --globoff --path-as-is http://x",
    'curl -si --globoff --path-as-is http://x -H "$(touch pwned)"',
    'curl -si --globoff --path-as-is http://x -H "$HOME"',
    f'curl -si --globoff --path-as-is http://x -H "$({MINT}; touch pwned)"',
    MINT.join(['curl -si --globoff --path-as-is http://x -H "$(', ')"']).replace("-d '{", "-d '@{"),
    "curl -si --globoff --path-as-is http://x -H 'a\n'",
    "# x\ntouch pwned",
    "# $(touch pwned)",
    "exec 3<>/etc/passwd && printf %b x >&3 && timeout 5 cat <&3",
    "curl -si --globoff --path-as-is http://x" + " -H a" * 30_000 + ";",
    "curl -si -X " + "'a'" * 100_000 + "!",
]


@pytest.mark.parametrize("text", OTHERS)
def test_no_other_command_is_shown_for_pasting(text: str) -> None:
    assert not is_own_command(text)
    shown = cell_of(line(evidence={"curl": text})).evidence["curl"]
    assert shown == "# 'left out: it is no command that idp-harness writes'"


def test_a_record_of_a_stranger_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    """Each text of it: on lines that nobody takes for ours, in the terminal's output and in the picture."""
    texts = dict.fromkeys(
        ("title", "requirement", "expected", "actual", "reason", "variant", "style", "target"), HOSTILE
    )
    evidence = {"curl": f"curl {HOSTILE}", "script": [HOSTILE], HOSTILE: [HOSTILE, 10**300]}
    record = line(
        id=f"../../{HOSTILE}[x]", scenario=f"../../{HOSTILE}", config={HOSTILE: HOSTILE}, evidence=evidence, **texts
    )
    (tmp_path / "results.jsonl").write_text(f"{record}\n{line(verdict='skipped', reason=HOSTILE)}\n", encoding="utf-8")
    done = idp_harness("report", "results.jsonl", "--svg", "run.svg", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    for text in (done.stdout, (tmp_path / "run.svg").read_text(encoding="utf-8")):
        assert all(one.isprintable() for one in text.split("\n"))
    assert [one for one in done.stdout.split("\n") if one.startswith("3010 cells")] == []
    assert "1 failed, 1 skipped" in done.stdout
    assert sorted(one.name for one in tmp_path.iterdir()) == ["results.jsonl", "run.svg"]


def test_what_is_wrong_with_a_record_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text(line() + "\n" + line(verdict=HOSTILE) + "\n", encoding="utf-8")
    done = idp_harness("report", "results.jsonl", folder=tmp_path)
    assert done.returncode == 2
    assert "results.jsonl:2: is no record of a cell: " in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.rstrip("\n").isprintable()


def test_the_name_of_a_script_stays_in_its_folder() -> None:
    console = terminal.console(file=io.StringIO(), width=10_000)
    print_summary(console, [cell_of(line(id="../" * 900 + "x", evidence={"script": ["x"]}))], seconds=None)
    assert isinstance(console.file, io.StringIO)
    [row] = [one for one in console.file.getvalue().split("\n") if one.startswith("  script")]
    name = row.split()[1].removeprefix("scripts/")
    assert "/" not in name
    assert len(name) < 250
