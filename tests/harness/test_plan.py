"""Which cells there are, which of them have nothing to run, and how they are dealt out to processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scenario_files import HEAD, load_scenario, profile_text, write_profile

from harness.base.errors import UsageError
from harness.base.verdicts import SKIPPED, UNDECLARED
from harness.declared.profile import Profile, load_profile
from harness.grammar.model import Scenario
from harness.grammar.vocabulary import STYLES
from harness.scenario.plan import PlannedCell, plan, select, without_waiting

EXPECT = 'expect = "reject"\n'
ALL = ("jwks", "configure", "restart")


def profile(folder: Path, *capabilities: str, more: str = "") -> Profile:
    return load_profile(write_profile(folder, profile_text(*capabilities, more=more)))


def planned(folder: Path, body: str, *capabilities: str, more: str = "") -> list[PlannedCell]:
    return plan([load_scenario(folder, body)], profile(folder, *(capabilities or ALL), more=more), "thing")


def test_there_is_a_cell_for_each_variant_in_each_style(tmp_path: Path) -> None:
    body = EXPECT + 'styles = ["auth0", "okta"]\n[a-case.variants]\none = {}\ntwo = {}\n'
    assert {one.cell.id for one in planned(tmp_path, body)} == {
        "area/topic/a-case[auth0-one]",
        "area/topic/a-case[auth0-two]",
        "area/topic/a-case[okta-one]",
        "area/topic/a-case[okta-two]",
    }


def test_a_scenario_without_variants_has_the_style_alone_in_its_cells_ids(tmp_path: Path) -> None:
    assert "area/topic/a-case[okta]" in {one.cell.id for one in planned(tmp_path, EXPECT + "every_style = true\n")}


def test_only_the_asked_styles_are_planned(tmp_path: Path) -> None:
    cells = plan([load_scenario(tmp_path, EXPECT)], profile(tmp_path, *ALL), "thing", ["okta"])
    assert [one.cell.style for one in cells] == ["okta"]


def test_a_style_that_is_none_of_the_usual_ones_can_be_asked_for(tmp_path: Path) -> None:
    """Where a scenario names no vendors; one that does keeps to them."""
    asked = ["entra", "cognito"]
    cells = plan([load_scenario(tmp_path, EXPECT)], profile(tmp_path, *ALL), "thing", asked)
    assert sorted(one.cell.style for one in cells) == ["cognito", "entra"]
    named = load_scenario(tmp_path, EXPECT + 'styles = ["auth0"]\n')
    assert plan([named], profile(tmp_path, *ALL), "thing", asked) == []
    assert {one.cell.style for one in planned(tmp_path, EXPECT)} < set(STYLES)


WAITING = {
    "timed": "timed = true\n" + EXPECT,
    "time that passes": 'steps = [{ do = "wait", seconds = 1 }, { do = "send", expect = "reject" }]\n',
    "a new key": 'steps = [{ do = "take-up-keys" }, { do = "send", expect = "accept" }]\n',
}


@pytest.mark.parametrize("body", WAITING.values(), ids=list(WAITING))
def test_a_case_that_waits_is_no_fast_one(tmp_path: Path, body: str) -> None:
    """A variant of the same scenario that does not is one."""
    waits = planned(tmp_path, body)
    at_once = planned(tmp_path, EXPECT)
    assert waits
    assert without_waiting([*waits, *at_once]) == at_once


def test_a_case_that_has_its_verdict_already_is_fast(tmp_path: Path) -> None:
    """There is nothing to wait for, and the record still says why."""
    skipped = planned(tmp_path, "timed = true\n" + EXPECT, "configure")
    assert {one.verdict for one in skipped} == {SKIPPED}
    at_once = planned(tmp_path, EXPECT)
    assert without_waiting([*skipped, *at_once]) == [*skipped, *at_once]


def test_only_cases_that_wait_leave_nothing_to_run(tmp_path: Path) -> None:
    """Rather an error than a run of nothing that ends well."""
    with pytest.raises(UsageError, match="each waits for something"):
        without_waiting(planned(tmp_path, WAITING["timed"]))


def test_a_log_that_nobody_sees_skips_what_looks_into_it(tmp_path: Path) -> None:
    """How the service is run decides, not its profile."""
    scenario = load_scenario(tmp_path, 'steps = [{ do = "send" }, { do = "expect-no-credentials-in-log" }]\n')
    seen = profile(tmp_path, *ALL)
    assert {one.verdict for one in plan([scenario], seen, "thing")} == {""}
    hidden = plan([scenario], replace(seen, log_hidden="nobody sees it"), "thing")
    assert {(one.verdict, one.reason) for one in hidden} == {(SKIPPED, "nobody sees it")}


def test_a_lacking_capability_skips_with_the_profiles_reason(tmp_path: Path) -> None:
    [cell, *_] = planned(tmp_path, EXPECT + 'needs = ["openapi"]\n')
    assert (cell.verdict, cell.reason) == (SKIPPED, "the target lacks openapi: no openapi here")


def test_a_route_that_the_profile_lacks_skips(tmp_path: Path) -> None:
    [cell, *_] = planned(tmp_path, 'request = "item"\n' + EXPECT)
    assert (cell.verdict, cell.reason) == (SKIPPED, "the profile thing has no route 'item'")


@pytest.mark.parametrize(
    "body",
    [
        'token.permissions = ["{item.permission}"]\n' + EXPECT,
        'control = { request = "item" }\n' + EXPECT,
        'request = { route = "item" }\n' + EXPECT,
        'steps = [{ do = "send-to-routes", routes = ["read", "item"], permissions = "own", expect = "accept" }]\n',
    ],
    ids=["placeholder", "control", "table", "set"],
)
def test_a_route_is_missed_wherever_it_is_named(tmp_path: Path, body: str) -> None:
    assert planned(tmp_path, body)[0].verdict == SKIPPED


def test_a_public_route_is_named_by_its_path(tmp_path: Path) -> None:
    more = '[vocabulary]\npublic = [{ path = "/health" }]\n'
    body = 'request = { route = "/health", anonymous = true }\nexpect = "public-ok"\n'
    assert planned(tmp_path, body, more=more)[0].verdict == ""


POLICY = 'policy = { knob = "kid_required", is = true, then = "reject", otherwise = "accept" }\n'


def test_a_policy_that_the_profile_does_not_state_is_undeclared(tmp_path: Path) -> None:
    [cell, *_] = planned(tmp_path, POLICY)
    assert (cell.verdict, cell.reason) == (UNDECLARED, "the profile thing doesn't declare the policy 'kid_required'")


def test_a_steps_policy_counts_as_well(tmp_path: Path) -> None:
    body = f'steps = [{{ do = "send", {POLICY.strip()} }}]\n'
    assert planned(tmp_path, body)[0].verdict == UNDECLARED


def test_a_declared_policy_is_run_even_when_it_is_false(tmp_path: Path) -> None:
    assert planned(tmp_path, POLICY, more="[policy]\nkid_required = false\n")[0].verdict == ""


def test_times_in_leeways_need_a_declared_leeway(tmp_path: Path) -> None:
    body = EXPECT + "token.times.exp = { leeways = -1, seconds = -15 }\n"
    assert planned(tmp_path, body)[0].reason == "the profile thing doesn't declare the policy 'leeway_seconds'"
    assert planned(tmp_path, body, more="[policy]\nleeway_seconds = 0\n")[0].verdict == ""


def strict_and_plain(folder: Path) -> list[Scenario]:
    bodies = (EXPECT, EXPECT + "config.strict_validation = true\n", EXPECT)
    return [load_scenario(folder, body, topic=f"t{number}") for number, body in enumerate(bodies)]


def test_cells_of_one_style_and_configuration_stand_together(tmp_path: Path) -> None:
    """They share a running service; its scenarios stand in different files."""
    cells = plan(strict_and_plain(tmp_path), profile(tmp_path, *ALL), "thing", ["okta", "auth0"])
    services = [cell.cell.service for cell in cells]
    assert [services.count(one) for one in dict.fromkeys(services)] == [2, 2, 1, 1]
    assert services == [one for one in dict.fromkeys(services) for _ in range(services.count(one))]


@pytest.mark.parametrize("shares", [1, 2, 3])
def test_cells_of_one_style_and_configuration_are_in_one_share(tmp_path: Path, shares: int) -> None:
    cells = plan(strict_and_plain(tmp_path), profile(tmp_path, *ALL), "thing", STYLES, shares)
    assert len({(cell.cell.service, cell.share) for cell in cells}) == len({cell.cell.service for cell in cells})
    assert {cell.share for cell in cells} == {f"thing-{number}of{shares}" for number in range(1, shares + 1)}


def test_however_many_shares_there_are_no_cell_is_lost(tmp_path: Path) -> None:
    scenarios = [*strict_and_plain(tmp_path), load_scenario(tmp_path, EXPECT + "timed = true\n", topic="timed")]
    planned_cells = [plan(scenarios, profile(tmp_path, *ALL), "thing", STYLES, shares) for shares in (1, 2, 8)]
    ids = [sorted(one.cell.id for one in cells) for cells in planned_cells]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == len(ids[0]) == 16


def test_timed_cells_come_last_and_are_dealt_out_evenly(tmp_path: Path) -> None:
    timed = load_scenario(tmp_path, EXPECT + "timed = true\n", topic="timed")
    plain = load_scenario(tmp_path, EXPECT, topic="plain")
    cells = plan([timed, plain], profile(tmp_path, *ALL), "thing", STYLES, 2)
    order = [[cell.cell.scenario.timed for cell in cells if cell.share == f"thing-{n}of2"] for n in (1, 2)]
    assert order == [[False, False, True, True]] * 2


def test_the_longest_timed_cells_come_first(tmp_path: Path) -> None:
    waits = 'timed = true\nsteps = [{{ do = "wait", seconds = {} }}, {{ do = "send" }}]\n'
    scenarios = [load_scenario(tmp_path, waits.format(n), topic=f"t{n}") for n in (1, 9, 5)]
    cells = plan(scenarios, profile(tmp_path, *ALL), "thing", ["okta"])
    assert [cell.cell.scenario.id for cell in cells] == ["area/t9/a-case", "area/t5/a-case", "area/t1/a-case"]


def test_a_skipped_timed_cell_stands_with_its_service(tmp_path: Path) -> None:
    """It has nothing to run, so nobody waits for it."""
    timed = load_scenario(tmp_path, EXPECT + "timed = true\n", topic="a")
    plain = load_scenario(tmp_path, EXPECT + "needs = []\n", topic="b")
    cells = plan([timed, plain], profile(tmp_path, "jwks"), "thing", ["okta"])
    assert [(cell.verdict, cell.cell.scenario.timed) for cell in cells] == [(SKIPPED, True), ("", False)]


@pytest.mark.parametrize("prefix", ["", "area", "area/to", "area/topic/a-case", "a-case"])
def test_a_prefix_of_the_id_or_the_slug_selects(tmp_path: Path, prefix: str) -> None:
    scenario = load_scenario(tmp_path, EXPECT)
    assert select([scenario], [prefix]) == [scenario]


def test_no_prefix_selects_all(tmp_path: Path) -> None:
    scenarios = [load_scenario(tmp_path, EXPECT, topic=topic) for topic in ("one", "two")]
    assert select(scenarios, []) == scenarios


def test_several_prefixes_select_each_scenario_once(tmp_path: Path) -> None:
    scenarios = [load_scenario(tmp_path, EXPECT, topic=topic) for topic in ("one", "two", "three")]
    assert select(scenarios, ["area/one", "area/o", "area/three"]) == [scenarios[0], scenarios[2]]


@pytest.mark.parametrize(("prefix", "near"), [("a-csae", "a-case"), ("aera/topic", "area/topic")])
def test_a_prefix_that_selects_nothing_gets_the_nearest_name(tmp_path: Path, prefix: str, near: str) -> None:
    scenario = load_scenario(tmp_path, EXPECT)
    with pytest.raises(UsageError, match=f"no scenario's id starts with '{prefix}'; did you mean '{near}'"):
        select([scenario], ["area", prefix])


def test_a_case_for_services_of_another_kind_is_skipped(tmp_path: Path) -> None:
    """`when` names what a profile must have declared, and how."""
    body = EXPECT + "when = { kid_required = true, leeway_seconds = 60 }\n"
    found = [
        planned(tmp_path, body, more=f"[policy]\n{declared}\n")[0]
        for declared in (
            "leeway_seconds = 60",
            "kid_required = false\nleeway_seconds = 60",
            "kid_required = true\nleeway_seconds = 60",
        )
    ]
    assert [one.verdict for one in found] == [UNDECLARED, SKIPPED, ""]
    assert "kid_required = true" in found[1].reason


def test_a_case_that_would_rest_too_often_is_skipped(tmp_path: Path) -> None:
    """Five minutes are waited for once; the cases of shorter rests run."""
    wait, more = '{ do = "wait", cooldown = 1, seconds = 0.5 }', "[timing]\nunknown_kid_cooldown_seconds = %s\n"
    found = [
        planned(tmp_path, f'steps = [{", ".join([wait] * times)}, {{ do = "send" }}]\n', more=more % rest)[0]
        for times, rest in ((1, 300), (2, 150), (2, 300))
    ]
    assert [one.verdict for one in found] == ["", "", SKIPPED]
    assert "600 s in all" in found[2].reason


def test_documents_of_some_services_bind_only_those(tmp_path: Path) -> None:
    """Beside what binds every service they are cited where a profile names them; alone they are demanded only there."""
    both = EXPECT + 'documents.house = "House rule 7: a sentence"\n'
    alone = HEAD.replace("requirement", "documents.house")
    named = 'documents = ["house"]\n'
    for head, free, bound in (
        (HEAD, "RFC 0 §0: a sentence", "RFC 0 §0: a sentence; House rule 7: a sentence"),
        (alone, "", "RFC 0 §0: a sentence"),
    ):
        scenario = load_scenario(tmp_path, both if head == HEAD else EXPECT, head=head)
        profiles = [load_profile(write_profile(tmp_path, more + profile_text(*ALL))) for more in ("", named)]
        cells = [plan([scenario], one, "thing")[0] for one in profiles]
        assert [one.cell.scenario.requirement for one in cells] == [free, bound]
        assert [one.verdict for one in cells] == ["" if free else SKIPPED, ""]


def test_a_document_may_be_stricter_than_what_binds_every_service(tmp_path: Path) -> None:
    """Its level counts for the services that it binds."""
    body = EXPECT + 'documents.house = { sentence = "House rule 7: a sentence", level = "must" }\n'
    scenario = load_scenario(tmp_path, body, head=HEAD.replace('"must"', '"should"'))
    profiles = [
        load_profile(write_profile(tmp_path, more + profile_text(*ALL))) for more in ("", 'documents = ["house"]\n')
    ]
    cells = [plan([scenario], one, "thing")[0].cell.scenario for one in profiles]
    assert [one.level for one in cells] == ["should", "must"]
    assert cells[1].requirement == "RFC 0 §0: a sentence; House rule 7: a sentence"


def test_who_knows_taskers_permissions_answers_to_its_documents(tmp_path: Path) -> None:
    assert profile(tmp_path, *ALL).documents == ()
    assert profile(tmp_path, *ALL, "tasker-vocabulary").documents == ("tasker",)


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (EXPECT + 'config.allowed_algorithms = ["ES256"]\n', SKIPPED),
        ('start = "manual"\nsteps = [{ do = "start-service", config.allowed_algorithms = ["ES256"] }]\n', SKIPPED),
        (EXPECT + "config.strict_validation = true\n", ""),
        (EXPECT + 'config.refresh = "long"\n', ""),
    ],
)
def test_a_setting_that_the_service_can_t_be_given_skips(tmp_path: Path, body: str, verdict: str) -> None:
    """But for one that it has anyhow."""
    cannot = {"allowed_algorithms": "nothing tells it", "refresh": "nothing tells it"}
    told = replace(profile(tmp_path, *ALL), cannot_set=cannot)
    [cell, *_] = plan([load_scenario(tmp_path, body)], told, "thing")
    assert (cell.verdict, cell.reason) == (verdict, "nothing tells it" if verdict else "")
