"""Which experiments run, and what becomes of one that can't."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from measuring import Measure
from scenario_files import profile_text, write_profile
from small_service import Answer, Call, SmallService

from harness.base.errors import UsageError
from harness.cell.environment import Environment, Options
from harness.declared.profile import find_profile, load_profile
from harness.declared.quantities import QUANTITIES, UNKNOWN_CROWD
from harness.idp.attacker import AttackerListener
from harness.idp.client import IdpClient
from harness.measure.finding import AT_MOST
from harness.measure.lab import Lab, OutOfTime
from harness.measure.registry import EXPERIMENTS
from harness.measure.runner import measure, select_experiments
from harness.targets import make_target
from harness.targets.base import Service, ServiceConfig
from harness.targets.reference import ReferenceTarget
from harness.targets.url import UrlTarget


def test_each_row_of_the_card_has_one_experiment() -> None:
    """No row is left out, none is found twice, and the order is that of the card."""
    assert [name for one in EXPERIMENTS for name in one.quantities] == list(QUANTITIES)


def test_an_unknown_row_gets_the_nearest_name() -> None:
    with pytest.raises(UsageError, match=r"no row 'cooldown'; did you mean 'cool-down'\?"):
        select_experiments(["cooldown"])


def test_what_a_target_lacks_is_not_measured_for_the_profiles_reason(measured: Measure, tmp_path: Path) -> None:
    """The service is not even started."""
    profile = write_profile(tmp_path, profile_text("jwks"))
    reading = measured("credential-precedence", profile=profile)["credential-precedence"]
    assert (reading.status, reading.reason) == ("not measured", "no api-keys here")


def test_a_service_that_refuses_the_plain_token_is_an_error(measured: Measure, tmp_path: Path) -> None:
    """Nothing can be found out by refusals when everything is refused."""
    routes = '[routes.read]\nmethod = "GET"\npath = "/v1/nowhere"\npermission = "tasks:list"\n'
    profile = write_profile(tmp_path, profile_text("jwks", routes=routes))
    reading = measured("exp-leeway", profile=profile)["exp-leeway"]
    assert reading.status == "error"
    assert "must be" in reading.reason


def test_the_time_that_a_service_takes_to_start_is_not_the_experiments(
    idp_client: IdpClient, attacker: AttackerListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that starts for longer than an experiment may take is measured all the same."""
    start, now = ReferenceTarget.start, [0.0]
    monkeypatch.setattr("harness.measure.lab.time", SimpleNamespace(monotonic=lambda: now[0]))

    def slow(target: ReferenceTarget, config: ServiceConfig) -> Service:
        now[0] += 100
        return start(target, config)

    monkeypatch.setattr(ReferenceTarget, "start", slow)
    with closing(make_target("reference")) as target:
        profile = load_profile(find_profile("reference"))
        environment = Environment(Options(target="reference"), profile, target, idp_client, attacker)
        lab = Lab(environment, "auth0", 30, threading.Semaphore())
        with lab.trial() as trial:
            trial.start()
            lab.check_time()
            now[0] += lab.seconds + 1
            with pytest.raises(OutOfTime):
                lab.check_time()


def test_only_the_rows_that_were_asked_for_are_on_the_card(measured: Measure) -> None:
    """Although their experiment finds out more."""
    assert list(measured("start-up-fetches")) == ["start-up-fetches"]


def test_a_service_that_is_not_ours_rests_between_experiments(
    idp_client: IdpClient, attacker: AttackerListener
) -> None:
    """The cool-down that one experiment has caused is over before the next; the issuer stays as it was."""
    names = ("fetches-unknown-kid-crowd", "cool-down", "coalescing-new-kid")
    issuer = idp_client.create_issuer("custom", audience="tasker-api")
    before = issuer.key_list()
    with closing(make_target("reference")) as target:
        config = ServiceConfig(issuer.issuer, issuer.jwks_uri, issuer.audience, issuer.permissions_claim)
        service = UrlTarget(target.start(config).base_url)
        options = Options(target="url", issuer=issuer.id)
        profile = load_profile(find_profile("reference"))
        environment = Environment(options, profile, service, idp_client, attacker)
        crowd, cool_down, coalescing = measure(environment, "custom", select_experiments(names), names)
    assert (crowd.value, coalescing.value) == (1, 1)
    if cool_down.bound == AT_MOST:
        assert cool_down.value >= 0.5
    else:
        assert cool_down.value == pytest.approx(0.5, abs=cool_down.resolution)
    assert issuer.key_list() == before
    issuer.delete()


def test_a_service_that_limits_unknown_kids_by_429_is_measured(
    idp_client: IdpClient, attacker: AttackerListener
) -> None:
    """What it refuses so isn't sent again until it is let through."""
    names = ("fetches-unknown-kid-crowd",)
    issuer = idp_client.create_issuer("custom", audience="tasker-api")
    unknown: list[str] = []

    def limited(call: Call) -> Answer:
        if call.token and call.header["kid"].startswith("unknown"):
            unknown.append(call.token)
            return Answer(429, headers=(("Retry-After", "3600"),))
        return Answer(200 if call.token else 401)

    with SmallService(limited) as service:
        options = Options(target="url", issuer=issuer.id)
        environment = Environment(
            options, load_profile(find_profile("reference")), UrlTarget(service.url), idp_client, attacker
        )
        [crowd] = measure(environment, "custom", select_experiments(names), names)
    issuer.delete()
    assert (crowd.status, crowd.value, len(unknown)) == ("measured", 0, UNKNOWN_CROWD)
