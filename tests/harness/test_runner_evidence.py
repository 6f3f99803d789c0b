"""What is kept of a cell that did not pass, and what never is."""

from __future__ import annotations

import json
import re
import urllib.parse
from pathlib import Path

import pytest
from cell_bench import Bench
from cli_call import needs_curl, run_in_bash
from scenario_files import profile_text, write_profile
from small_service import Answer, Behaviour, Call, SmallService, honest

from harness.base.verdicts import FAILED, PASSED, CellResult
from harness.cell.environment import Environment, Options
from harness.cell.session import Session
from harness.declared.profile import load_profile
from harness.matrix.cell_runner import run_cell
from harness.report.text import failure_text
from harness.targets.url import UrlTarget

EXPIRED = 'token.times = { exp = -3600 }\nexpect = "reject"\n'


def never_expires(call: Call) -> Answer:
    return Answer(200) if call.token else Answer(401)


def takes_tokens_from_anywhere(call: Call) -> Answer:
    """And gives what it got back, wherever that is not the body of a judged answer."""
    text = urllib.parse.unquote(call.path) + str(call.headers) + call.body.decode()
    success = 200 if call.method == "GET" else 201
    body = json.dumps({"path": call.path, "cookie": call.headers.get("Cookie")})
    return Answer(success if "eyJ" in text else 401, body)


@pytest.fixture
def failed(bench: Bench) -> CellResult:
    result = bench.judge(never_expires, EXPIRED)
    assert result.verdict == FAILED
    return result


def test_the_exchange_is_kept(failed: CellResult) -> None:
    [exchange] = failed.evidence["exchanges"]
    assert (exchange["request"], exchange["status"], exchange["answer"]) == ("GET /v1/things", 200, "{}")
    assert exchange["token_spec"] == {"times": {"exp": -3600}, "permissions": ["things:list"]}
    assert exchange["at"] > 1_700_000_000
    assert exchange["seconds"] >= 0


def test_the_issuer_is_named(failed: CellResult) -> None:
    assert failed.evidence["issuer"].startswith("http://127.0.0.1:")


def test_a_record_is_json(failed: CellResult) -> None:
    assert CellResult(**json.loads(json.dumps(failed.record()))) == failed


def test_the_curl_line_is_that_of_the_last_request(bench: Bench) -> None:
    steps = '{ do = "send", expect = "accept" }, { do = "send", request.query = "n=2", expect = [418] }'
    result = bench.judge(honest, f"steps = [{steps}]\n")
    assert result.verdict == FAILED
    assert "/v1/things?n=2" in result.evidence["curl"]


def test_a_cell_that_passed_keeps_no_exchanges(bench: Bench) -> None:
    result = bench.judge(honest, EXPIRED + "fetches = { at_most = 1 }\n")
    assert result.verdict == PASSED
    assert list(result.evidence) == ["fetches"]


def test_the_text_of_a_failure_has_what_a_person_needs(failed: CellResult) -> None:
    text = failure_text(failed)
    for part in (
        "failed: A fact",
        "cell         area/topic/a-case[auth0]",
        "requirement  RFC 0 §0: a sentence  (must, high)",
        "expected     reject: 401",
        "actual       200 OK {}",
        "repeat       curl -si",
    ):
        assert part in text


@needs_curl
def test_the_curl_line_repeats_the_request_with_a_new_token(bench: Bench) -> None:
    """While the identity provider and the service run, pasting it gives the same answer."""
    with SmallService(never_expires) as service, bench.session(service) as session:
        result = run_cell(bench.cell(EXPIRED), session)
        done = run_in_bash(result.evidence["curl"])
        first, last = service.calls[-2:]
    assert done.stdout.startswith(b"HTTP/1.1 200 ")
    assert (last.method, last.path) == (first.method, first.path)
    assert last.claims["permissions"] == ["things:list"]
    assert last.claims["exp"] < last.claims["iat"]


PLACES = {
    "header": "",
    "query": 'request = { anonymous = true, query = "access_token={token}" }\n',
    "cookie": 'request = { anonymous = true, headers = { Cookie = "a={token}" } }\n',
    "form": 'request = { route = "write", anonymous = true, body = "access_token={token}" }\n',
    "twice": 'request = { authorization = "Bearer {token}, Bearer {token}" }\n',
}


@pytest.mark.parametrize("place", PLACES)
def test_a_whole_token_is_never_in_a_record(bench: Bench, place: str) -> None:
    """Wherever the scenario put it, and wherever the service gave it back."""
    body = PLACES[place] + 'token.claims = { sub = "svc-1" }\nexpect = [418]\n'
    with SmallService(takes_tokens_from_anywhere) as service, bench.session(service) as session:
        result = run_cell(bench.cell(body), session)
        sent = "".join(call.path + str(call.headers) + call.body.decode() for call in service.calls)
    assert (result.verdict, result.reason) == (FAILED, "")
    signatures = {part.split(".")[2][:40] for part in sent.replace("=", " ").split() if part.count(".") == 2}
    assert signatures
    record = json.dumps(result.record()) + failure_text(result)
    assert [one for one in signatures if one in record] == []


def test_a_token_that_the_service_gives_back_is_cut_in_the_record(bench: Bench) -> None:
    def echoes(call: Call) -> Answer:
        answer = honest(call)
        return Answer(answer.status, call.token) if call.token and answer.status == 401 else answer

    result = bench.judge(echoes, EXPIRED)
    [exchange] = result.evidence["exchanges"]
    assert exchange["answer"].count(".") < 3
    assert len(exchange["answer"]) < 500


KEYS = """
[api_keys.full]
key = "sk-very-secret-value"
permissions = ["things:list"]
"""


def judge_with_api_keys(bench: Bench, behaviour: Behaviour, body: str, folder: Path) -> CellResult:
    profile = load_profile(write_profile(folder, profile_text("jwks", "api-keys", more=KEYS)))
    with SmallService(behaviour) as service:
        environment = Environment(Options(target="url"), profile, UrlTarget(service.url), bench.idp, bench.attacker)
        session = Session(environment, "auth0", {})
        try:
            return run_cell(bench.cell(body), session)
        finally:
            session.close()


def test_an_api_key_is_shortened_in_the_exchange(bench: Bench, tmp_path: Path) -> None:
    body = 'request = { anonymous = true, headers = { "{api_key_header}" = "{api_key.full}" } }\nexpect = "accept"\n'
    result = judge_with_api_keys(bench, honest, body, tmp_path)
    assert result.verdict == FAILED
    [exchange] = result.evidence["exchanges"]
    assert ["X-API-Key", "sk-very-…"] in exchange["headers"]


def test_a_key_of_somebodys_own_is_a_variable_in_commands(bench: Bench, tmp_path: Path) -> None:
    body = 'request = { anonymous = true, headers = { "{api_key_header}" = "{api_key.full}" } }\nexpect = "accept"\n'
    result = judge_with_api_keys(bench, honest, body, tmp_path)
    assert """-H 'X-API-Key: '"$API_KEY_FULL\"""" in result.evidence["curl"]
    assert "secret-value" not in json.dumps(result.record())


def test_a_command_that_would_show_a_part_of_one_is_left_out(bench: Bench, tmp_path: Path) -> None:
    body = (
        'request = { anonymous = true, headers = { "{api_key_header}" = "{api_key.full|cut}" } }\nexpect = "accept"\n'
    )
    result = judge_with_api_keys(bench, honest, body, tmp_path)
    assert result.evidence["curl"] == "# 'left out: a credential stands in it'"


def in_cookies(call: Call) -> Answer:
    """The token in two cookies, in a header, escaped in the body, and in the path that the provider is asked for."""
    if not call.token:
        return Answer(401)
    half = len(call.token) // 2
    cookies = (("Set-Cookie", f"a={call.token[:half]}"), ("Set-Cookie", f"b={call.token[half:]}"))
    hidden = "".join(f"\\u{ord(c):04x}" for c in call.token)
    return Answer(401 if call.claims["exp"] < 0 else 200, f'{{"t":"{hidden}"}}', cookies)


def test_a_token_that_is_split_over_two_cookies_is_in_no_piece_in_the_record(bench: Bench) -> None:
    """And in no other form, in the record, the text of the failure and the verdict's own words."""
    sent: list[str] = []

    def behaviour(call: Call) -> Answer:
        sent.append(call.token)
        return in_cookies(call)

    result = bench.judge(behaviour, EXPIRED)
    assert (result.verdict, result.reason) == (FAILED, "")
    record = json.dumps(result.record(), ensure_ascii=False) + failure_text(result)
    assert "Set-Cookie" in record
    letters = "".join(
        c for c in re.sub(r"\\\\*u00([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), record) if c.isalnum()
    )
    for token in filter(None, sent):
        signature = "".join(c for c in token.rpartition(".")[2] if c.isalnum())
        assert [signature[at : at + 8] for at in range(len(signature) - 8) if signature[at : at + 8] in letters] == []


def test_the_verdicts_own_words_hold_no_token(bench: Bench) -> None:
    """What came instead is quoted there."""
    result = bench.judge(lambda call: Answer(200 if call.token else 401, f'{{"token":"{call.token}"}}'), EXPIRED)
    assert result.verdict == FAILED
    assert re.fullmatch(r'200 OK \{"token":"eyJ[\w-]{5}… \(\d+ more bytes\)', result.actual), result.actual


def hostile(call: Call) -> Answer:
    text = "\x1b[2J\x1b[32mALL PASSED\x1b[0m\r\n3010 cells: 3010 passed\u202e\u2028\u200b$(touch pwned)`id`"
    return Answer(200 if call.token else 401, text, (("X-A", "\x1b[31m"), ("Set-Cookie", "a=\u009b1m")))


def test_whatever_the_service_says_each_text_of_the_record_can_be_shown(bench: Bench) -> None:
    result = bench.judge(hostile, EXPIRED)
    assert result.verdict == FAILED
    assert r"200 OK \x1b[2J\x1b[32mALL PASSED\x1b[0m\r\n3010 cells: 3010 passed\u202e" in result.actual
    assert json.dumps(result.record(), ensure_ascii=False).isprintable()
    assert all(line.isprintable() for line in failure_text(result).split("\n"))
    [exchange] = result.evidence["exchanges"]
    assert ["X-A", r"\x1b[31m"] in exchange["answer_headers"]
