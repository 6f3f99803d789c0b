"""What the runner makes of real services, good and bad."""

from __future__ import annotations

import urllib.request
from dataclasses import replace

import pytest
from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest
from watching import steps

from harness.base.verdicts import ERROR, FAILED, INCONCLUSIVE, PASSED, CellResult
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.cell_runner import run_cell

EXPIRED = 'token.times = { exp = -3600 }\nexpect = "reject"\n'
PLAIN = 'expect = "accept"\n'
ANONYMOUS = 'preflight = true\nrequest.anonymous = true\nexpect = "reject"\n'
FORBIDDEN = 'token.permissions = []\nexpect = "deny"\n'


def lets_everything_in(call: Call) -> Answer:
    return Answer(200 if call.method == "GET" else 201)


def refuses_everything(_: Call) -> Answer:
    return Answer(401)


def never_expires(call: Call) -> Answer:
    """Checks nothing but that there is a token."""
    return lets_everything_in(call) if call.token else Answer(401)


@pytest.mark.parametrize("body", [EXPIRED, PLAIN, ANONYMOUS, FORBIDDEN], ids=["expired", "plain", "none", "forbidden"])
def test_an_honest_service_passes(bench: Bench, body: str) -> None:
    result = bench.judge(honest, body)
    assert (result.verdict, result.actual, result.reason) == (PASSED, "", "")


def test_a_service_that_lets_everything_in_fails_the_pre_flight_scenario(bench: Bench) -> None:
    result = bench.judge(lets_everything_in, ANONYMOUS)
    assert (result.verdict, result.expected, result.actual) == (FAILED, "reject: 401", "200 OK {}")


@pytest.mark.parametrize("body", [EXPIRED, FORBIDDEN, PLAIN], ids=["expired", "forbidden", "plain"])
def test_where_anonymous_requests_are_let_in_nothing_is_proved(bench: Bench, body: str) -> None:
    """Not even that good tokens are accepted."""
    result = bench.judge(lets_everything_in, body)
    assert result.verdict == INCONCLUSIVE
    assert result.reason == "pre-flight: a request without credentials must be 401; got 200 OK {}"


@pytest.mark.parametrize("status", [404, 501])
def test_a_route_that_is_not_served_proves_nothing(bench: Bench, status: int) -> None:
    """Neither that a caller is kept out, nor that a good token is refused."""
    with SmallService(lambda _: Answer(status)) as service, bench.session(service) as session:
        expired, plain = (run_cell(bench.cell(body), session) for body in (EXPIRED, PLAIN))
    assert (expired.verdict, plain.verdict) == (INCONCLUSIVE, INCONCLUSIVE)
    assert expired.reason == plain.reason
    assert plain.reason.startswith(
        "pre-flight: GET /v1/things gets the same answer with and without the plain token, so it seems not to be "
        f"served: {status} "
    )


@pytest.fixture(scope="module")
def where_all_is_refused(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, CellResult]:
    """The results of the four scenarios on one service; its pre-flight takes some seconds."""
    bench = Bench(idp_client, attacker, tmp_path_factory.mktemp("refused"))
    bodies = {"expired": EXPIRED, "forbidden": FORBIDDEN, "plain": PLAIN, "none": ANONYMOUS}
    with SmallService(refuses_everything) as service, bench.session(service) as session:
        return {name: run_cell(bench.cell(body), session) for name, body in bodies.items()}


@pytest.mark.parametrize("name", ["expired", "forbidden"])
def test_where_everything_is_refused_a_refusal_proves_nothing(
    where_all_is_refused: dict[str, CellResult], name: str
) -> None:
    result = where_all_is_refused[name]
    assert result.verdict == INCONCLUSIVE
    assert result.reason.startswith("the control failed: the plain token must be accepted by GET /v1/things; got 401")


def test_where_everything_is_refused_good_tokens_fail(where_all_is_refused: dict[str, CellResult]) -> None:
    result = where_all_is_refused["plain"]
    assert (result.verdict, result.expected) == (FAILED, "accept: 200")
    assert result.actual.startswith("401 ")


def test_where_everything_is_refused_anonymous_requests_are_too(where_all_is_refused: dict[str, CellResult]) -> None:
    assert where_all_is_refused["none"].verdict == PASSED


def test_an_expired_token_that_is_let_in_fails(bench: Bench) -> None:
    result = bench.judge(never_expires, EXPIRED)
    assert (result.verdict, result.expected, result.actual) == (FAILED, "reject: 401", "200 OK {}")


@pytest.mark.parametrize("status", [200, 400, 403, 500, 503])
def test_another_status_than_expected_fails(bench: Bench, status: int) -> None:
    """Also one that refuses, and also one that says the service is broken."""

    def behave(call: Call) -> Answer:
        answer = honest(call)
        return Answer(status) if call.token and answer.status == 401 else answer

    assert bench.judge(behave, EXPIRED).verdict == FAILED


def test_a_service_that_refuses_the_plain_token_after_the_case_fails(bench: Bench) -> None:
    """The canary: a case must not break the service for others."""
    seen: list[int] = []

    def breaks(call: Call) -> Answer:
        answer = Answer(401) if seen else honest(call)
        if call.token and honest(call).status == 401:
            seen.append(1)
        return answer

    result = bench.judge(breaks, EXPIRED)
    assert (result.verdict, result.expected) == (FAILED, "the plain token is accepted after the case (canary)")
    assert "got 401" in result.actual


FAULTY = 'fault = { on = "jwks", kind = "status", status = 500 }\nsteps = [{ do = "fault" }, { do = "send" }]\n'
COUNTED = 'fetches = { at_most = 1 }\nsteps = [{ do = "send" }]\n'


@pytest.mark.parametrize(
    ("case", "policy", "verdict"),
    [
        (FAULTY, {}, INCONCLUSIVE),
        (FAULTY, {"timed_refresh": False}, INCONCLUSIVE),
        (FAULTY, {"timed_refresh": True}, FAILED),
        (COUNTED, {}, FAILED),
    ],
)
def test_a_service_that_may_be_slow_to_fetch_again_is_not_blamed_for_the_providers_trouble(
    bench: Bench, case: str, policy: dict[str, bool], verdict: str
) -> None:
    """Nobody has said when it is to let the plain token in again; without such trouble it was the token's doing."""
    accepted: list[int] = []

    def loses_its_keys(call: Call) -> Answer:
        answer = honest(call) if len(accepted) < 2 else Answer(401)
        accepted.extend([1] if answer.status == 200 else [])
        return answer

    with SmallService(loses_its_keys) as service, bench.session(service) as session:
        session.profile = replace(session.profile, policy={**session.profile.policy, **policy})
        result = run_cell(bench.cell(PLAIN + case), session)
    assert result.verdict == verdict


CALLED = 'token.header = { jku = "{attacker}/jwks.json" }\nexpect = "accept"\n'


JKU = 'do = "send", token.header = { jku = "{attacker}/jwks.json" }'
NOT_SET_UP = steps(JKU, 'do = "send", token.times = { exp = -600, iat = -900 }, expect = "accept", sets_up = true')


@pytest.mark.parametrize("case", [CALLED, NOT_SET_UP], ids=["whole", "not set up"])
def test_a_service_that_calls_the_attacker_fails(bench: Bench, case: str) -> None:
    """Also where the case came no further, for whatever reason."""

    def follows(call: Call) -> Answer:
        if call.token and (address := call.header.get("jku")):
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address).close()
        return honest(call)

    result = bench.judge(follows, case)
    assert (result.verdict, result.expected) == (FAILED, "no request to an address that the token names")
    assert result.actual.endswith("/a-case/jwks.json")


def test_a_service_that_leaves_the_attacker_alone_passes(bench: Bench) -> None:
    assert bench.judge(honest, CALLED).verdict == PASSED
    assert bench.judge(honest, NOT_SET_UP).verdict == INCONCLUSIVE


def test_a_service_that_gives_the_token_back_fails(bench: Bench) -> None:
    def echoes(call: Call) -> Answer:
        answer = honest(call)
        return Answer(answer.status, f'{{"bad token":"{call.token}"}}') if answer.status == 401 else answer

    result = bench.judge(echoes, EXPIRED)
    assert (result.verdict, result.actual) == (FAILED, "401 with a part of the token")


def test_a_control_that_is_refused_makes_the_case_inconclusive(bench: Bench) -> None:
    """The defect may be refused for what it shares with the control."""

    def refuses_extra_claims(call: Call) -> Answer:
        return Answer(401) if call.token and "extra" in call.claims else honest(call)

    result = bench.judge(refuses_extra_claims, EXPIRED + "control = { token = { claims = { extra = true } } }\n")
    assert result.verdict == INCONCLUSIVE
    assert result.reason.startswith("the control failed: expected accept: 200; got 401")


def test_statuses_without_a_success_need_a_control_too(bench: Bench) -> None:
    """A list of refusals says "not let in" as the words for it do."""

    def broken_write(call: Call) -> Answer:
        return Answer(404) if call.method == "POST" else honest(call)

    body = 'request = { route = "write", path = "/elsewhere" }\nexpect = [401, 404]\n'
    assert bench.judge(honest, body.replace("404", "201")).verdict == PASSED
    assert bench.judge(broken_write, body).verdict == INCONCLUSIVE


def test_the_control_of_a_route_is_the_plain_token_there(bench: Bench) -> None:
    def broken_write(call: Call) -> Answer:
        return Answer(401) if call.method == "POST" else honest(call)

    result = bench.judge(broken_write, 'request = "write"\n' + EXPIRED)
    assert (result.verdict, "POST /v1/things" in result.reason) == (INCONCLUSIVE, True)


def test_a_service_that_comes_up_slowly_is_waited_for(bench: Bench) -> None:
    """Pre-flight sends the plain token again for a while: keys may still be on their way."""
    refused: list[int] = []

    def slow(call: Call) -> Answer:
        if call.token and len(refused) < 3:
            refused.append(1)
            return Answer(401)
        return honest(call)

    assert bench.judge(slow, EXPIRED).verdict == PASSED
    assert len(refused) == 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            'token = { header_text = "1", mutation = "alg-none" }\nexpect = "reject"\n',
            "/tokens of the mock identity provider: 409",
        ),
        ('token.header.kid = "{host}"\nexpect = "reject"\n', "there is no {host} here"),
        ('request.headers = { X-A = "a\\r\\nb" }\nexpect = "refuse"\n', "can't be sent as it stands"),
        ('request = "elsewhere"\nexpect = "accept"\n', "has no route 'elsewhere'"),
        ('steps = [{ do = "stop-service" }, { do = "send" }]\n', "while its service is not running"),
    ],
    ids=["mutation", "placeholder", "header", "route", "no-service"],
)
def test_what_the_harness_cannot_do_is_an_error(bench: Bench, body: str, reason: str) -> None:
    """And no verdict on the service."""
    result = bench.judge(honest, body)
    assert result.verdict == ERROR
    assert reason in result.reason


def test_a_result_says_what_was_run(bench: Bench) -> None:
    result = bench.judge(honest, EXPIRED)
    assert (result.id, result.scenario, result.target) == ("area/topic/a-case[auth0]", "area/topic/a-case", "url")
    assert (result.level, result.severity, result.requirement) == ("must", "high", "RFC 0 §0: a sentence")
    assert (result.title, result.style, result.variant, result.config) == ("A fact", "auth0", "", {})
    assert 0 < result.duration_s < 30


@pytest.mark.parametrize(("declared", "verdict"), [("false", PASSED), ("true", FAILED)])
def test_a_policy_is_judged_by_what_the_profile_declares(bench: Bench, declared: str, verdict: str) -> None:
    """The service lets tokens without kid in; a profile that declares `kid_required = false` asks for that."""
    body = f'policy = {{ knob = "kid_required", is = {declared}, then = "accept", otherwise = "deny" }}\n'
    assert bench.judge(honest, 'token.header_without = ["kid"]\n' + body).verdict == verdict
