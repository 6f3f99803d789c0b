"""A cell that had to wait for a processor is tried again, and proves nothing while that doesn't help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from counting_target import CountingTarget, cell, environment
from small_service import Answer, Call, honest

from harness.base import held_up
from harness.base.verdicts import ERROR, FAILED, INCONCLUSIVE, PASSED
from harness.cell.session import Session
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient, IdpError
from harness.matrix import sessions as sessions_module
from harness.matrix.sessions import HELD_UP_TRIES, Sessions


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


def test_a_cell_that_deviates_without_a_processor_is_tried_again_and_proves_nothing(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time on a service of its own; the record says who waited, and what was seen all the same."""
    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0)
    result = sessions.run(cell(tmp_path, "expect = [418]\n"))
    assert (result.verdict, result.expected) == (INCONCLUSIVE, "status 418")
    assert "had to wait" in result.reason
    assert "Expected status 418; got 200" in result.reason
    assert len(target.started) == HELD_UP_TRIES


def test_a_cell_that_had_no_processor_once_has_the_verdict_of_its_second_try(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0)

    def behaves_with_time(call: Call) -> Answer:
        if call.token and len(target.started) == 2:
            monkeypatch.setattr(held_up, "ALLOWED_SECONDS", 3600.0)
        return honest(call)

    target.behaviour = behaves_with_time
    assert sessions.run(cell(tmp_path, "expect = [418]\n")).verdict == FAILED
    assert len(target.started) == 2


@pytest.mark.parametrize(("waited", "verdict", "tries"), [(True, INCONCLUSIVE, HELD_UP_TRIES), (False, ERROR, 1)])
def test_a_step_that_got_nothing_without_a_processor_proves_nothing(
    sessions: Sessions,
    target: CountingTarget,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    waited: bool,
    verdict: str,
    tries: int,
) -> None:
    """It is an error, which ends a run with status 3, only where the machine kept nobody waiting."""
    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0 if waited else 3600.0)
    target.behaviour = lambda call: Answer(503) if call.method == "POST" else honest(call)
    result = sessions.run(cell(tmp_path, 'steps = [{ do = "create-resource" }]\n'))
    assert (result.verdict, len(target.started)) == (verdict, tries)
    assert ("had to wait" in result.reason) is waited
    assert "no resource could be made: 503" in result.reason


@pytest.mark.parametrize(("waited", "verdict", "tries"), [(True, INCONCLUSIVE, HELD_UP_TRIES), (False, ERROR, 1)])
def test_a_provider_without_a_processor_is_asked_again_for_an_issuer(
    sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waited: bool, verdict: str, tries: int
) -> None:
    """It makes keys before the case begins; no answer is an error only where the machine kept nobody waiting."""
    asked: list[str] = []

    def no_answer(_: object, style: str, __: object) -> Session:
        asked.append(style)
        raise IdpError("no answer within 30 s")

    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0 if waited else 3600.0)
    monkeypatch.setattr(sessions_module, "Session", no_answer)
    result = sessions.run(cell(tmp_path))
    assert (result.verdict, len(asked)) == (verdict, tries)
    assert ("had to wait" in result.reason) is waited
    assert "no answer within 30 s" in result.reason


def test_a_second_try_waits_until_it_is_alone(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of a timed cell: those of its process are what keeps a processor busy, more often than not."""
    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0)
    cells = [cell(tmp_path, "timed = true\nexpect = [418]\n", style=style) for style in ("auth0", "okta", "custom")]
    sessions.begin(cells)
    assert {sessions.run(one).verdict for one in cells} == {INCONCLUSIVE}
    firsts, later = target.started[: len(cells)], target.started[len(cells) :]
    assert len({service.config.issuer for service in firsts}) == len(cells)
    assert len(later) == len(cells) * (HELD_UP_TRIES - 1)
    assert target.most_at_once[len(cells) :] == [1] * len(later)


def test_a_cell_that_is_known_to_deviate_is_not_tried_again(
    target: CountingTarget,
    idp_client: IdpClient,
    attacker: AttackerListener,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unless it passes: then it may be the machine that let it."""
    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0)
    parts = environment(target, idp_client, attacker, tmp_path)
    with Sessions(parts, deviates=lambda _: True) as sessions:
        sessions.run(cell(tmp_path, "expect = [418]\n"))
        assert len(target.started) == 1
        sessions.run(cell(tmp_path, style="okta"))
        assert len(target.started) == 1 + HELD_UP_TRIES


def test_second_tries_have_an_end(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0)
    monkeypatch.setattr(sessions_module, "HELD_UP_SECONDS", -1.0)
    assert sessions.run(cell(tmp_path, "expect = [418]\n")).verdict == INCONCLUSIVE
    assert len(target.started) == 1


def test_a_cell_that_passes_without_a_processor_has_passed(
    sessions: Sessions, target: CountingTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_up, "ALLOWED_SECONDS", -3600.0)
    assert sessions.run(cell(tmp_path)).verdict == PASSED
    assert len(target.started) == 1
