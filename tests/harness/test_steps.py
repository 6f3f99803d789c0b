"""Steps that break, count, wait and look at routes and resources."""

from __future__ import annotations

import json

import pytest
from cell_bench import Bench
from small_service import Answer, Call, SmallService, honest
from watching import Watch, fetched, steps

from harness.base.verdicts import FAILED, PASSED
from harness.matrix.cell_runner import run_cell
from harness.steps import STEPS


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_its_function(name: str) -> None:
    assert STEPS[name].function.__name__ == name.replace("-", "_")


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
        session.controls.preflight()
        seen.clear()
        body = steps(fault, 'do = "send"', 'do = "clear-faults"', 'do = "send"')
        assert run_cell(bench.cell(body), session).verdict == PASSED
    assert seen[0] == 503
    assert seen[1] > 0


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


@pytest.mark.parametrize("more", ["anonymous = true", "token = { times = { exp = -3600 } }"])
@pytest.mark.parametrize(("is_open", "verdict"), [(False, PASSED), (True, FAILED)])
def test_every_declared_route_is_tried_without_a_good_token(
    bench: Bench, more: str, is_open: bool, verdict: str
) -> None:
    """Also one that nothing else asks for."""

    def behave(call: Call) -> Answer:
        return Answer(201) if is_open and call.method == "POST" else honest(call)

    result = bench.judge(behave, steps(f'do = "send-to-routes", routes = "declared", expect = "reject", {more}'))
    assert result.verdict == verdict
    assert ("201" in result.actual) is is_open


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
