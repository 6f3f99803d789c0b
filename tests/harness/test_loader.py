"""What a scenario file becomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import load_scenario, write_scenario

from harness.grammar.model import Scenario, Variant
from harness.grammar.vocabulary import STYLES
from harness.scenario.loader import load_all, merge

EXPECT = 'expect = "reject"\n'


def only_variant(scenario: Scenario) -> Variant:
    [variant] = scenario.variants
    return variant


def variant(scenario: Scenario, name: str) -> Variant:
    [found] = [one for one in scenario.variants if one.name == name]
    return found


def test_the_id_is_area_topic_and_slug(tmp_path: Path) -> None:
    scenario = load_scenario(tmp_path, EXPECT, area="time", topic="expiry")
    assert (scenario.id, scenario.slug) == ("time/expiry/a-case", "a-case")


def test_the_line_is_that_of_the_table(tmp_path: Path) -> None:
    assert load_scenario(tmp_path, EXPECT).line == 3


def test_a_scenario_runs_in_every_style_unless_it_names_some(tmp_path: Path) -> None:
    assert only_variant(load_scenario(tmp_path, EXPECT)).styles == STYLES
    assert only_variant(load_scenario(tmp_path, EXPECT + 'styles = ["okta"]\n')).styles == ("okta",)


def test_a_request_without_steps_is_one_send_step(tmp_path: Path) -> None:
    [step] = only_variant(load_scenario(tmp_path, 'request = "write"\n' + EXPECT)).steps
    assert (step.do, step.args) == ("send", {"request": "write", "expect": "reject"})


def test_a_step_takes_what_it_does_not_say_from_the_scenario(tmp_path: Path) -> None:
    body = (
        EXPECT + 'token.key = "attacker"\nsteps = [{ do = "send" }, { do = "send", token = {}, expect = "accept" }]\n'
    )
    first, second = only_variant(load_scenario(tmp_path, body)).steps
    assert first.args == {"token": {"key": "attacker"}, "expect": "reject"}
    assert second.args == {"token": {}, "expect": "accept"}


POLICY = 'policy = { knob = "kid_required", is = true, then = "reject", otherwise = "accept" }\n'


def test_a_step_without_an_expectation_has_the_scenarios_policy(tmp_path: Path) -> None:
    scenario = load_scenario(tmp_path, POLICY + 'steps = [{ do = "send" }]\n')
    [step] = only_variant(scenario).steps
    assert step.args["policy"]["knob"] == "kid_required"
    assert "expect" not in step.args


def test_a_steps_own_expectation_rules_out_the_scenarios_policy(tmp_path: Path) -> None:
    scenario = load_scenario(tmp_path, POLICY + 'steps = [{ do = "send", expect = "accept" }]\n')
    [step] = only_variant(scenario).steps
    assert step.args == {"expect": "accept"}


def test_a_steps_own_policy_rules_out_the_scenarios_expectation(tmp_path: Path) -> None:
    body = EXPECT + 'steps = [{ do = "send", ' + POLICY.strip() + " }]\n"
    [step] = only_variant(load_scenario(tmp_path, body)).steps
    assert set(step.args) == {"policy"}


@pytest.mark.parametrize(
    ("policy", "declared", "outcome"),
    [
        ('knob = "kid_required", is = true', True, "reject"),
        ('knob = "kid_required", is = true', False, "accept"),
        ('knob = "empty_set", is = "authoritative"', "authoritative", "reject"),
        ('knob = "leeway_seconds", at_least = 11', 11, "reject"),
        ('knob = "leeway_seconds", at_least = 11', 10.9, "accept"),
    ],
)
def test_a_policy_is_decided_by_what_is_declared(tmp_path: Path, policy: str, declared: object, outcome: str) -> None:
    scenario = load_scenario(tmp_path, f'policy = {{ {policy}, then = "reject", otherwise = "accept" }}\n')
    parsed = only_variant(scenario).policy
    assert parsed is not None
    assert parsed.expectation(declared) == outcome


VARIANTS = """
token.claims = { sub = "svc", groups = ["a", "b"] }
token.without = ["exp"]
expect = "reject"
[a-case.variants]
plain = {}
deep = { token.claims.sub = "other" }
lists = { token = { without = ["nbf"], claims = { groups = [] } } }
"""


def test_a_variant_without_changes_is_the_scenario(tmp_path: Path) -> None:
    [step] = variant(load_scenario(tmp_path, VARIANTS), "plain").steps
    assert step.args["token"] == {"claims": {"sub": "svc", "groups": ["a", "b"]}, "without": ["exp"]}


def test_a_variant_merges_tables_deeply(tmp_path: Path) -> None:
    [step] = variant(load_scenario(tmp_path, VARIANTS), "deep").steps
    assert step.args["token"]["claims"] == {"sub": "other", "groups": ["a", "b"]}


def test_a_variants_list_replaces_the_scenarios(tmp_path: Path) -> None:
    [step] = variant(load_scenario(tmp_path, VARIANTS), "lists").steps
    assert step.args["token"] == {"claims": {"sub": "svc", "groups": []}, "without": ["nbf"]}


def test_merging_changes_neither_side() -> None:
    base, change = {"a": {"b": 1}}, {"a": {"c": 2}}
    assert merge(base, change) == {"a": {"b": 1, "c": 2}}
    assert (base, change) == ({"a": {"b": 1}}, {"a": {"c": 2}})


def test_a_variants_steps_replace_the_request(tmp_path: Path) -> None:
    body = EXPECT + '[a-case.variants]\none = {}\ntwo = { steps = [{ do = "send" }, { do = "send" }] }\n'
    scenario = load_scenario(tmp_path, body)
    assert [len(one.steps) for one in scenario.variants] == [1, 2]


def test_a_scenarios_fetches_are_counted_after_its_last_step(tmp_path: Path) -> None:
    body = EXPECT + 'fetches = { at_most = 1 }\nsteps = [{ do = "send" }]\n'
    assert [step.do for step in only_variant(load_scenario(tmp_path, body)).steps] == ["send", "expect-fetches"]


def test_a_fault_step_without_a_fault_takes_the_scenarios(tmp_path: Path) -> None:
    body = EXPECT + 'fault = { on = "jwks", kind = "reset" }\nsteps = [{ do = "fault" }, { do = "send" }]\n'
    assert only_variant(load_scenario(tmp_path, body)).steps[0].args == {"on": "jwks", "kind": "reset"}


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        ("", set()),
        ("fetches = { at_most = 1 }\n", {"jwks"}),
        ('config.refresh = "short"\n', {"jwks", "configure"}),
        ('steps = [{ do = "publish-key", name = "second" }, { do = "send" }]\n', {"jwks"}),
        ("config.strict_validation = true\n", {"configure"}),
        ('config.verification = "public_key"\n', {"static-key", "configure"}),
        ("timed = true\n", {"configure"}),
        ('start = "manual"\nsteps = [{ do = "send" }]\n', {"restart"}),
        ('steps = [{ do = "restart-service" }, { do = "send" }]\n', {"restart"}),
        ('token.header.jku = "{attacker}/jwks"\n', {"attacker-listener"}),
        ('request.headers = { "{api_key_header}" = "{api_key.full}" }\n', {"api-keys"}),
        ('needs = ["openapi"]\n', {"openapi"}),
    ],
)
def test_what_the_words_of_a_scenario_need_is_known(tmp_path: Path, body: str, needs: set[str]) -> None:
    assert only_variant(load_scenario(tmp_path, EXPECT + body)).needs == needs


def test_scenarios_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    for area in ("zeta", "alpha"):
        write_scenario(tmp_path, EXPECT, area=area)
    assert [one.id for one in load_all([tmp_path])] == ["alpha/topic/a-case", "zeta/topic/a-case"]


def test_profiles_and_expected_findings_are_no_scenarios(tmp_path: Path) -> None:
    """They stand in the same directory and are read by others."""
    write_scenario(tmp_path, EXPECT)
    for folder in ("profiles", "expected"):
        write_scenario(tmp_path, "nonsense", area=folder)
    assert len(load_all([tmp_path])) == 1


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    """Also when it is as long as before, and as soon after."""
    expected = []
    for status in ("401", "403"):
        write_scenario(tmp_path, f"expect = [{status}]\n")
        [one] = load_all([tmp_path])
        expected.append(only_variant(one).steps[0].args["expect"])
    assert expected == [[401], [403]]
