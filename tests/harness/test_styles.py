"""In which styles a case runs: in one, unless it looks at what the vendors do differently."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scenario_files import load_scenario, profile_text, write_profile

from harness.base.bundled import bundled_directory
from harness.declared.profile import Profile, load_profile
from harness.grammar.model import Scenario
from harness.grammar.vocabulary import STYLES
from harness.report.summary import left_out_line
from harness.scenario.loader import load_all
from harness.scenario.plan import PlannedCell, keep_cells, left_out, plan
from harness.scenario.styles import styles_of

ACCEPT = 'expect = "accept"\n'


def profile(folder: Path) -> Profile:
    return load_profile(write_profile(folder, profile_text("jwks", "configure")))


def styles(scenario: Scenario) -> list[str]:
    [variant] = scenario.variants
    return styles_of(scenario, variant)


def test_a_case_runs_in_one_style_and_always_in_the_same(tmp_path: Path) -> None:
    """Its name decides, whatever else is chosen."""
    many = [load_scenario(tmp_path, ACCEPT, topic=f"t{number}") for number in range(9)]
    declared = profile(tmp_path)
    together = {one.cell.scenario.id: one.cell.style for one in plan(many, declared, "thing", shares=2)}
    alone = {one.id: plan([one], declared, "thing")[0].cell.style for one in reversed(many)}
    assert together == alone
    assert len(together) == len(many)
    assert len(set(together.values())) > 1


def test_every_style_has_its_part_of_the_bundled_cases() -> None:
    """Also of those that wait: no vendor's tokens are left to a few."""
    found: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    for scenario in load_all():
        for variant in scenario.variants:
            if variant.styles == STYLES and not variant.every_style:
                found[scenario.timed].update(styles_of(scenario, variant))
    for counts in found.values():
        shares = {style: counts[style] / counts.total() for style in STYLES}
        assert all(0.15 < share < 0.40 for share in shares.values()), shares


def test_what_looks_at_the_vendors_runs_in_each(tmp_path: Path) -> None:
    """It says so, or names them."""
    assert styles(load_scenario(tmp_path, ACCEPT + "every_style = true\n")) == list(STYLES)
    assert styles(load_scenario(tmp_path, ACCEPT + 'styles = ["okta", "auth0"]\n')) == ["okta", "auth0"]
    assert styles(load_scenario(tmp_path, ACCEPT + 'styles = ["windmill"]\n')) == []
    one, two = load_scenario(tmp_path, ACCEPT + "[a-case.variants]\none = {}\ntwo.every_style = true\n").variants
    assert (one.every_style, two.every_style) == (False, True)


def test_the_baseline_runs_in_each_style() -> None:
    baseline = [one for one in load_all() if one.id.startswith("baseline/")]
    assert baseline
    assert [one.id for one in baseline for two in one.variants if not two.every_style and two.styles == STYLES] == []


def test_what_is_asked_for_is_run_and_nothing_else(tmp_path: Path) -> None:
    scenario = load_scenario(tmp_path, ACCEPT)
    [variant] = scenario.variants
    assert [styles_of(scenario, variant, [style]) for style in (*STYLES, "entra")] == [
        [one] for one in (*STYLES, "entra")
    ]
    assert styles_of(scenario, variant, STYLES) == list(STYLES)


def test_cases_of_a_topic_that_are_configured_alike_share_a_service(tmp_path: Path) -> None:
    """Each style would need one of its own. A timed one has its own anyway."""
    head, variants = ACCEPT + "config.strict_validation = true\n", "".join(f"v{n} = {{}}\n" for n in range(9))

    def used(more: str) -> set[str]:
        scenario = load_scenario(tmp_path, f"{head}{more}[a-case.variants]\n{variants}")
        return {style for variant in scenario.variants for style in styles_of(scenario, variant)}

    assert len(used("")) == 1
    assert len(used("timed = true\n")) > 1


def cells(folder: Path, *prefixes: str) -> list[PlannedCell]:
    one = load_scenario(folder, ACCEPT)
    two = load_scenario(folder, ACCEPT + "every_style = true\n", topic="each")
    three = load_scenario(folder, 'request = "nowhere"\n' + ACCEPT, topic="skipped")
    return keep_cells(plan([one, two, three], profile(folder), "thing", named=prefixes), prefixes)


def test_a_cell_that_is_named_is_run_in_its_style(tmp_path: Path) -> None:
    named = [f"area/topic/a-case[{style}]" for style in STYLES]
    for name in named:
        assert [one.cell.id for one in cells(tmp_path, name)] == [name]
    assert sorted(one.cell.id for one in cells(tmp_path, *named)) == named


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    """Neither what would be skipped nor what stands beside a cell that somebody names."""
    assert left_out(cells(tmp_path)) == len(STYLES) - 1
    name = "area/topic/a-case[okta]"
    assert left_out(cells(tmp_path, name), [name]) == 0
    assert left_out_line(3).startswith("left out: 3 cells ")


def test_no_expected_finding_is_for_a_style_that_is_not_run() -> None:
    """It would never be seen to be stale."""
    for file in (bundled_directory() / "expected").glob("*.toml"):
        assert "\nstyles" not in file.read_text(encoding="utf-8")
