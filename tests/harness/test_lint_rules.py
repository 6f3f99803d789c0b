"""Each rule of `idp-harness lint` speaks where it should, and nowhere else."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from lint_files import KEY, Toml, changed, findings, orchestration, worker

from harness.declared.profile import find_profile, load_profile
from harness.lint.config_file import ConfigFile
from harness.lint.examples import examples
from harness.lint.finding import ERROR, NOTE, RULES, WARNING
from harness.lint.judge import judge, readings
from harness.lint.permissions import OPENS, PERMISSIONS

AUTH = "[worker.web.auth]\n"


@pytest.mark.parametrize("good", [worker, orchestration])
def test_a_file_that_is_right_has_no_findings(good: Callable[[], Toml], tmp_path: Path) -> None:
    assert findings(good(), tmp_path) == []


def test_every_rule_has_an_example() -> None:
    """And every example a rule."""
    assert examples().keys() == RULES.keys()


def test_every_rule_says_what_it_finds_in_one_sentence() -> None:
    assert [name for name, rule in RULES.items() if not rule.sentence.endswith(".") or "\n" in rule.sentence] == []


@pytest.mark.parametrize("name", RULES)
def test_the_example_of_a_rule_fires(name: str, tmp_path: Path) -> None:
    """With its severity, a line to write instead, and the source."""
    example = examples()[name]
    found = [one for one in findings(changed(worker(), example.fires, example.without), tmp_path) if one.rule == name]
    assert [one.severity for one in found] == [RULES[name].severity]
    assert found[0].instead
    assert found[0].source == RULES[name].source


@pytest.mark.parametrize("name", RULES)
def test_the_right_example_of_a_rule_is_silent(name: str, tmp_path: Path) -> None:
    found = findings(changed(worker(), examples()[name].silent), tmp_path)
    assert [one for one in found if one.rule == name] == []


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.production])
def test_what_only_production_needs_is_a_note_elsewhere(name: str, tmp_path: Path) -> None:
    """The file says itself what it is for."""
    example = examples()[name]
    data = changed(worker(), example.fires, example.without)
    data["common"]["execution"]["environment"] = "development"
    assert [one.severity for one in findings(data, tmp_path) if one.rule == name] == [NOTE]


# What Tasker's documents say literally, and the rules that speak.
PATTERNS = {
    "development, off": ("enabled = false", {"ignored-table", "missing-key"}),
    "development, static key": (
        """
enabled = true
jwt_verification_method = "public_key"
jwt_public_key_path = "./keys/jwt-public-key.pem"
jwt_issuer = "tasker-core"
jwt_audience = "tasker-api"
strict_validation = false
[[{table}.api_keys]]
key = "dev-key"
permissions = ["*"]
description = "Dev superuser key"
""",
        {
            "relative-key-path",
            "lax-validation",
            "static-key",
            "unused-api-keys",
            "star-permission",
            "published-api-key",
        },
    ),
    "production": (
        """
enabled = true
jwt_verification_method = "jwks"
jwks_url = "https://auth.company.com/.well-known/jwks.json"
jwks_refresh_interval_seconds = 3600
jwt_issuer = "https://auth.company.com/"
jwt_audience = "tasker-api"
strict_validation = true
log_unknown_permissions = true
api_keys_enabled = true
api_key_header = "X-API-Key"
[[{table}.api_keys]]
key = "sk-monitoring-prod"
permissions = ["tasks:read", "tasks:list", "steps:read", "dlq:read", "dlq:stats"]
description = "Monitoring service"
""",
        {"sample-host", "published-api-key"},
    ),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_a_documented_pattern_where_the_documents_have_it_is_open(name: str, tmp_path: Path) -> None:
    """What else is wrong with it is found at once, as if it stood where it belongs."""
    text, rules = PATTERNS[name]
    data = changed(orchestration(), "[web.auth]\n" + text.format(table="web.auth"), ("orchestration.web.auth",))
    found = findings(data, tmp_path)
    assert {one.rule for one in found if one.severity == ERROR} >= {"ignored-table", "missing-key"}
    assert rules - {one.rule for one in found} == set()
    assert {one.service for one in found} == {"orchestration"}


@pytest.mark.parametrize("name", PATTERNS)
def test_a_documented_pattern_where_it_belongs_does_not_start(name: str, tmp_path: Path) -> None:
    text, _ = PATTERNS[name]
    own = AUTH + text.format(table="worker.web.auth")
    found = findings(changed(changed(worker(), without=("worker.web.auth",)), own), tmp_path)
    assert "missing-key" in {one.rule for one in found if one.severity == ERROR}
    assert "ignored-table" not in {one.rule for one in found}


@pytest.mark.parametrize(
    ("table", "severity"),
    [("auth", WARNING), ("web.auth", WARNING), ("worker.auth", WARNING), ("common.auth", WARNING)],
)
def test_a_table_that_is_ignored_beside_the_right_one_is_a_warning(table: str, severity: str, tmp_path: Path) -> None:
    found = findings(changed(worker(), f'[{table}]\njwt_issuer = "https://other"\n'), tmp_path)
    assert [(one.rule, one.severity, one.place) for one in found] == [("ignored-table", severity, table)]


@pytest.mark.parametrize("table", ["auth", "web.auth", "worker.auth", "orchestration.web.auth", "api.auth", "security"])
def test_a_table_that_is_ignored_and_is_the_only_one_is_an_error(table: str, tmp_path: Path) -> None:
    """Whatever its name."""
    data = changed(worker(), f'[{table}]\nenabled = true\njwt_issuer = "https://other"\n', ("worker.web.auth",))
    found = [one for one in findings(data, tmp_path, "worker") if one.rule == "ignored-table"]
    assert [(one.severity, one.place, one.instead) for one in found] == [(ERROR, table, "[worker.web.auth]")]
    assert "every route is open" in found[0].message


def test_the_credentials_of_the_worker_as_a_client_are_no_settings_of_its_own(tmp_path: Path) -> None:
    more = f'[worker.orchestration_client.auth]\ntype = "api_key"\nkey = "{KEY}"\n'
    assert findings(changed(worker(), more), tmp_path) == []


@pytest.mark.parametrize("service", ["worker", "orchestration"])
def test_the_table_of_the_other_service_is_none(service: str, tmp_path: Path) -> None:
    """A worker's file read as orchestration's, and the other way round."""
    data = orchestration() if service == "worker" else worker()
    found = findings(data, tmp_path, service)
    assert [one.place for one in found if one.rule == "ignored-table"] == [
        "orchestration.web.auth" if service == "worker" else "worker.web.auth"
    ]


def test_both_services_of_one_file_are_judged(tmp_path: Path) -> None:
    """Each by its own table; what they have in common is said once."""
    data = changed(worker() | {"orchestration": orchestration()["orchestration"]}, "[common.sytem]\n")
    data["orchestration"]["web"]["auth"]["enabled"] = False
    found = findings(data, tmp_path)
    assert [(one.rule, one.service) for one in found] == [("auth-disabled", "orchestration"), ("unknown-key", "worker")]


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        (AUTH + "strict_validaton = true\n", "did you mean worker.web.auth.strict_validation?"),
        (AUTH + "config_endpoint_enabled = true\n", "it belongs in [worker.web]"),
        ("[worker.web]\nstrict_validation = false\n", "it belongs in [worker.web.auth]"),
        ("[worker.grcp]\nenabled = true\n", "did you mean worker.grpc?"),
        ("[web]\nconfig_endpoint_enabled = true\n", "it belongs in [worker]"),
        ("[zebra]\nstripes = 9\n", "[zebra] is never read"),
    ],
)
def test_an_unknown_key_comes_with_the_one_that_may_be_meant(more: str, hint: str, tmp_path: Path) -> None:
    (found,) = [one for one in findings(changed(worker(), more), tmp_path) if one.rule == "unknown-key"]
    assert found.message.endswith(hint)


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("10.1.2.3", True),
        ("172.16.0.1", True),
        ("192.168.1.1", True),
        ("169.254.169.254", True),
        ("metadata.google.internal", True),
        ("0.0.0.0", True),
        ("keycloak", False),
        ("172.32.0.1", False),
        ("localhost.corp.internal", False),
    ],
)
def test_the_hosts_are_those_that_the_service_refuses(host: str, refused: bool, tmp_path: Path) -> None:
    found = findings(changed(worker(), AUTH + f'jwks_url = "https://{host}:8443/jwks"\n'), tmp_path)
    assert [one.rule for one in found] == ["private-jwks-host"] * refused


@pytest.mark.parametrize("url", ["", "x", "https://", "https://[", "https://a:b/", "ftp://login.corp.internal/jwks"])
def test_a_url_that_is_none_is_one_finding(url: str, tmp_path: Path) -> None:
    found = findings(changed(worker(), AUTH + f'jwks_url = "{url}"\n'), tmp_path)
    assert [one.rule for one in found] == (["bad-jwks-url"] if url else ["no-jwks-url"])


@pytest.mark.parametrize(
    ("issuer", "wrong"),
    [
        ("https://a.auth0.com", True),
        ("https://a.eu.auth0.com/", False),
        ("https://a.okta.com/oauth2/default/", True),
        ("https://a.okta.com/oauth2/default", False),
        ("https://a.okta.com", False),
        ("https://login.corp.internal/realms/tasker/", True),
        ("https://login.corp.internal/realms/tasker", False),
        ("https://login.corp.internal", False),
        ("tasker-core", False),
    ],
)
def test_the_slash_of_an_issuer_is_the_vendors(issuer: str, wrong: bool, tmp_path: Path) -> None:
    found = findings(changed(worker(), AUTH + f'jwt_issuer = "{issuer}"\n'), tmp_path)
    assert ["slash-of-issuer"] * wrong == [one.rule for one in found if one.rule == "slash-of-issuer"]


def test_a_variable_with_a_default_is_its_default(tmp_path: Path) -> None:
    """As where it isn't set; what stands behind it keeps its line."""
    more = AUTH + 'jwt_verification_method = "public_key"\n'
    more += 'jwt_public_key_path = "${TASKER_JWT_PUBLIC_KEY_PATH:-keys/public.pem}"\n'
    assert "relative-key-path" in {one.rule for one in findings(changed(worker(), more), tmp_path)}


def test_a_variable_without_a_default_may_be_anything(tmp_path: Path) -> None:
    more = AUTH + 'jwt_public_key_path = "${TASKER_JWT_PUBLIC_KEY_PATH}"\njwt_verification_method = "public_key"'
    found = findings(changed(worker(), more, ("worker.web.auth.jwks_url",)), tmp_path)
    assert {one.rule for one in found} == {"static-key"}


def test_a_variable_in_a_comment_counts(tmp_path: Path) -> None:
    """The service looks at the whole text."""
    file = tmp_path / "worker.toml"
    file.write_text("# see ${RUNBOOK_URL}\n", encoding="utf-8")
    assert [one.line for one in judge(readings(ConfigFile(file), "worker")) if one.rule == "unknown-variable"] == [1]


def test_a_part_misses_nothing_that_another_part_may_have(tmp_path: Path) -> None:
    """An overlay that switches authentication on, and a file with common settings."""
    overlay = tomllib.loads('[common.execution]\nenvironment = "production"\n[worker.web.auth]\nenabled = true\n')
    assert {one.severity for one in findings(overlay, tmp_path, is_part=True)} == {WARNING}
    assert {one.rule for one in findings(overlay, tmp_path)} >= {"missing-key"}
    common = {"common": worker()["common"]}
    assert {(one.rule, one.severity) for one in findings(common, tmp_path)} == {("no-auth-table", WARNING)}


def test_findings_are_bounded(tmp_path: Path) -> None:
    """Of one kind, however large the file is."""
    keys = "".join(f"strange_{number} = 1\n" for number in range(5000))
    entries = "[[worker.web.auth.api_keys]]\nkey = ''\n" * 500
    found = findings(changed(worker(), AUTH + keys + entries), tmp_path)
    assert len(found) < 50 * len(RULES) / 2


def test_the_permissions_are_those_of_the_profiles() -> None:
    """The vocabulary, and the permission of each route that a profile has."""
    for service, permissions in OPENS.items():
        profile = load_profile(find_profile(f"tasker-{service}", []), [])
        assert {*profile.permissions} == {one for one in PERMISSIONS if not one.endswith("*")}
        assert {route.permission for route in profile.routes.values() if route.permission} <= {*permissions}
