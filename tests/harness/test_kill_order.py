"""The order in which cells are tried on a fault."""

from __future__ import annotations

from pathlib import Path

from scenario_files import HEAD, load_scenario, profile_text, write_profile

from harness.declared.profile import load_profile
from harness.grammar.model import Scenario
from harness.mutants.kill_order import TIMED_TOGETHER, Killers

FAULT = "m-no-exp-check"
OTHER_HEAD = HEAD.replace(FAULT, "m-aud-ignored")


def killers(folder: Path, *scenarios: Scenario) -> Killers:
    return Killers(scenarios, load_profile(write_profile(folder, profile_text("jwks", "configure"))))


def scenario(folder: Path, topic: str, *, timed: bool = False, names: bool = True, styles: str = "") -> Scenario:
    body = 'expect = "reject"\n' + ("timed = true\n" if timed else "") + (f"styles = [{styles}]\n" if styles else "")
    return load_scenario(folder, body, topic=topic, head=HEAD if names else OTHER_HEAD)


def shown(killers: Killers, *, own: bool = False) -> list[list[str]]:
    return [[cell.id.removeprefix("area/") for cell in phase] for phase in killers.phases(FAULT, own=own)]


def test_the_first_cell_stands_alone_and_other_styles_follow(tmp_path: Path) -> None:
    made = killers(tmp_path, *(scenario(tmp_path, topic, styles='"auth0", "okta"') for topic in ("a", "b")))
    assert shown(made) == [["a/a-case[auth0]"], ["b/a-case[auth0]"], ["a/a-case[okta]", "b/a-case[okta]"]]


def test_timed_cells_come_last(tmp_path: Path) -> None:
    one, two = scenario(tmp_path, "a", timed=True, styles='"auth0"'), scenario(tmp_path, "b", styles='"auth0", "okta"')
    assert shown(killers(tmp_path, one, two)) == [["b/a-case[auth0]"], ["b/a-case[okta]"], ["a/a-case[auth0]"]]


def test_scenarios_that_do_not_name_a_fault_are_left_out(tmp_path: Path) -> None:
    one, two = scenario(tmp_path, "a", names=False), scenario(tmp_path, "b", styles='"okta"')
    assert shown(killers(tmp_path, one, two)) == [["b/a-case[okta]"]]


def test_a_users_fault_is_tried_on_all_the_others_too(tmp_path: Path) -> None:
    one = scenario(tmp_path, "a", names=False, styles='"okta"')
    two = scenario(tmp_path, "b", timed=True, styles='"okta"')
    assert shown(killers(tmp_path, one, two), own=True) == [["b/a-case[okta]"], ["a/a-case[okta]"]]


def test_a_fault_that_nobody_names_is_tried_on_all(tmp_path: Path) -> None:
    made = killers(tmp_path, *(scenario(tmp_path, topic, names=False, styles='"okta"') for topic in ("a", "b")))
    assert shown(made) == [["a/a-case[okta]"], ["b/a-case[okta]"]]


def test_only_so_many_timed_cells_run_together(tmp_path: Path) -> None:
    """Each has a service of its own."""
    many = [scenario(tmp_path, f"t{number}", timed=True, styles='"okta"') for number in range(TIMED_TOGETHER + 1)]
    assert [len(phase) for phase in shown(killers(tmp_path, *many))] == [TIMED_TOGETHER, 1]
