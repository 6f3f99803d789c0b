"""Services of many dialects, each with its profile: a correct one breaks nothing, and a broken twin is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_call import idp_harness
from resource_server import Dialect, keys, refuses, resource_server, roles
from scenario_files import profile_text, write_profile
from small_service import SmallService

from harness.idp.client import IdpClient, IssuerClient

ROUTES = """
[routes.read]
method = "GET"
path = "/v1/things"
permission = "things.list"
[routes.write]
method = "POST"
path = "/v1/things"
permission = "things.create"
body = '{"name":"probe"}'
success = [201]
"""
POLICY = """
[policy]
leeway_seconds = 60
kid_required = true
audience_required = true
sub_required = true
"""


@pytest.fixture
def issuer(idp_client: IdpClient) -> Iterator[IssuerClient]:
    issuer = idp_client.create_issuer("custom", audience="things-api")
    yield issuer
    issuer.delete()


def judged(folder: Path, issuer: IssuerClient, dialect: Dialect, more: str, *areas: str) -> dict[str, str]:
    """The verdict of each cell on a service of this dialect, whose profile says `more`; with what deviated."""
    profile = write_profile(folder, profile_text("jwks", routes=ROUTES, more=POLICY + more))
    with SmallService(resource_server(issuer, dialect)) as service:
        done = idp_harness(
            *("run", *areas, "--target", "url", "--base-url", service.url, "-n", "0", "--style", "custom"),
            *("--profile", profile, "--idp-url", issuer.idp.url, "--issuer", issuer.id, "--report-dir", "out"),
            folder=folder,
        )
    assert done.returncode in (0, 1), done.stderr
    records: list[dict[str, Any]] = [
        json.loads(line) for line in (folder / "out" / "results.jsonl").read_text().splitlines()
    ]
    return {one["id"]: f"{one['verdict']} {one.get('actual') or one.get('reason') or ''}".strip() for one in records}


def broken(verdicts: dict[str, str]) -> dict[str, str]:
    """What neither passed nor was left out."""
    return {
        cell: verdict
        for cell, verdict in verdicts.items()
        if verdict.split()[0] not in ("passed", "skipped", "undeclared")
    }


def count(verdicts: dict[str, str], verdict: str) -> int:
    return sum(one.split()[0] == verdict for one in verdicts.values())


STATUS = "transport/status"
MISSING_403 = Dialect(refuse=refuses(missing=403))
CHALLENGED_403 = "[refusal]\nwithout_credentials = [403]\nbad_token = [401]\nno_permission = [403]\n"


def test_a_service_that_says_403_without_credentials_is_judged(tmp_path: Path, issuer: IssuerClient) -> None:
    """Its status is a deviation from what should be; nothing else is, and nothing is inconclusive."""
    verdicts = judged(
        tmp_path, issuer, MISSING_403, "", "transport/missing", STATUS, "time/expiry", "identity/audience"
    )
    assert broken(verdicts) == {f"{STATUS}/tr-status-missing[custom]": "failed 403 Forbidden {}"}
    assert count(verdicts, "passed") > 25


def test_a_status_that_is_declared_is_no_deviation(tmp_path: Path, issuer: IssuerClient) -> None:
    assert broken(judged(tmp_path, issuer, MISSING_403, CHALLENGED_403, STATUS, "transport/missing")) == {}


def test_another_status_than_the_declared_one_fails(tmp_path: Path, issuer: IssuerClient) -> None:
    """Also the one that others are asked for."""
    verdicts = judged(tmp_path, issuer, Dialect(), CHALLENGED_403, "transport/missing/tr-missing", STATUS)
    assert broken(verdicts) == {
        "transport/missing/tr-missing[custom]": "failed 401 Unauthorized {}",
        **{
            cell: "inconclusive pre-flight: a request without credentials must be 403; got 401 Unauthorized {}"
            for cell in verdicts
            if cell.startswith(STATUS)
        },
    }


# What its profile says of permissions -> where the service looks for them.
PLACES = {
    'claim = "scope"\nform = "string"': Dialect(),
    'claim = "realm_access.roles"\nform = "array"': Dialect(permissions=roles("realm_access", "roles")),
    'claim = "resource_access.{client}.roles"': Dialect(permissions=roles("resource_access", "things-api", "roles")),
    'claim = "https://things.example/roles"': Dialect(permissions=roles("https://things.example/roles")),
    'claim = "roles"\nform = "keys"': Dialect(permissions=keys),
    'form = "none"': Dialect(permissions=None),
}
JUDGED = ("permissions", "transport/missing", "baseline/plain-tokens")
# These take some seconds for each service, so one has to be enough.
AREAS = ("baseline", "permissions", "transport", "token-structure", "time", "identity")


@pytest.mark.parametrize("said", PLACES)
def test_a_correct_service_breaks_nothing(tmp_path: Path, issuer: IssuerClient, said: str) -> None:
    """Wherever it looks for permissions, as long as its profile says so."""
    areas = AREAS if "scope" in said else JUDGED
    verdicts = judged(tmp_path, issuer, PLACES[said], f"[permissions]\n{said}\n", *areas)
    assert broken(verdicts) == {}
    assert verdicts["transport/missing/tr-missing[custom]"] == "passed"
    denied = verdicts["permissions/exact-match/perm-none[custom-empty-array]"]
    assert denied.split()[0] == ("skipped" if "none" in said else "passed")


@pytest.mark.parametrize("said", [said for said in PLACES if "none" not in said])
def test_a_service_that_does_not_look_at_permissions_is_found(tmp_path: Path, issuer: IssuerClient, said: str) -> None:
    verdicts = judged(
        tmp_path, issuer, Dialect(permissions=None), f"[permissions]\n{said}\n", "permissions/exact-match/perm-none"
    )
    assert set(broken(verdicts)) == set(verdicts)
