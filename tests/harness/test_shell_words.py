"""Words and comments of scripts: bash gets the bytes, runs none of them, and a reader sees all of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_call import needs_curl, run_in_bash

from harness.idp.repro_script import ReproScript
from harness.shown.shell_words import comment, json_word, octal_word, word
from harness.wire.curl_line import CurlLine
from harness.wire.exchange import Request

# Each would leave a file `pwned`, or what a terminal obeys, if it got out of its quotes.
HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "\\'; touch pwned; '",
    "x\ntouch pwned\n",
    "x\rtouch pwned\r",
    "x\u2028touch pwned\u2029y\u0085",
    "# x\n(touch pwned)",
    "\x1b]0;title\x07\x1b[2J\x1b[32mALL PASSED\x1b[0m",
    "\u202egnihton\u2066\u200b\ufeff",
    "!! !touch",
    "${IFS}&&touch${IFS}pwned",
    "*(e:'touch pwned':)",
    "curl -si '\n",
    "\ud800",
]


def is_clean(line: str) -> bool:
    return line.isprintable()


@needs_curl
@pytest.mark.parametrize("text", HOSTILE)
def test_a_word_is_the_same_bytes(text: str, tmp_path: Path) -> None:
    data = text.encode("utf-8", "replace")
    for made in (word(text), word(data)):
        assert is_clean(made)
        assert run_in_bash(f"cd {tmp_path} && printf %s {made}").stdout == data
    assert is_clean(octal_word(data))
    assert run_in_bash(f"cd {tmp_path} && printf %b {octal_word(data)}").stdout == data
    assert list(tmp_path.iterdir()) == []


@needs_curl
@pytest.mark.parametrize("text", HOSTILE)
def test_json_is_the_same_value(text: str, tmp_path: Path) -> None:
    made = json_word({text: [text, "naïve"]})
    assert is_clean(made)
    assert "naïve" in made
    assert json.loads(run_in_bash(f"cd {tmp_path} && printf %s {made}").stdout) == {text: [text, "naïve"]}
    assert list(tmp_path.iterdir()) == []


@needs_curl
@pytest.mark.parametrize("text", HOSTILE)
def test_a_comment_is_one_line_that_runs_nothing(text: str, tmp_path: Path) -> None:
    line = comment(text, "actual  ")
    assert is_clean(line)
    done = run_in_bash(f"cd {tmp_path}\n{line}\necho done")
    assert (done.stdout, done.stderr) == (b"done\n", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_that_knows_no_comments_runs_nothing_either(text: str, tmp_path: Path) -> None:
    """As zsh, and bash without `interactive_comments`, take a pasted line: `#` is a word like any other."""
    script = f"cd {tmp_path}\nfunction hash {{ true; }}\n{comment(text).replace('#', 'hash', 1)}\necho done\n"
    done = subprocess.run(["bash", "--norc"], input=script.encode(), capture_output=True, timeout=30, check=False)
    assert done.stdout == b"done\n"
    assert list(tmp_path.iterdir()) == []


@needs_curl
@pytest.mark.parametrize("text", HOSTILE)
def test_no_part_of_a_request_gets_out_of_its_command(text: str, tmp_path: Path) -> None:
    raw = text.encode("utf-8", "replace")
    requests = [
        Request(text, "/", ()),
        Request("POST", f"/{text}", (("X-A", text), (text, "1"), ("X-B", raw)), raw),
        Request("GET", "/", raw=b"GET / HTTP/1.1\r\n" + raw),
    ]
    for request in requests:
        try:
            line = str(CurlLine(f"http://127.0.0.1:1/{text}", request))
        except UnicodeEncodeError:
            continue  # No header and no path can hold a lone surrogate: nothing is sent.
        assert is_clean(line)
        assert run_in_bash(f"cd {tmp_path}; false && {line}; true").stderr == b""
        assert list(tmp_path.iterdir()) == []


@needs_curl
@pytest.mark.parametrize("text", HOSTILE)
def test_a_script_runs_nothing_of_what_stands_in_it(text: str, tmp_path: Path) -> None:
    """Answers, names of keys, kids, settings and notes: the commands of the script are our own in number and kind."""
    script = ReproScript("http://127.0.0.1:1", "/_mock/issuers/x")
    script.call("POST", "/_mock/issuers/x/keys", {"name": text, "kid": "curl", "a": [text]})
    script.call("PATCH", "/_mock/issuers/x/keys/curl", {"state": "retired"})
    script.request(lambda names: str(CurlLine("http://127.0.0.1:1", Request("GET", f"/{names}"))), text)
    script.request(lambda _: f"exec {octal_word(text.encode('utf-8', 'replace'))}", text, at_once=True)
    script.join()
    script.note(text)
    lines = script.script({text: "curl", "first": "bash"})
    assert all(map(is_clean, lines))
    assert [line.split()[0] for line in lines] == [
        "#!/usr/bin/env",
        "curl",
        "curl",
        "curl",
        "curl",
        "exec",
        "wait",
        "#",
    ]
    script = "\n".join(lines).replace("curl ", "true ").replace("exec ", "true ")
    done = subprocess.run(["bash", "-eu"], input=script.encode(), capture_output=True, cwd=tmp_path, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_kid_that_is_a_command_is_no_command_in_a_script() -> None:
    """Only where a kid stands by itself does the name of its key stand in the script."""
    script = ReproScript("http://127.0.0.1:1", "/_mock/issuers/x")
    script.call("PATCH", "/_mock/issuers/x/keys/curl", {"state": "curl", "text": "curl it"})
    assert script.script({"k2": "curl"})[2] == (
        "curl -sS -o /dev/null -H 'Content-Type: application/json' -X PATCH "
        '-d \'{"state": "k2", "text": "curl it"}\' '
        "http://127.0.0.1:1/_mock/issuers/x/keys/k2"
    )
