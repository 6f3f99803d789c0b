"""Cells share running services where they can, and timed cells run side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from counting_target import PLAIN, CountingTarget, Running, cell, environment
from small_service import Answer, Call, honest

from harness.base.errors import TargetError
from harness.base.verdicts import ERROR, FAILED, PASSED
from harness.cell.service_settings import NEARLY_STARS, standard_api_keys
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.matrix.sessions import IDLE_SESSIONS, Sessions
from harness.targets.base import ServiceConfig


@pytest.fixture
def target() -> Iterator[CountingTarget]:
    target = CountingTarget()
    yield target
    target.close()


@pytest.fixture
def sessions(
    target: CountingTarget, idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path
) -> Iterator[Sessions]:
    with Sessions(environment(target, idp_client, attacker, tmp_path)) as sessions:
        yield sessions


def test_cells_of_one_style_and_configuration_share_a_service(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    for topic in ("one", "two"):
        assert sessions.run(cell(tmp_path, topic=topic)).verdict == PASSED
    assert len(target.started) == 1


def test_another_style_or_configuration_has_a_service_of_its_own(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    strict = PLAIN + "config.strict_validation = true\n"
    for one in (cell(tmp_path), cell(tmp_path, style="custom"), cell(tmp_path, strict)):
        assert sessions.run(one).verdict == PASSED
    assert [service.config.strict_validation for service in target.started] == [False, False, True]
    assert len({service.config.issuer for service in target.started}) == 3


def test_the_least_recently_used_service_makes_room(sessions: Sessions, target: CountingTarget, tmp_path: Path) -> None:
    cells = [cell(tmp_path, PLAIN + f"config.max_stale_seconds = {n}\n") for n in range(1, IDLE_SESSIONS + 2)]
    for one in [*cells[:-1], cells[0], cells[-1]]:
        sessions.run(one)
    assert [service.runs for service in target.started] == [True, False, *[True] * (IDLE_SESSIONS - 1)]


def test_after_an_error_the_next_cell_has_a_new_service(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    """Nobody knows in which state the first one is."""
    assert sessions.run(cell(tmp_path, 'request.headers = { X-A = "a\\r\\nb" }\n' + PLAIN)).verdict == ERROR
    assert sessions.run(cell(tmp_path)).verdict == PASSED
    assert [service.runs for service in target.started] == [False, True]


def test_a_failure_costs_no_service(sessions: Sessions, target: CountingTarget, tmp_path: Path) -> None:
    assert sessions.run(cell(tmp_path, "expect = [418]\n")).verdict == FAILED
    assert sessions.run(cell(tmp_path)).verdict == PASSED
    assert len(target.started) == 1


@pytest.mark.parametrize("body", [PLAIN, PLAIN + "timed = true\n"], ids=["warm", "timed"])
def test_a_service_that_does_not_start_is_an_error_with_its_log(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, body: str
) -> None:
    target.refusal = "it does not start"
    result = sessions.run(cell(tmp_path, body))
    assert result.verdict == ERROR
    assert result.reason.startswith("TargetError: it does not start")
    assert "last words" in result.reason


def test_a_failed_cell_shows_the_services_log(sessions: Sessions, tmp_path: Path) -> None:
    assert sessions.run(cell(tmp_path, "expect = [418]\n")).evidence["service_log"] == [
        "the last 15 lines",
        "of the log",
    ]


def test_timed_cells_that_have_begun_run_side_by_side(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    """The service answers none of them before all of them have asked."""
    together = threading.Barrier(3)

    def waits(call: Call) -> Answer:
        if call.token and "together" in call.claims:
            together.wait(20)
        return honest(call)

    target.behaviour = waits
    body = "token.claims = { together = 1 }\ntimed = true\n" + PLAIN
    cells = [cell(tmp_path, body, topic=topic) for topic in ("one", "two", "three")]
    sessions.begin(cells)
    results = [sessions.run(one) for one in cells]
    assert [result.verdict for result in results] == [PASSED] * 3
    assert [result.scenario for result in results] == [one.scenario.id for one in cells]


def test_each_timed_cell_has_a_service_of_its_own_that_ends_with_it(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    cells = [cell(tmp_path, PLAIN + "timed = true\n", topic=topic) for topic in ("one", "two")]
    with sessions:
        for one in cells:
            sessions.run(one)
    assert [service.runs for service in target.started] == [False, False]


@pytest.mark.parametrize("body", [PLAIN, PLAIN + "timed = true\n"], ids=["fast", "timed"])
def test_a_cell_that_has_begun_runs_once(sessions: Sessions, target: CountingTarget, tmp_path: Path, body: str) -> None:
    asked: list[Call] = []
    target.behaviour = lambda call: asked.append(call) or honest(call)  # type: ignore[func-returns-value]
    one = cell(tmp_path, "token.claims = { counted = 1 }\n" + body)
    sessions.begin([one])
    sessions.begin([one])
    assert sessions.run(one).verdict == PASSED
    assert [call for call in asked if call.token and "counted" in call.claims] == asked[-2:-1]
    assert len(target.started) == 1


NEW_KEY = """
steps = [
  { do = "publish-key", name = "second" },
  { do = "take-up-keys" },
  { do = "send-until", token = { key = "second" }, expect = "EXPECT", within = { seconds = 0.2 } },
]
"""


def test_a_service_with_a_limit_on_fetches_is_judged_by_what_it_does_with_them(
    target: CountingTarget, idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path
) -> None:
    """What cells before it have used up, a cell has on a new service; who was let in is not asked again."""
    kids: dict[int, set[str]] = {}
    most = [2]

    def limited(call: Call) -> Answer:
        known = kids.setdefault(len(target.started), set())
        if call.token and len(known) < most[0]:
            known.add(call.header["kid"])
        return honest(call) if not call.token or call.header["kid"] in known else Answer(401)

    target.behaviour = limited
    all_of_it = environment(target, idp_client, attacker, tmp_path)
    policy = {**all_of_it.profile.policy, "unknown_kid_refetches": True}
    with Sessions(replace(all_of_it, profile=replace(all_of_it.profile, policy=policy))) as sessions:
        accepted = [cell(tmp_path, NEW_KEY.replace("EXPECT", "accept"), topic=topic) for topic in ("one", "two")]
        alone, behind = [sessions.run(one) for one in accepted]
        assert (alone.verdict, behind.verdict) == (PASSED, PASSED)
        assert "behind_other_cells" not in alone.evidence
        assert behind.evidence["behind_other_cells"].startswith("failed: expected accept")
        assert len(target.started) == 2
        most[0] = 9
        assert sessions.run(cell(tmp_path, NEW_KEY.replace("EXPECT", "reject"), topic="three")).verdict == FAILED
        assert len(target.started) == 2


def test_cells_of_a_service_that_have_begun_run_one_after_the_other(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    """What one does to its issuer, the others would see."""
    now, most = [0], [0]

    def counts(call: Call) -> Answer:
        now[0] += 1
        most[0] = max(most[0], now[0])
        answer = honest(call)
        now[0] -= 1
        return answer

    target.behaviour = counts
    cells = [cell(tmp_path, topic=topic) for topic in ("one", "two", "three")]
    sessions.begin(cells)
    assert [sessions.run(one).verdict for one in reversed(cells)] == [PASSED] * 3
    assert (len(target.started), most) == (1, [1])


@pytest.mark.parametrize(
    "mishap", [ZeroDivisionError("by 0"), RecursionError(), MemoryError(), SystemExit(3)], ids=repr
)
def test_a_start_that_breaks_takes_no_other_cell_with_it(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mishap: BaseException
) -> None:
    """Each cell says what happened, and nobody waits for a result that never comes."""
    start, broken = target.start, [mishap]

    def breaks_once(config: ServiceConfig) -> Running:
        if broken:
            raise broken.pop()
        return start(config)

    monkeypatch.setattr(target, "start", breaks_once)
    cells = [cell(tmp_path, topic=topic) for topic in ("one", "two")]
    sessions.begin(cells)
    first, second = (sessions.run(one) for one in cells)
    assert (first.verdict, second.verdict) == (ERROR, PASSED)
    assert first.reason.startswith(f"the harness made a mistake ({type(mishap).__name__}")
    assert "please report it" in first.reason


def test_a_service_that_dies_takes_no_other_cell_with_it(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    """The cell in which it died has failed, and the next one has another service."""

    def dies(call: Call) -> Answer:
        if call.token and "deadly" in call.claims:
            target.started[0].runs = False
            target.behaviour = honest
        return honest(call) if target.started[0].runs else Answer(500)

    target.behaviour = dies
    deadly = cell(tmp_path, "token.claims = { deadly = 1 }\n" + PLAIN)
    assert sessions.run(deadly).verdict == FAILED
    assert sessions.run(cell(tmp_path, topic="next")).verdict == PASSED
    assert len(target.started) == 2
    target.started[0].runs = True  # So that it ends with the test.


def test_a_service_that_a_case_has_broken_takes_no_other_cell_with_it(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    """It still runs, but the plain token that it let in before is let in no more."""
    broken: list[Call] = []

    def breaks(call: Call) -> Answer:
        if call.token and "deadly" in call.claims:
            broken.append(call)
            target.behaviour = honest
        return Answer(401) if broken and len(target.started) == 1 else honest(call)

    target.behaviour = breaks
    result = sessions.run(cell(tmp_path, "token.claims = { deadly = 1 }\n" + 'expect = "reject"\n'))
    assert (result.verdict, result.expected) == (FAILED, "the plain token is accepted after the case (canary)")
    assert sessions.run(cell(tmp_path, topic="next")).verdict == PASSED
    assert [service.runs for service in target.started] == [False, True]


def test_a_service_that_cannot_be_ended_is_an_error_of_its_cell_alone(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stays(self: Running) -> None:
        monkeypatch.undo()
        raise TargetError("it does not end")

    monkeypatch.setattr(Running, "stop", stays)
    first = sessions.run(cell(tmp_path, PLAIN + "timed = true\n"))
    assert first.verdict == ERROR
    assert first.reason == "what it had started could not be ended: TargetError: it does not end"
    assert sessions.run(cell(tmp_path, PLAIN + "timed = true\n", topic="next")).verdict == PASSED


def test_a_manual_scenario_starts_the_service_itself(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    body = PLAIN + 'timed = true\nstart = "manual"\nsteps = [{ do = "start-service" }, { do = "send" }]\n'
    assert sessions.run(cell(tmp_path, body)).verdict == PASSED
    assert len(target.started) == 1


def test_the_last_words_of_a_service_that_refuses_to_start_are_in_the_record(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    """No line of curl repeats that: what it said is all there is to see."""
    target.refusal = "it ended with status 1"
    body = 'timed = true\nstart = "manual"\nsteps = [{ do = "start-service", refusal = "failed" }]\n'
    result = sessions.run(cell(tmp_path, body))
    assert (result.verdict, result.evidence["service_log"]) == (FAILED, ["last words"])


def test_a_restart_is_a_stop_and_a_start(sessions: Sessions, target: CountingTarget, tmp_path: Path) -> None:
    body = PLAIN + 'timed = true\nsteps = [{ do = "send" }, { do = "restart-service" }, { do = "send" }]\n'
    assert sessions.run(cell(tmp_path, body)).verdict == PASSED
    assert len(target.started) == 2
    assert target.started[0].config == target.started[1].config


def test_the_configuration_of_a_scenario_reaches_the_service(
    sessions: Sessions, target: CountingTarget, tmp_path: Path
) -> None:
    body = PLAIN + (
        'config = { permissions_claim = "rights", allowed_algorithms = ["RS256", "RS512"], refresh = "short", '
        'max_stale_seconds = 9, api_keys = "with-empty", api_key_header = "X-Key", config_endpoint = false }\n'
    )
    sessions.run(cell(tmp_path, body))
    config = target.started[0].config
    assert (config.permissions_claim, config.allowed_algorithms) == ("rights", ("RS256", "RS512"))
    assert (config.refresh_seconds, config.max_stale_seconds) == (1, 9)
    assert (config.api_key_header, config.config_endpoint, config.audience) == ("X-Key", False, "tasker-api")
    assert [key.description for key in config.api_keys] == ["full", "read", "none", "an empty key"]
    assert config.api_keys[0].permissions == ("things:*", "others:*")


@pytest.mark.parametrize(("longest", "config", "told"), [(3600, "", 3600), (600, "", 600), (600, "short", 1)])
def test_the_interval_is_one_that_the_service_takes(
    target: CountingTarget,
    idp_client: IdpClient,
    attacker: AttackerListener,
    tmp_path: Path,
    longest: int,
    config: str,
    told: int,
) -> None:
    where = environment(target, idp_client, attacker, tmp_path)
    profile = replace(where.profile, longest_refresh_seconds=longest)
    body = PLAIN + (f'config.refresh = "{config}"\n' if config else "")
    with Sessions(replace(where, profile=profile)) as sessions:
        sessions.run(cell(tmp_path, body))
    assert target.started[0].config.refresh_seconds == told


def test_without_api_keys_none_are_configured(sessions: Sessions, target: CountingTarget, tmp_path: Path) -> None:
    sessions.run(cell(tmp_path, PLAIN + 'config.api_keys = "none"\n'))
    assert (target.started[0].config.api_keys, target.started[0].config.api_keys_enabled) == ((), False)


@pytest.mark.parametrize(
    ("word", "name", "permissions"), [("star", "full", ("*",)), ("nearly-star", "none", NEARLY_STARS)]
)
def test_one_key_has_other_permissions(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, word: str, name: str, permissions: tuple[str, ...]
) -> None:
    """The others, and the keys themselves, are the usual ones."""
    sessions.run(cell(tmp_path, PLAIN + f'config.api_keys = "{word}"\n'))
    usual = standard_api_keys(sessions.environment.profile)
    assert target.started[0].config.api_keys == tuple(
        replace(key, permissions=permissions) if key.description == name else key for key in usual.values()
    )


def test_long_keys_are_told_and_known(sessions: Sessions, target: CountingTarget, tmp_path: Path) -> None:
    """The service has those that scenarios name, each of them the usual one with a long end."""
    body = PLAIN + 'config.api_keys = "long"\nrequest.headers = { X-API-Key = "{api_key.full}" }\n'
    sessions.run(cell(tmp_path, body))
    usual = standard_api_keys(sessions.environment.profile)
    told = target.started[0].config.api_keys
    assert all(one.key.startswith(usual[one.description].key) and len(one.key) > 100 for one in told)
    assert [one.permissions for one in told] == [one.permissions for one in usual.values()]


def test_a_static_key_is_the_issuers_first(sessions: Sessions, target: CountingTarget, tmp_path: Path) -> None:
    sessions.run(cell(tmp_path, PLAIN + 'config.verification = "public_key"\n'))
    config = target.started[0].config
    assert config.verification == "public_key"
    assert config.public_key_pem.startswith("-----BEGIN PUBLIC KEY-----")


def test_the_end_of_the_sessions_ends_every_service(
    target: CountingTarget, idp_client: IdpClient, attacker: AttackerListener, tmp_path: Path
) -> None:
    before = len(idp_client.call("GET", "/_mock/issuers")["issuers"])
    with Sessions(environment(target, idp_client, attacker, tmp_path)) as sessions:
        sessions.run(cell(tmp_path))
        sessions.run(cell(tmp_path, PLAIN + "timed = true\n"))
    assert [service.runs for service in target.started] == [False, False]
    assert len(idp_client.call("GET", "/_mock/issuers")["issuers"]) == before
