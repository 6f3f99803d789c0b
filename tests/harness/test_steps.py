"""What each step does, to the issuer and to the service."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest

from harness.runner import run_cell
from harness.session import Session
from harness.steps import step_function
from harness.verdicts import ERROR, FAILED, PASSED, CellResult
from harness.vocabulary import STEPS


@pytest.fixture
def service() -> Iterator[SmallService]:
    with SmallService(honest) as service:
        yield service


def fetched(url: str) -> dict[str, Any]:
    """The JSON at `url`, past any proxy."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def published(session: Session) -> list[str]:
    return [key["kid"] for key in fetched(session.issuer.jwks_uri)["keys"]]


class Watch:
    """A service that looks at the issuer's key set with every request; `kids` is what it saw last."""

    def __init__(self) -> None:
        self.jwks_uri = ""
        self.kids: list[list[str]] = []
        self.signed_by: list[str] = []

    def __call__(self, call: Call) -> Answer:
        if call.token:
            self.signed_by.append(call.header["kid"])
            self.kids.append([key.get("kid", "?") for key in fetched(self.jwks_uri)["keys"]])
        return honest(call)


def watched(bench: Bench, body: str, style: str = "auth0") -> tuple[CellResult, Watch, Session]:
    watch = Watch()
    with SmallService(watch) as service, bench.session(service, style) as session:
        watch.jwks_uri = session.issuer.jwks_uri
        result = run_cell(bench.cell(body, style), session)
    return result, watch, session


def steps(*lines: str) -> str:
    return "steps = [\n" + "".join(f"  {{ {line} }},\n" for line in lines) + "]\n"


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_its_function(name: str) -> None:
    assert step_function(name).__name__ == name.replace("-", "_")


def test_publish_key_adds_a_key_that_signs_when_named(bench: Bench) -> None:
    body = steps('do = "publish-key", name = "second"', 'do = "send", token = { key = "second" }')
    result, watch, session = watched(bench, body)
    assert result.verdict == PASSED
    assert watch.signed_by[-2] in watch.kids[-2]
    assert watch.signed_by[-2] not in (*watch.kids[0], session.first_kid)


def test_publish_key_with_state_current_signs_from_then_on(bench: Bench) -> None:
    _, watch, session = watched(bench, steps('do = "publish-key", name = "second", state = "current"', 'do = "send"'))
    assert watch.signed_by[-1] != session.first_kid


def test_make_key_is_never_published(bench: Bench) -> None:
    body = steps('do = "make-key", name = "mine"', 'do = "send", token = { key = "mine" }')
    _, watch, _ = watched(bench, body)
    assert watch.signed_by[-2] not in watch.kids[-2]


def test_the_attackers_key_is_there_without_a_step(bench: Bench) -> None:
    result, watch, session = watched(bench, 'token.key = "attacker"\nexpect = "accept"\n')
    assert result.verdict == PASSED
    assert watch.signed_by[-2] not in [*watch.kids[-2], session.first_kid]


def test_the_attackers_kid_may_be_named_before_its_key(bench: Bench) -> None:
    result, watch, session = watched(bench, 'token.header.kid = "{kid.attacker}"\nexpect = "accept"\n')
    assert result.verdict == PASSED
    assert watch.signed_by[-2] not in ("{kid.attacker}", session.first_kid)


def test_publish_only_publishes_these_and_signs_with_the_first(bench: Bench) -> None:
    body = steps(
        'do = "publish-key", name = "second"',
        'do = "publish-only", keys = ["second"]',
        'do = "send"',
        'do = "publish-only", keys = ["first"]',
    )
    result, watch, _ = watched(bench, body)
    assert result.verdict == PASSED
    assert watch.kids[-2] == [watch.signed_by[-2]]


def test_an_empty_publish_only_leaves_no_key(bench: Bench) -> None:
    body = steps(
        'do = "publish-only", keys = []',
        'do = "send", token = { key = "first" }',
        'do = "publish-only", keys = ["first"]',
    )
    _, watch, _ = watched(bench, body)
    assert [] in watch.kids


def test_set_key_state_takes_a_key_out(bench: Bench) -> None:
    body = steps(
        'do = "publish-key", name = "second"',
        'do = "set-key-state", key = "second", state = "retired"',
        'do = "send", token = { key = "second" }',
    )
    _, watch, _ = watched(bench, body)
    assert watch.signed_by[-2] not in watch.kids[-2]


def test_edit_jwks_changes_what_is_served(bench: Bench) -> None:
    body = steps(
        'do = "make-key", name = "other"',
        'do = "edit-jwks", before = [{ kty = "oct", kid = "{issuer}" }], after = [{ "$jwk" = "other", kid = "mine" }], '
        'edit = { first = { set = { use = "enc" } } }',
        'do = "send"',
    )
    result, watch, session = watched(bench, body)
    assert result.verdict == PASSED
    assert watch.kids[-1] == [session.issuer.issuer, *watch.kids[0], "mine"]


def test_a_key_set_may_hold_what_is_no_key(bench: Bench, service: SmallService) -> None:
    """`{ "$json" = ... }` stands for any JSON value."""
    with bench.session(service) as session:
        run = bench.cell(steps('do = "edit-jwks", after = [{ "$json" = "text" }]', 'do = "send"'))
        assert run_cell(run, session).verdict == PASSED


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "custom"])
def test_after_a_case_the_issuer_is_as_before(bench: Bench, service: SmallService, style: str) -> None:
    """Added keys, states, edits and faults are gone: the next cell finds what the first one found."""
    body = steps(
        'do = "publish-key", name = "second", state = "current"',
        'do = "make-key", name = "third"',
        'do = "edit-jwks", after = [{ kty = "oct" }]',
        'do = "fault", on = "jwks", kind = "status", status = 500',
        'do = "send"',
    )
    with bench.session(service, style) as session:
        before, kid = published(session), session.signing_kid()
        assert run_cell(bench.cell(body, style), session).verdict == PASSED
        assert (published(session), session.signing_kid()) == (before, kid)


@pytest.mark.parametrize("style", ["auth0", "keycloak", "okta", "custom"])
def test_after_a_rotation_the_first_key_signs_again(bench: Bench, service: SmallService, style: str) -> None:
    with bench.session(service, style) as session:
        before, kid = published(session), session.signing_kid()
        assert run_cell(bench.cell(steps('do = "rotate-keys"', 'do = "send"'), style), session).verdict == PASSED
        assert session.signing_kid() == kid
        assert (kid in published(session), len(published(session))) == (True, len(before))


def test_rotate_keys_makes_another_key_sign(bench: Bench) -> None:
    result, watch, session = watched(bench, steps('do = "send"', 'do = "rotate-keys"', 'do = "send"'), "keycloak")
    assert result.verdict == PASSED
    assert [kid == session.first_kid for kid in watch.signed_by] == [
        True,
        True,
        False,
        False,
    ]  # The last is the canary.


def test_a_fault_breaks_what_the_service_fetches_and_clearing_heals_it(bench: Bench) -> None:
    seen: list[int] = []

    class Looks(Watch):
        def __call__(self, call: Call) -> Answer:
            try:
                seen.append(len(fetched(self.jwks_uri)["keys"]))
            except OSError as problem:
                seen.append(getattr(problem, "code", 0))
            return honest(call)

    looks = Looks()
    fault = 'do = "fault", on = "jwks", kind = "status", status = 503'
    with SmallService(looks) as service, bench.session(service) as session:
        looks.jwks_uri = session.issuer.jwks_uri
        session.start_service()
        session.preflight()
        seen.clear()
        body = steps(fault, 'do = "send"', 'do = "clear-faults"', 'do = "send"')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    assert seen[0] == 503
    assert seen[1] > 0


def test_repeat_sends_one_after_another_and_counts(bench: Bench, service: SmallService) -> None:
    with bench.session(service) as session:
        body = steps('do = "send", repeat = 3, token = { claims = { number = "{i}" } }')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    assert [call.claims["number"] for call in service.calls if call.token and "number" in call.claims] == [
        "0",
        "1",
        "2",
    ]


def test_concurrent_sends_at_once(bench: Bench) -> None:
    """Each answer waits until all requests are there, so they can't have come one after another."""
    together = threading.Barrier(4)

    def waits(call: Call) -> Answer:
        if call.token and "together" in call.claims:
            together.wait(20)
        return honest(call)

    body = steps('do = "send", concurrent = 4, token = { claims = { together = true } }')
    assert bench.judge(waits, body).verdict == PASSED


@pytest.mark.parametrize(("unique", "tokens"), [("true", 4), ("false", 1)])
def test_concurrent_requests_have_a_token_each_when_asked(
    bench: Bench, service: SmallService, unique: str, tokens: int
) -> None:
    with bench.session(service) as session:
        body = steps(f'do = "send", concurrent = 4, unique_kid = {unique}, token = {{ header = {{ kid = "x{{i}}" }} }}')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    kids = [call.header["kid"] for call in service.calls if call.token and call.header["kid"].startswith("x")]
    assert (len(kids), len(set(kids))) == (4, tokens)


def test_a_kept_token_is_sent_again(bench: Bench, service: SmallService) -> None:
    with bench.session(service) as session:
        body = steps('do = "send", token = { subject = "kept" }, keep = "old"', 'do = "send", resend = "old"')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    kept = [call.token for call in service.calls if call.token and call.claims["sub"] == "kept"]
    assert (len(kept), len(set(kept))) == (2, 1)


def test_send_until_goes_on_until_the_answer_is_right(bench: Bench) -> None:
    refused: list[int] = []

    def slow(call: Call) -> Answer:
        if call.token and "late" in call.claims and len(refused) < 3:
            refused.append(1)
            return Answer(401)
        return honest(call)

    body = steps('do = "send-until", token = { claims = { late = 1 } }, expect = "accept", within = { seconds = 20 }')
    assert bench.judge(slow, body).verdict == PASSED
    assert len(refused) == 3


def test_send_until_fails_with_the_last_answer_at_its_deadline(bench: Bench) -> None:
    body = steps('do = "send-until", expect = [418], within = { refresh = 0.1 }')
    result = bench.judge(honest, body)
    assert (result.verdict, result.expected) == (FAILED, "status 418, within 0.1 s")
    assert result.actual == "200 OK {}"


def test_answer_within_is_a_deadline_of_its_own(bench: Bench) -> None:
    def late(call: Call) -> Answer:
        if call.token and "late" in call.claims:
            threading.Event().wait(0.6)
        return honest(call)

    body = steps('do = "send", token = { claims = { late = 1 } }, answer_within = { seconds = 0.2 }')
    result = bench.judge(late, body)
    assert (result.verdict, result.actual) == (FAILED, "no answer within 0.2 s")


HELD = 'do = "send-in-background", name = "held", token = { claims = { hold = 1 } }'


@pytest.mark.parametrize(("expect", "verdict"), [('"accept"', PASSED), ("[418]", FAILED)])
def test_a_background_request_is_judged_when_it_is_joined(bench: Bench, expect: str, verdict: str) -> None:
    """The service holds it until the next request has come, so the cell must have gone on meanwhile."""
    came = threading.Event()

    def holds(call: Call) -> Answer:
        if call.token and "hold" in call.claims:
            assert came.wait(20)
        elif call.token and "free" in call.claims:
            came.set()
        return honest(call)

    body = steps(
        HELD + f", expect = {expect}", 'do = "send", token = { claims = { free = 1 } }', 'do = "join", name = "held"'
    )
    assert bench.judge(holds, body).verdict == verdict


@pytest.mark.parametrize(("refused", "verdict"), [(False, PASSED), (True, FAILED)])
def test_every_answer_to_traffic_is_judged(bench: Bench, refused: bool, verdict: str) -> None:
    """One refusal among many is a failure."""
    numbers: list[int] = []
    enough = threading.Event()

    def behave(call: Call) -> Answer:
        if call.token and "traffic" in call.claims:
            numbers.append(1)
            if len(numbers) >= 6:
                enough.set()
            return Answer(401) if refused and len(numbers) == 3 else honest(call)
        if call.token and "wait" in call.claims:
            assert enough.wait(20)
        return honest(call)

    body = steps(
        'do = "start-traffic", name = "t", rate = 100, token = { claims = { traffic = 1 } }, expect = "accept"',
        'do = "send", token = { claims = { wait = 1 } }',
        'do = "stop-traffic", name = "t", at_least = 5',
    )
    assert bench.judge(behave, body).verdict == verdict


def test_too_little_traffic_is_the_harnesss_error(bench: Bench) -> None:
    body = steps('do = "start-traffic", name = "t", rate = 1', 'do = "stop-traffic", name = "t", at_least = 5')
    result = bench.judge(honest, body)
    assert (result.verdict, result.reason) == (ERROR, "HarnessError: traffic 't' made 0 requests, not 5")


def fetches(number: int) -> type[Watch]:
    """A service that fetches the key set so often for a token with the claim `fetch`."""

    class Fetches(Watch):
        def __call__(self, call: Call) -> Answer:
            if call.token and "fetch" in call.claims:
                for _ in range(number):
                    fetched(self.jwks_uri)
            return honest(call)

    return Fetches


FETCH = "token = { claims = { fetch = 1 } }"


@pytest.mark.parametrize(
    ("number", "bound", "verdict"),
    [
        (2, "at_most = 2", PASSED),
        (3, "at_most = 2", FAILED),
        (2, "at_least = 2", PASSED),
        (1, "at_least = 2", FAILED),
        (0, "at_most = 0, timer = false", PASSED),
    ],
)
def test_fetches_are_counted_since_a_mark(bench: Bench, number: int, bound: str, verdict: str) -> None:
    watch = fetches(number)()
    body = steps(
        f'do = "send", {FETCH}',
        'do = "mark", name = "here"',
        f'do = "send", {FETCH}',
        f'do = "expect-fetches", since = "here", {bound}',
    )
    with SmallService(watch) as service, bench.session(service) as session:
        watch.jwks_uri = session.issuer.jwks_uri
        result = run_cell(bench.cell(body), session)
    assert result.verdict == verdict
    assert result.evidence["fetches"][0]["count"] == number


def test_a_scenarios_bound_counts_from_the_start_of_the_case(bench: Bench) -> None:
    watch = fetches(3)()
    with SmallService(watch) as service, bench.session(service) as session:
        watch.jwks_uri = session.issuer.jwks_uri
        result = run_cell(bench.cell(f'{FETCH}\nexpect = "accept"\nfetches = {{ at_most = 2 }}\n'), session)
    assert (result.verdict, result.actual) == (FAILED, "3")
    assert result.expected.startswith("at most 2 fetches of the jwks in ")


def test_wait_for_fetch_ends_when_the_service_has_asked(bench: Bench) -> None:
    watch = fetches(1)()
    body = steps(f'do = "send", {FETCH}', 'do = "wait-for-fetch", on = "jwks", within = { seconds = 20 }')
    with SmallService(watch) as service, bench.session(service) as session:
        watch.jwks_uri = session.issuer.jwks_uri
        assert run_cell(bench.cell(body), session).verdict == PASSED


def test_wait_for_fetch_fails_at_its_deadline(bench: Bench) -> None:
    result = bench.judge(honest, steps('do = "wait-for-fetch", on = "jwks", within = { seconds = 0.1 }', 'do = "send"'))
    assert (result.verdict, result.expected) == (FAILED, "1 request(s) for the jwks within 0.1 s")
    assert result.actual == "0"


def test_wait_lets_time_pass_in_the_profiles_units(bench: Bench) -> None:
    result = bench.judge(honest, steps('do = "wait", cooldown = 1, seconds = 0.1', 'do = "send"'))
    assert (result.verdict, result.duration_s > 0.2) == (PASSED, True)


ROUTES = 'do = "send-to-routes", routes = {}, permissions = {}, expect = "{}"'


@pytest.mark.parametrize(
    ("routes", "permissions", "expect", "verdict"),
    [
        ('["read", "write"]', '"own"', "accept", PASSED),
        ('["read", "write"]', '"all-but-own"', "deny", PASSED),
        ('["read", "write"]', '"all-but-own"', "accept", FAILED),
        ('"resource"', '["{read.permission}", "{write.permission}"]', "accept", PASSED),
        ('"resource"', '["{read.permission}"]', "accept", FAILED),
    ],
)
def test_send_to_routes_asks_each(bench: Bench, routes: str, permissions: str, expect: str, verdict: str) -> None:
    body = steps(ROUTES.format(routes, permissions, expect))
    assert bench.judge(honest, body).verdict == verdict


@pytest.mark.parametrize(("grows", "verdict"), [(False, PASSED), (True, FAILED)])
def test_a_refused_write_must_have_no_effect(bench: Bench, grows: bool, verdict: str) -> None:
    things = ["one"]

    def keeps(call: Call) -> Answer:
        answer = honest(call)
        if call.method == "POST" and (answer.status == 201 or grows):
            things.append("more")
        body = json.dumps({"things": things} if call.method == "GET" else {"id": len(things)})
        return Answer(answer.status, body)

    body = steps(
        'do = "remember-resources"',
        'do = "send", request = { route = "write", anonymous = true }, expect = "reject"',
        'do = "expect-same-resources"',
    )
    result = bench.judge(keeps, body)
    assert result.verdict == verdict
    assert result.expected in ("", "still 2 resources")


def test_a_created_resource_has_its_id_in_later_steps(bench: Bench) -> None:
    def makes(call: Call) -> Answer:
        answer = honest(call)
        return Answer(answer.status, '{"id":"thing-7"}' if call.method == "POST" else "{}")

    body = steps('do = "create-resource"', 'do = "send", request = { path = "/v1/things/{created}" }')
    with SmallService(makes) as service, bench.session(service) as session:
        assert run_cell(bench.cell(body), session).verdict == PASSED
        assert "/v1/things/thing-7" in [call.path for call in service.calls]


def test_the_case_ends_its_background_work_when_it_fails_early(bench: Bench) -> None:
    """No thread is left behind, and the next cell is not disturbed."""
    body = steps(
        'do = "start-traffic", name = "t", rate = 50',
        'do = "send", expect = [418]',
        'do = "stop-traffic", name = "t"',
    )
    assert bench.judge(honest, body).verdict == FAILED
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("traffic-")] == []
