"""A step that sends says so: what it sends has a control, and is skipped where the profile lacks its route."""

from __future__ import annotations

from pathlib import Path

import pytest
from cell_bench import Bench
from scenario_files import load_scenario, profile_text, write_profile
from small_service import Answer, Call, SmallService, honest
from watching import steps

from harness.base.verdicts import FAILED, INCONCLUSIVE, PASSED, SKIPPED, CellResult
from harness.declared.profile import load_profile
from harness.grammar.kinds import Schema, resolved
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.cell_runner import run_cell
from harness.scenario.plan import plan
from harness.steps import STEPS
from harness.steps.registry import nothing

LINES = 'lines = ["GET {read.path} HTTP/1.1", "Host: {host}"]'
# Each step that sends, as it asks for a refusal; REQUEST stands for the request that it names.
REFUSED = {
    "send": ['do = "send", REQUEST, expect = "reject"'],
    "send-until": ['do = "send-until", REQUEST, expect = "reject", within = { seconds = 1 }'],
    "send-in-background": [
        'do = "send-in-background", name = "b", REQUEST, expect = "reject"',
        'do = "join", name = "b"',
    ],
    "start-traffic": [
        'do = "start-traffic", name = "t", rate = 50, REQUEST, expect = "reject"',
        'do = "stop-traffic", name = "t", at_least = 0',
    ],
    "send-raw": [f'do = "send-raw", {LINES}, REQUEST, expect = "reject"'],
    "send-pipeline": [f'do = "send-pipeline", requests = [{{ {LINES}, REQUEST, expect = "reject" }}]'],
    "send-to-routes": ['do = "send-to-routes", routes = ["NAME"], permissions = "all-but-own", expect = "no-grant"'],
    "send-mixed": ['do = "send-mixed", requests = 4, callers = [{ REQUEST, expect = "reject" }]'],
    "compare-transports": ['do = "compare-transports", REQUEST'],
    "compare-times": ['do = "compare-times", first = { REQUEST }, second = { request = "read" }, samples = 20'],
}
# What they call is no route, or that of another service too, or they need a session: see test_steps_transports.py,
# test_steps_neighbours.py and test_mcp_servers.py.
ELSEWHERE = {"send-to-methods", "compare-methods", "send-to-both", "send-in-session"}
# Nothing that it sends is ever answered, and nothing is judged.
UNJUDGED = {"send-half"}


def scenario(step: str, route: str) -> str:
    """The lines of a scenario with that step, on that route."""
    lines = [line.replace("REQUEST", f'request = "{route}"').replace("NAME", route) for line in REFUSED[step]]
    return steps(*lines)


def sends(schema: Schema) -> bool:
    """Whether the arguments, or tables in them, are those of a request."""
    schema = resolved(schema)
    parts = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    return "request" in schema.get("properties", {}) or any(sends(one) for one in parts if isinstance(one, dict))


def test_every_step_that_sends_is_tried() -> None:
    """A step whose arguments hold a request says that it sends it, and stands in the table above."""
    with_a_request = {name for name, step in STEPS.items() if sends(step.schema)}
    assert with_a_request - UNJUDGED - ELSEWHERE <= REFUSED.keys()
    assert {name for name, step in STEPS.items() if step.says.sends is not nothing} == REFUSED.keys() | ELSEWHERE


@pytest.fixture(scope="module")
def where_all_is_refused(
    idp_client: IdpClient, attacker: AttackerListener, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, CellResult]:
    """What comes out of each step on one service that refuses everything; its pre-flight takes some seconds."""
    bench = Bench(idp_client, attacker, tmp_path_factory.mktemp("refused"))
    with SmallService(lambda _: Answer(401)) as service, bench.session(service) as session:
        return {name: run_cell(bench.cell(scenario(name, "write")), session) for name in REFUSED}


@pytest.mark.parametrize("step", REFUSED)
def test_where_everything_is_refused_a_step_proves_nothing(
    where_all_is_refused: dict[str, CellResult], step: str
) -> None:
    """Whichever step expects the refusal: the plain token isn't let in either."""
    result = where_all_is_refused[step]
    assert (result.verdict, result.expected) == (INCONCLUSIVE, "")
    assert result.reason.startswith("the control failed: the plain token must be accepted by POST /v1/things; got 401")


@pytest.mark.parametrize("step", REFUSED)
def test_a_route_that_the_profile_lacks_skips_whichever_step_names_it(tmp_path: Path, step: str) -> None:
    """With the reason, before anything is run."""
    methods = '[grpc.methods]\n"things.v1.Things/List" = "things:list"\n'
    profile = load_profile(write_profile(tmp_path, profile_text("jwks", "configure", "restart", "grpc", more=methods)))
    [cell, *_] = plan([load_scenario(tmp_path, scenario(step, "item"))], profile, "thing")
    assert (cell.verdict, cell.reason) == (SKIPPED, "the profile thing has no route 'item'")


def test_each_route_of_a_case_has_its_control(bench: Bench) -> None:
    """Not only the route of its first refusal."""

    def broken_write(call: Call) -> Answer:
        return Answer(401) if call.method == "POST" else honest(call)

    body = steps(
        'do = "send", request = { anonymous = true }, expect = "reject"',
        'do = "send", request = { route = "write", anonymous = true }, expect = "reject"',
    )
    assert bench.judge(honest, body).verdict == PASSED
    result = bench.judge(broken_write, body)
    assert (result.verdict, "POST /v1/things" in result.reason) == (INCONCLUSIVE, True)


WRITES = {
    "send": 'do = "send", request = { route = "write", anonymous = true }, expect = "reject"',
    "send-pipeline": 'do = "send-pipeline", requests = [{ lines = ["POST {write.path} HTTP/1.1", "Host: {host}", '
    '"Content-Length: 0"], request = "write", expect = "reject" }]',
}


@pytest.mark.parametrize("step", WRITES)
def test_a_write_that_is_refused_has_no_effect(bench: Bench, step: str) -> None:
    """Whichever step sends it: the number of resources is what it was."""
    stored: list[int] = []

    def stores(call: Call) -> Answer:
        answer = honest(call)
        if call.method == "POST" and answer.status == 401:
            stored.append(1)
        things = ",".join(["{}"] * len(stored))
        return Answer(answer.status, f'{{"things":[{things}]}}') if call.method == "GET" else answer

    result = bench.judge(stores, steps(WRITES[step]), "resource-count")
    assert (result.verdict, result.expected) == (FAILED, "still 0 resources")
